# OpenStack Swift with its S3 API: the proxy, one account, container and object server with one device, memcached (which
# tempauth wants though S3 requests need no token). It verifies Signature Version 4 and the body's SHA-256.
#
# What had to be found out:
#  - tempauth's access keys are "account:user": libcurl must get them by CURLOPT_USERNAME, since CURLOPT_USERPWD splits
#    at the first colon; curl(1) takes http://account%3Auser:secret@host/.
#  - /etc/swift is Debian's: swift_dir names ours, for rings as well as for swift.conf.
#  - The object server waits a second for the container server to list a new object and then leaves that to a daemon
#    which does not run here: container_update_timeout is long, so listings are what is there.
#  - Devices need extended attributes of users: ext4, xfs, tmpfs since Linux 6.6, overlayfs on them.
#  - A bucket that was made with x-amz-acl: public-read is read and listed by everybody at /v1/AUTH_test/BUCKET/KEY.
swift_access_key=test:tester
swift_secret_key=testing
swift_region=us-east-1
swift_empty_hash=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# FOLDER: starts it there. $swift_port is the proxy's, $swift_log what was asked for.
swift_start() {
    local folder=$1 kind port
    local -A ports
    rm -rf "$folder"
    mkdir -p "$folder/etc" "$folder/devices/d1"
    python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.probe", b"x")' "$folder/devices/d1" 2>"$work/xattr" ||
        { echo "skip Swift: no extended attributes of users in $folder"; exit 0; }
    read -r swift_port "ports[account]" "ports[container]" "ports[object]" "ports[memcached]" < <(free_ports 5)
    swift_log="$work/swift-proxy.log"
    : >"$swift_log"
    swift_configure "$folder"
    server_start memcached "${ports[memcached]}" memcached -l 127.0.0.1 -p "${ports[memcached]}" -U 0 -u "$(id -un)" || return 1
    for kind in account container object; do
        "swift-$kind-server" "$folder/etc/$kind.conf" -v >"$work/swift-$kind.log" 2>&1 </dev/null &
        servers+=($!)
        ports[$kind.pid]=$!
    done
    server_start swift-proxy "$swift_port" swift-proxy-server "$folder/etc/proxy.conf" -v || return 1
    for kind in account container object; do
        python3 "$servers_folder/await_listening.py" "${ports[$kind.pid]}" "${ports[$kind]}" || return 1
    done
}
swift_configure() { # FOLDER
    local folder=$1 kind
    cat >"$folder/etc/swift.conf" <<C
[swift-hash]
swift_hash_path_suffix = tests
swift_hash_path_prefix = tests
[storage-policy:0]
name = one
default = yes
C
    for kind in account container object; do
        cat >"$folder/etc/$kind.conf" <<C
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${ports[$kind]}
bind_timeout = 1
workers = 0
user = $(id -un)
swift_dir = $folder/etc
devices = $folder/devices
mount_check = false
fallocate_reserve = 0
disable_fallocate = true
[pipeline:main]
pipeline = $kind-server
[app:$kind-server]
use = egg:swift#$kind
container_update_timeout = 60
conn_timeout = 10
node_timeout = 60
C
        (
            cd "$folder/etc" &&
                swift-ring-builder "$kind.builder" create 4 1 1 &&
                swift-ring-builder "$kind.builder" add "r1z1-127.0.0.1:${ports[$kind]}/d1" 1 &&
                swift-ring-builder "$kind.builder" rebalance
        ) >>"$work/rings.log" 2>&1
    done
    cat >"$folder/etc/proxy.conf" <<C
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $swift_port
bind_timeout = 1
workers = 0
user = $(id -un)
swift_dir = $folder/etc
[pipeline:main]
pipeline = catch_errors gatekeeper proxy-logging cache s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
conn_timeout = 10
node_timeout = 60
recoverable_node_timeout = 60
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${ports[memcached]}
[filter:s3api]
use = egg:swift#s3api
location = $swift_region
allow_multipart_uploads = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
C
}
# METHOD PATH CURL-ARGUMENT…: a signed request by curl(1), without a body.
swift_curl() {
    local method=$1 path=$2
    shift 2
    curl -sS --fail --noproxy '*' -X "$method" --aws-sigv4 "aws:amz:$swift_region:s3" -H "x-amz-content-sha256: $swift_empty_hash" \
        "$@" "http://${swift_access_key/:/%3A}:$swift_secret_key@127.0.0.1:$swift_port$path"
}
swift_bucket() { # NAME: a bucket that everybody may read
    swift_curl PUT "/$1" -H 'x-amz-acl: public-read'
}
# Requests that the proxy has answered, since LINE of its log: "PUT /feeds/atom.xml 200".
swift_requests() {
    tail -n "+$((${1:-0} + 1))" "$swift_log" | sed -nE 's,^proxy-server: [^ ]+ [^ ]+ [^ ]+ ([A-Z]+) ([^ ]+) HTTP/[0-9.]+ ([0-9]+) .*,\1 \2 \3,p' |
        grep -v ' /v1/'
}
swift_log_lines() { wc -l <"$swift_log"; }
