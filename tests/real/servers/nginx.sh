# nginx: its own prefix below $work, one worker, not as a daemon. As root its worker stays root: files below a mktemp
# folder are nobody else's.
nginx_folder() { # PREFIX
    mkdir -p "$1/temporary" "$1/conf" "$1/logs"
}
# PREFIX PORT <SERVERS: what stands in http{}. Starts it; false when a port is taken.
nginx_start() {
    local prefix=$1 port=$2
    nginx_folder "$prefix"
    {
        [ "$(id -u)" -ne 0 ] || echo "user root;"
        cat <<N
daemon off;
worker_processes 1;
pid $prefix/nginx.pid;
error_log $prefix/logs/error.log info;
events { worker_connections 256; }
http {
    include $(nginx_mime_types);
    default_type application/octet-stream;
    # Method, path, status, encoding, bytes, and what was asked for conditionally.
    log_format test '\$request_method \$request_uri \$status \$sent_http_content_encoding- \$body_bytes_sent "\$http_if_none_match"';
    access_log $prefix/logs/access.log test;
    client_body_temp_path $prefix/temporary/body;
    proxy_temp_path $prefix/temporary/proxy;
    fastcgi_temp_path $prefix/temporary/fastcgi;
    uwsgi_temp_path $prefix/temporary/uwsgi;
    scgi_temp_path $prefix/temporary/scgi;
N
        cat
        echo "}"
    } >"$prefix/conf/nginx.conf"
    server_start nginx "$port" nginx -p "$prefix" -e "$prefix/logs/error.log" -c "$prefix/conf/nginx.conf"
}
nginx_mime_types() {
    local file
    for file in /etc/nginx/mime.types /usr/share/nginx/mime.types; do
        [ ! -f "$file" ] || { echo "$file"; return; }
    done
}
