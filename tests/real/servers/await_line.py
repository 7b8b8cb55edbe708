"""await_line.py PID FILE: waits until FILE holds a whole line; 1 when the process that writes it ends before."""
import os
import sys
import time

pid, path = int(sys.argv[1]), sys.argv[2]
deadline = time.monotonic() + 30
while time.monotonic() < deadline:
    with open(path) as file:
        if '\n' in file.read():
            sys.exit(0)
    try:
        with open('/proc/%d/stat' % pid) as stat:
            if stat.read().rsplit(')', 1)[1].split()[0] == 'Z':
                sys.exit(1)
    except OSError:
        sys.exit(1)
    time.sleep(0.05)
sys.exit('process %d has printed no line after 30 seconds' % pid)
