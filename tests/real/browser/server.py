"""A tree on a free port of 127.0.0.1, under a path that is not the root, with the headers that its _headers gives.

The rules are read as Netlify and Cloudflare Pages do: a path in which * stands for anything and :name for one part,
below it indented headers; all rules that match count, and a header that several give has all their values.
"""
import http.server
import os
import re
import threading
import urllib.parse

TYPES = {".html": "text/html; charset=utf-8", ".xml": "application/xml", ".json": "application/json",
         ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
         ".opml": "text/x-opml", ".txt": "text/plain; charset=utf-8"}


def read_rules(path):
    """[(pattern, [(name, value)])]; raises ValueError where a line is neither."""
    rules = []
    for number, line in enumerate(open(path, encoding="utf-8") if os.path.exists(path) else (), 1):
        line = line.rstrip("\n")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            if not line.startswith("/"):
                raise ValueError(f"_headers:{number}: a path begins with /: {line}")
            pattern = "".join(".*" if part == "*" else "[^/]+" if part.startswith(":") else re.escape(part)
                              for part in re.split(r"(\*|:[A-Za-z]\w*)", line.strip()))
            rules.append((re.compile(pattern), []))
            continue
        name, colon, value = line.strip().partition(":")
        if not colon or not rules or not re.fullmatch(r"[A-Za-z0-9-]+", name) or not value.strip():
            raise ValueError(f"_headers:{number}: no header: {line}")
        rules[-1][1].append((name, value.strip()))
    return rules


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        found = self.server.find(urllib.parse.unquote(self.path.split("?")[0].split("#")[0]))
        if found is None:
            self.reply(404, b"", {"Content-Type": "text/plain"})
            return
        folder, path = found
        headers = {"Content-Type": TYPES.get(os.path.splitext(path)[1], "application/octet-stream")}
        for pattern, given in self.server.rules[folder]:
            # A page is meant by its address as well as by its file.
            for name in {"/" + path, "/" + path.removesuffix("index.html")}:
                if pattern.fullmatch(name):
                    for header, value in given:
                        old = headers.get(header) if header != "Content-Type" else None
                        headers[header] = f"{old}, {value}" if old and old != value else value
                    break
        with open(os.path.join(folder, path), "rb") as file:
            self.reply(200, file.read(), headers)

    def reply(self, code, body, headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, trees):
        """trees: {name: folder}; each is at self.address(name)."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.trees = {f"/some/deep/{name}/": os.path.realpath(folder) for name, folder in trees.items()}
        self.rules = {folder: read_rules(os.path.join(folder, "_headers")) for folder in self.trees.values()}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def address(self, name):
        return f"http://127.0.0.1:{self.server_port}/some/deep/{name}/"

    def find(self, path):
        """(folder, file's path in it), or None."""
        for prefix, folder in self.trees.items():
            if not path.startswith(prefix):
                continue
            rest = path[len(prefix):]
            if rest == "" or rest.endswith("/"):
                rest += "index.html"
            if ".." not in rest.split("/") and os.path.isfile(os.path.join(folder, rest)):
                return folder, rest
        return None
