#!/usr/bin/env python3
"""serve.py FOLDER LOG: the files below FOLDER on 127.0.0.1, with the types of feeds; prints its port.

LOG gets a line for each request. While LOG.stale is there, answers are those of a cache that has an old version.
"""
import http.server
import os
import sys

TYPES = {".xml": "application/xml; charset=utf-8", ".json": "application/json", ".opml": "text/x-opml; charset=utf-8"}
FEEDS = {"atom.xml": "application/atom+xml; charset=utf-8", "rss.xml": "application/rss+xml; charset=utf-8",
         "feed.json": "application/feed+json; charset=utf-8"}


class Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def guess_type(self, path):
        return FEEDS.get(os.path.basename(path)) or TYPES.get(os.path.splitext(path)[1], "text/plain; charset=utf-8")

    def do_GET(self):
        with open(sys.argv[2], "a", encoding="utf-8") as log:
            log.write(f"GET {self.path}\n")
        if not os.path.exists(sys.argv[2] + ".stale"):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(self.path))
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"old")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *given: Files(*given, directory=sys.argv[1]))
print(server.server_port, flush=True)
server.serve_forever()
