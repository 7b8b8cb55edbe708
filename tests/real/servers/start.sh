# Real servers for tests: sourced behind tests/prelude.sh. Each runs in the foreground as the present user, on 127.0.0.1
# and a port that was free a moment ago, with all that it writes below $work; it is stopped by its process id.
servers_folder=$(realpath tests/real/servers)
servers=()
# Only bash's own `kill` and `wait` on ids that were started here.
servers_stop() {
    local pid
    for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null; done
    for pid in "${servers[@]}"; do wait "$pid" 2>/dev/null; done
    servers=()
}
trap 'servers_stop; rm -rf "$work"' EXIT

server_stop() { # PID
    kill "$1" 2>/dev/null
    wait "$1" 2>/dev/null
}
# COUNT different ports that are free now, on one line.
free_ports() {
    python3 - "$1" <<'P'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(('127.0.0.1', 0))
print(*[s.getsockname()[1] for s in sockets])
P
}
# NAME PORT COMMAND…: starts it; true once it listens there itself. Its process id is in $server, what it says in
# $work/NAME.log.
server_start() {
    local name=$1 port=$2
    shift 2
    "$@" >>"$work/$name.log" 2>&1 </dev/null &
    server=$!
    servers+=("$server")
    python3 "$servers_folder/await_listening.py" "$server" "$port"
}
# NAME COMMAND…: one that takes a free port itself and prints it as its first line: into $port.
server_start_printing() {
    local name=$1
    shift
    : >"$work/$name.port"
    "$@" >"$work/$name.port" 2>>"$work/$name.log" </dev/null &
    server=$!
    servers+=("$server")
    python3 "$servers_folder/await_line.py" "$server" "$work/$name.port" || return 1
    read -r port <"$work/$name.port"
}
# FUNCTION: a port may be taken between being found free and being used, so a start is tried some times.
start_patiently() {
    local _
    for _ in 1 2 3 4 5; do
        "$@" && return 0
    done
    not_ok "starting: $*"
    exit 1
}
