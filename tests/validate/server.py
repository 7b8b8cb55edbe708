#!/usr/bin/env python3
"""Feeds as people serve them, well and badly: http.server on a port that the system gives, printed first. Each path is
a row of ANSWERS; {here} in a body becomes the address that was asked for, {root} that of the server."""

import gzip
import http.server

ATOM = """<?xml version="1.0" encoding="%s"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:feeds.example.org,2026:a</id><title>频道</title>
<updated>2026-11-20T00:00:00Z</updated><author><name>编辑部</name></author>
<link rel="self" href="{self}"/>
<entry><id>tag:feeds.example.org,2026:1</id><title>普陀长风的步道</title><updated>2026-11-20T00:00:00Z</updated>
<link href="https://news.example.org/1"/><summary>接通了。</summary></entry></feed>
"""
RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>频道</title><link>https://news.example.org/</link>
<description>新闻</description><atom:link rel="self" href="{self}"/>
<item><title>一</title><guid isPermaLink="false">1</guid><atom:link rel="self" href="https://news.example.org/1"/></item>
</channel></rss>
"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "频道", "feed_url": "{self}",
"items": [{"id": "1", "content_text": "接通了。"}]}
"""
OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>频道</title></head><body>
<outline text="甲" type="rss" xmlUrl="https://feeds.example.org/atom.xml"/></body></opml>
"""


def utf8(text, self="{here}"):
    return (text.replace("{self}", self) if "%s" not in text else (text % "utf-8").replace("{self}", self)).encode()


def gbk(declared):
    return (ATOM % declared).replace("{self}", "{here}").encode("gb18030")


ANSWERS = {
    # well
    "/atom.xml": ("application/atom+xml; charset=utf-8", utf8(ATOM)),
    "/text.xml": ("text/xml", utf8(ATOM)),
    "/rss.xml": ("application/rss+xml", utf8(RSS)),
    "/feed.json": ("application/feed+json", utf8(JSON)),
    "/feeds.opml": ("text/x-opml", utf8(OPML)),
    "/gzip.xml": ("application/atom+xml", utf8(ATOM)),
    "/bend.xml": ("application/atom+xml", utf8(ATOM, "{root}/bent.xml")),
    "/fragment.xml": ("application/atom+xml", utf8(ATOM, "{here}#top")),
    "/declared.xml": ("application/xml", gbk("GBK")),
    "/header.xml": ("application/xml; charset=gbk", gbk("gb2312")),
    "/undeclared.xml": ("text/xml; charset=GB18030", gbk("utf-8").replace(b' encoding="utf-8"', b"")),
    "/marked.xml": ("text/xml; charset=utf-8", b"\xef\xbb\xbf" + utf8(ATOM)),
    "/wide.xml": ("text/xml", ((ATOM % "utf-16").replace("{self}", "{here}")).encode("utf-16")),
    # badly
    "/relative.xml": ("application/atom+xml", utf8(ATOM, "relative.xml")),
    "/page.xml": ("text/html", utf8(ATOM)),
    "/bytes.xml": ("application/octet-stream", utf8(RSS)),
    "/plain.json": ("text/plain; charset=utf-8", utf8(JSON)),
    "/untyped.xml": (None, utf8(ATOM)),
    "/swapped.json": ("application/atom+xml", utf8(JSON)),
    "/download.xml": ("application/atom+xml", utf8(ATOM)),
    "/elsewhere.xml": ("application/atom+xml", utf8(ATOM, "https://feeds.example.org/atom.xml")),
    "/elsewhere-rss.xml": ("text/xml", utf8(RSS, "https://feeds.example.org/rss.xml")),
    "/elsewhere.json": ("application/json", utf8(JSON, "https://feeds.example.org/feed.json")),
    "/wins.xml": ("application/xml; charset=utf-8", utf8(ATOM).replace(b'"utf-8"', b'"gb2312"')),
    "/wins-gbk.xml": ("application/xml; charset=GBK", gbk("utf-8")),
    "/mark-wins.xml": ("text/xml; charset=gbk", b"\xef\xbb\xbf" + utf8(ATOM)),
    "/json-gbk.json": ("application/json; charset=gbk", utf8(JSON)),
    "/unknown.xml": ("application/xml; charset=klingon", utf8(ATOM)),
    "/unknown-only.xml": ("application/xml; charset=klingon", utf8(ATOM).replace(b' encoding="utf-8"', b"")),
    "/broken.xml": ("application/xml; charset=gbk", gbk("gbk").replace("接通了".encode("gbk"), b"\xff\xff")),
    "/lie.xml": ("application/xml; charset=utf-8", gbk("utf-8")),
    "/html": ("text/html", b"<!DOCTYPE html><html><title>x</title></html>"),
    "/empty.xml": ("application/atom+xml", b""),
    "/invalid.xml": ("application/atom+xml", utf8(ATOM).replace(b"<title>", b"<titel>", 1).replace(b"</title>", b"</titel>", 1)),
}
REDIRECTS = {
    "/gone-for-good.xml": (301, "/atom.xml"),
    "/bent.xml": (302, "/bend.xml"),
    "/loop.xml": (302, "/loop.xml"),
    "/to-file.xml": (302, "file:///etc/passwd"),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path in REDIRECTS:
            status, to = REDIRECTS[self.path]
            self.answer(status, {"Location": to}, b"")
        elif self.path in ANSWERS:
            self.feed(*ANSWERS[self.path])
        else:
            self.answer(503 if self.path == "/busy.xml" else 404, {"Content-Type": "text/plain"}, b"no\n")

    def feed(self, content_type, body):
        headers = {"Content-Type": content_type} if content_type else {}
        encoding = "utf-16-le" if self.path == "/wide.xml" else "ascii"
        root = "http://%s:%d" % self.server.server_address[:2]
        body = body.replace("{here}".encode(encoding), (root + self.path).encode(encoding))
        body = body.replace("{root}".encode(encoding), root.encode(encoding))
        if self.path == "/download.xml":
            headers["Content-Disposition"] = 'Attachment; filename="atom.xml"'
        if self.path == "/gzip.xml" and "gzip" in self.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body)
        self.answer(200, headers, body)

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
