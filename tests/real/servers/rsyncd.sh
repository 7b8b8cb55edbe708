# An rsync daemon with one module, "feeds", that may be written. $rsync_port is its port.
rsyncd_start() { # FOLDER of the module
    mkdir -p "$1"
    read -r rsync_port < <(free_ports 1)
    cat >"$work/rsyncd.conf" <<C
use chroot = no
$([ "$(id -u)" -ne 0 ] || printf 'uid = root\ngid = root')
pid file = $work/rsyncd-$rsync_port.pid
lock file = $work/rsyncd.lock
log file = $work/rsyncd.log
[feeds]
path = $1
read only = no
C
    server_start rsyncd "$rsync_port" rsync --daemon --no-detach --address=127.0.0.1 --port="$rsync_port" \
        --config="$work/rsyncd.conf"
}
