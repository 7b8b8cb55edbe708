#!/usr/bin/env python3
"""server.py FOLDER: serves the files of FOLDER on a free port of 127.0.0.1, which it prints first.

Beside a file NAME may lie NAME.answer: a status on the first line ("503"), header lines behind it ("Retry-After: 60").
Then a 2xx has the file's bytes. Every answer has an ETag, and a request with that one gets a 304. Each request is a line
in FOLDER/log: method, path, status, and the headers that tests look at.
"""
import gzip
import hashlib
import http.server
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
log = open(folder / "log", "a", buffering=1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        name = self.path.split("?")[0].lstrip("/")
        status, headers = 200, {"Content-Type": "application/octet-stream"}
        path = folder / name
        answer = folder / (name + ".answer")
        if answer.exists():
            first, *lines = answer.read_text().splitlines()
            status = int(first)
            headers.update(line.split(": ", 1) for line in lines)
        elif not path.is_file():
            status = 404
        body = path.read_bytes() if 200 <= status < 300 else b"sorry"
        tag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        if 200 <= status < 300 and headers.pop("No-ETag", None) is None:
            headers["ETag"] = tag
            if self.headers["If-None-Match"] == tag:
                status, body = 304, b""
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.compress(body)
        seen = [f"{k}={self.headers[k]}" for k in ("If-None-Match", "Authorization", "User-Agent") if self.headers[k]]
        print("GET", self.path, status, *seen, file=log)
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
