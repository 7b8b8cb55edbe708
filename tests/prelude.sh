# What the shell tests share: sourced, with the project root as working folder.
set -u
program=$(realpath "${BUILD:-build/release}/pindao")
shared=$(realpath -m "${PINDAO_SHARED:-../shared}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

ok() { echo "ok $1"; }
not_ok() { # NAME [FILE to show]
    echo "not ok $1"
    [ $# -lt 2 ] || head -n 60 "$2" | sed 's/^/# /'
    failures=$((failures + 1))
}
check() { # NAME COMMAND…: ok when the command succeeds
    local name=$1
    shift
    if "$@" >"$work/said" 2>&1; then ok "$name"; else not_ok "$name" "$work/said"; fi
}
exits() { # NAME CODE COMMAND…: ok when the command ends with CODE; what it said is in $work/said
    local name=$1 wanted=$2 code
    shift 2
    "$@" >"$work/said" 2>&1 </dev/null
    code=$?
    if [ $code -eq "$wanted" ]; then ok "$name"; else
        echo "# ended with $code, wanted $wanted"
        not_ok "$name" "$work/said"
    fi
}
says() { # NAME PATTERN: did the last command say so?
    if grep -qE -- "$2" "$work/said"; then ok "$1"; else not_ok "$1" "$work/said"; fi
}
# Every file with its bytes, mtime in nanoseconds and inode: what "untouched" means.
fingerprint() {
    (cd "$1" && find . -printf '%P %y %i %T@ ' \( -type f -exec sha256sum {} \; -o -printf '\n' \) | LC_ALL=C sort)
}
contents() {
    (cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
}
