# A git daemon that takes pushes into the bare repositories of a folder. $git_port is its port.
git_daemon_start() { # FOLDER
    mkdir -p "$1"
    read -r git_port < <(free_ports 1)
    # git daemon(1) itself and not the git(1) that starts it, so that its process id is the one to be stopped.
    server_start git "$git_port" "$(git --exec-path)/git-daemon" --reuseaddr --listen=127.0.0.1 --port="$git_port" \
        --base-path="$1" --export-all --enable=receive-pack "$1"
}
