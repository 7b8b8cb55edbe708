#!/usr/bin/env python3
"""hub.py FOLDER: a WebSub hub on 127.0.0.1 that takes publishers to the letter.

Prints its port. FOLDER/log gets a line for each request: "STATUS TOPIC". FOLDER/answer, where it is there, holds statuses
for the next requests, one a line, each used once (0: the connection is cut); else what is right is 202.
"""
import http.server
import pathlib
import sys
import urllib.parse

folder = pathlib.Path(sys.argv[1])


def mistake(handler, body):
    """In words; None for nothing. WebSub 7 leaves the form to PubSubHubbub 0.4, 7.1."""
    if handler.headers.get("Content-Type") != "application/x-www-form-urlencoded":
        return "the media type is " + str(handler.headers.get("Content-Type"))
    for secret in ("Authorization", "Cookie", "Referer"):
        if handler.headers.get(secret):
            return secret + " was sent"
    try:
        fields = urllib.parse.parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    except (ValueError, UnicodeDecodeError) as error:
        return f"no form: {error}"
    names = [name for name, _ in fields]
    if names != ["hub.mode", "hub.url"]:
        return f"the fields are {names}"
    if fields[0][1] != "publish":
        return "the mode is " + fields[0][1]
    topic = fields[1][1]
    if urllib.parse.urlsplit(topic).scheme not in ("http", "https") or "#" in topic or not topic.isascii():
        return "no address: " + topic
    if body != b"hub.mode=publish&hub.url=" + urllib.parse.quote(topic, safe="").encode():
        return "escaped in another way: " + body.decode("ascii")
    return None


class Hub(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        wrong = mistake(self, body)
        status = 400 if wrong else self.next_status()
        topic = dict(urllib.parse.parse_qsl(body.decode("ascii", "replace"))).get("hub.url", "-")
        with open(folder / "log", "a", encoding="utf-8") as log:
            log.write(f"{status} {wrong or topic}\n")
        if status == 0:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        with open(folder / "log", "a", encoding="utf-8") as log:
            log.write("405 GET\n")
        self.send_error(405)

    def next_status(self):
        answers = folder / "answer"
        lines = answers.read_text().split() if answers.exists() else []
        if not lines:
            return 202
        answers.write_text("\n".join(lines[1:]))
        return int(lines[0])

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Hub)
print(server.server_port, flush=True)
server.serve_forever()
