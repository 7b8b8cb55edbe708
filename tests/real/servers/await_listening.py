"""await_listening.py PID PORT: waits until this very process listens at 127.0.0.1:PORT; 1 when it ends before."""
import os
import sys
import time


def listening_inodes(port):
    found = set()
    with open('/proc/net/tcp') as table:
        for line in table.readlines()[1:]:
            fields = line.split()
            if fields[3] == '0A' and int(fields[1].split(':')[1], 16) == port:
                found.add('socket:[%s]' % fields[9])
    return found


def sockets_of(pid):
    folder = '/proc/%d/fd' % pid
    try:
        names = os.listdir(folder)
    except OSError:
        return set()
    found = set()
    for name in names:
        try:
            found.add(os.readlink(os.path.join(folder, name)))
        except OSError:
            pass
    return found


def has_ended(pid):
    try:
        with open('/proc/%d/stat' % pid) as stat:
            return stat.read().rsplit(')', 1)[1].split()[0] == 'Z'
    except OSError:
        return True


pid, port = int(sys.argv[1]), int(sys.argv[2])
deadline = time.monotonic() + 90
while time.monotonic() < deadline:
    if listening_inodes(port) & sockets_of(pid):
        sys.exit(0)
    if has_ended(pid):
        sys.exit(1)
    time.sleep(0.05)
sys.exit('process %d does not listen at %d after 90 seconds' % (pid, port))
