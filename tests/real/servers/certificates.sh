# Certificates that live for a day, in FOLDER: ca.pem signs good.pem (127.0.0.1, localhost) and other.pem (another
# name); stranger.pem is signed by nobody.
certificates_make() { # FOLDER
    mkdir -p "$1"
    (
        cd "$1" || exit 1
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 1 \
            -subj '/CN=Authority of the tests' -addext basicConstraints=critical,CA:TRUE || exit 1
        certificate good 'IP:127.0.0.1,DNS:localhost' -CA ca.pem -CAkey ca.key -CAcreateserial || exit 1
        certificate other 'DNS:elsewhere.test' -CA ca.pem -CAkey ca.key -CAcreateserial || exit 1
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout stranger.key -out stranger.pem -days 1 \
            -subj '/CN=localhost' -addext subjectAltName=IP:127.0.0.1,DNS:localhost || exit 1
    ) >"$work/certificates.log" 2>&1
}
certificate() { # NAME SUBJECTALTNAME X509-ARGUMENT…
    local name=$1 names=$2
    shift 2
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$name" &&
        openssl x509 -req -in "$name.csr" -out "$name.pem" -days 1 -extfile <(echo "subjectAltName=$names") "$@"
}
