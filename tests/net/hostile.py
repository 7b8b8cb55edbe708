#!/usr/bin/env python3
"""A server that misbehaves: every path is another way.

    hostile.py [--certificates FOLDER]   serves on loopback; prints "NAME PORT" for each of its ports, then "ready"
    hostile.py --list                    prints PORT, PATH, how a request for it must end, and what the path does

Ports: http; other (the same behaviours, to be another origin); and with certificates (FOLDER/NAME.pem, key and
certificate): https, and those whose TLS is wrong.

How a request must end is "FAILURE STATUS" in the words of tests/net/driver.c, for limits of 1 MiB, 5 redirects, some
seconds. Paths that keep count (/flaky) take ?key=… to count each caller alone.
"""
import argparse, email.utils, gzip, hashlib, hmac, json, os, re, socket, ssl, struct, threading, time
import urllib.parse, zlib

BEHAVIOURS = {}
PORTS = {}
LOG = []
COUNTS = {}
LOCK = threading.Lock()
ARTICLE = {"id": "a1", "title": "普陀区发布集成电路政策", "date": "2026-11-01", "body": "上海市普陀区发布了新的集成电路政策。"}
LINE = (json.dumps(ARTICLE, ensure_ascii=False) + "\n").encode()
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:upstream.test,2026:f</id><title>上游</title>
<updated>2026-11-01T00:00:00Z</updated><entry><id>tag:upstream.test,2026:1</id><title>普陀区发布集成电路政策</title>
<updated>2026-11-01T00:00:00Z</updated><link href="http://upstream.test/1"/><content type="text">正文。</content>
</entry></feed>
""".encode()


class Request:
    def __init__(self, connection, port):
        self.connection, self.port, self.number = connection, port, 0
        self.head, self.rest, self.path, self.query, self.headers = b"", b"", "", {}, {}

    def read_head(self):
        data = self.rest
        while b"\r\n\r\n" not in data:
            piece = self.connection.recv(65536)
            if not piece:
                return False
            data += piece
            if data[:1] == b"\x16":
                self.send("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nThis is no TLS.")
                return False
        self.head, self.rest = data.split(b"\r\n\r\n", 1)
        self.number += 1
        lines = self.head.decode("latin-1").split("\r\n")
        self.method, self.target = lines[0].split(" ")[:2]
        parts = urllib.parse.urlsplit(self.target)
        self.path, self.query = parts.path, dict(urllib.parse.parse_qsl(parts.query))
        self.headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        return True

    def read_body(self):
        size = int(self.headers.get("content-length", 0))
        while len(self.rest) < size:
            piece = self.connection.recv(65536)
            if not piece:
                break
            self.rest += piece
        body, self.rest = self.rest[:size], self.rest[size:]
        return body

    def send(self, data):
        self.connection.sendall(data if isinstance(data, bytes) else data.encode())

    def answer(self, body=b"", status="200 OK", headers=(), length=True):
        head = f"HTTP/1.1 {status}\r\n" + "".join(h + "\r\n" for h in headers)
        if length:
            head += f"Content-Length: {len(body)}\r\n"
        self.send(head.encode() + b"\r\n" + (b"" if self.method == "HEAD" else body))

    def redirect(self, where, status="302 Found"):
        self.answer(status=status, headers=[f"Location: {where}"])

    def for_ever(self, piece, wait=0.0):
        """Until the other end has had enough."""
        while True:
            self.send(piece)
            if wait:
                time.sleep(wait)


def behaviour(path, wanted, what, port="http"):
    def keep(function):
        BEHAVIOURS[(port, path)] = (function, wanted, what)
        return function
    return keep


def constant(path, wanted, what, data, port="http"):
    """Sends these bytes and closes."""
    BEHAVIOURS[(port, path)] = (lambda request: request.send(data) or "close", wanted, what)


def answer(path, wanted, what, *arguments, **named):
    BEHAVIOURS[("http", path)] = (lambda request: request.answer(*arguments, **named), wanted, what)


# --- what is good -----------------------------------------------------------------------------------------------
answer("/good.jsonl", "answered 200", "an article", LINE, headers=["Content-Type: application/jsonl"])
answer("/good.atom", "answered 200", "a feed", ATOM, headers=["Content-Type: application/atom+xml"])
answer("/gzip.jsonl", "answered 200", "an article, gzip", gzip.compress(LINE, mtime=0), headers=["Content-Encoding: gzip"])
answer("/gzip-members.jsonl", "answered 200", "a gzip body of two members, filled up with zeros",
       gzip.compress(LINE, mtime=0) * 2 + bytes(100), headers=["Content-Encoding: x-gzip"])
answer("/deflate.jsonl", "answered 200", "deflate with zlib's header", zlib.compress(LINE), headers=["Content-Encoding: deflate"])
RAW = zlib.compressobj(wbits=-15)
answer("/deflate-raw.jsonl", "answered 200", "deflate without it", RAW.compress(LINE) + RAW.flush(),
       headers=["Content-Encoding: deflate"])
constant("/until-close.jsonl", "answered 200", "no length: the body ends with the connection", b"HTTP/1.0 200 OK\r\n\r\n" + LINE)


@behaviour("/chunked.jsonl", "answered 200", "chunked, with a trailer that says what a header would")
def chunked(request):
    request.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: \"a\"\r\n\r\n")
    for at in range(0, len(LINE), 7):
        piece = LINE[at:at + 7]
        request.send(b"%x;x=y\r\n" % len(piece) + piece + b"\r\n")
    request.send("0\r\nContent-Encoding: br\r\nLocation: /good.jsonl\r\n\r\n")


@behaviour("/conditional.jsonl", "answered 200", "304 where the validators fit")
def conditional(request):
    headers = ['ETag: "v1"', "Last-Modified: Sun, 01 Nov 2026 00:00:00 GMT"]
    if request.headers.get("if-none-match") == '"v1"':
        request.send("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n")
    else:
        request.answer(LINE, headers=headers)


@behaviour("/echo", "answered 200", "the request's own head")
def echo(request):
    request.read_body()
    request.answer(request.head + b"\r\n")


@behaviour("/log", "answered 200", "the heads of what was asked with ?key=, a blank line behind each")
def log(request):
    with LOCK:
        heads = [head for key, head in LOG if key == request.query.get("key")]
    request.answer(b"".join(head + b"\r\n\r\n" for head in heads))


# --- bodies -----------------------------------------------------------------------------------------------------
@behaviour("/drip", "timed-out 200", "a byte a second")
def drip(request):
    request.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    request.for_ever(b"{", 1)


@behaviour("/trickle", "timed-out 200", "fast enough not to be slow, and without end")
def trickle(request):
    request.send("HTTP/1.1 200 OK\r\n\r\n")
    request.for_ever(b"x" * 100, 0.1)


@behaviour("/silent", "timed-out 0", "takes the request and says nothing")
def silent(request):
    while request.connection.recv(65536):
        pass
    return "close"


@behaviour("/endless", "too-large 200", "a body without length or end")
def endless(request):
    request.send("HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\n\r\n")
    request.for_ever(LINE * 500)


@behaviour("/endless-chunked", "too-large 200", "chunks without end")
def endless_chunked(request):
    request.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    request.for_ever(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")


@behaviour("/endless-404", "answered 404", "an error page without end: its beginning is enough")
def endless_404(request):
    request.send("HTTP/1.1 404 Not Found\r\n\r\n")
    request.for_ever(b"x" * 8192)


@behaviour("/endless-gzip", "too-large 200", "gzip that becomes nothing, without end")
def endless_gzip(request):
    request.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    request.for_ever(gzip.compress(b"", mtime=0) * 500)


answer("/huge-length", "too-large 200", "a length of a terabyte", LINE, headers=["Content-Length: 1000000000000"], length=False)
BOMB = gzip.compress(bytes(64 << 20), mtime=0)
answer("/gzip-bomb", "too-large 200", "64 MiB in 64 KiB of gzip", BOMB, headers=["Content-Encoding: gzip"])
answer("/deflate-bomb", "too-large 200", "the same by deflate", zlib.compress(bytes(64 << 20)), headers=["Content-Encoding: deflate"])
answer("/gzip-twice", "broken 200", "gzip in gzip", gzip.compress(BOMB), headers=["Content-Encoding: gzip, gzip"])
answer("/gzip-cut", "broken 200", "gzip cut off, with the length of what is there", gzip.compress(LINE, mtime=0)[:-6],
       headers=["Content-Encoding: gzip"])
answer("/gzip-checksum", "broken 200", "gzip with a wrong checksum", gzip.compress(LINE, mtime=0)[:-8] + b"wrong" + bytes(3),
       headers=["Content-Encoding: gzip"])
answer("/gzip-lie", "broken 200", "said to be gzip, and is not", LINE, headers=["Content-Encoding: gzip"])
answer("/gzip-garbage", "broken 200", "gzip with something behind it", gzip.compress(LINE, mtime=0) + b"garbage",
       headers=["Content-Encoding: gzip"])
answer("/gzip-empty", "answered 200", "said to be gzip, without a byte", b"", headers=["Content-Encoding: gzip"])
answer("/brotli", "broken 200", "an encoding that nobody asked for", LINE, headers=["Content-Encoding: br"])
constant("/transfer-gzip", "broken 200", "a transfer encoding that nobody asked for",
         b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n%x\r\n" % len(BOMB) + BOMB + b"\r\n0\r\n\r\n")
constant("/chunk-cut", "broken 200", "a chunk that is cut off",
         b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + LINE)
constant("/chunk-missing-end", "broken 200", "no last chunk",
         b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(LINE) + LINE + b"\r\n")
constant("/chunk-garbage", "broken 200", "a chunk size that is none",
         b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + LINE + b"\r\n0\r\n\r\n")
constant("/chunk-overflow", "broken 200", "a chunk size beyond 64 bits",
         b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" + LINE + b"\r\n0\r\n\r\n")
constant("/length-long", "broken 200", "Content-Length says more than comes",
         b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(LINE) + 1) + LINE)
constant("/length-short", "answered 200", "… less than comes: the rest is no part of it",
         b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + LINE)
constant("/length-two", "broken 200", "two lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: %d\r\n\r\n" % len(LINE) + LINE)
constant("/length-negative", "broken 200", "a length below nothing", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + LINE)
constant("/until-close-early", "answered 200", "no length, and closed in the middle: nobody can tell", b"HTTP/1.0 200 OK\r\n\r\n" + LINE[:40])
constant("/no-content", "answered 204", "204 with a body", b"HTTP/1.1 204 No Content\r\n\r\n" + LINE)
answer("/empty", "answered 200", "200 and nothing")
constant("/part", "broken 206", "206, to a request for the whole",
         b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/100\r\nContent-Length: 10\r\n\r\n" + LINE[:10])
constant("/unasked-304", "broken 304", "304, to a request without a condition", b"HTTP/1.1 304 Not Modified\r\n\r\n")

# --- what is no HTTP, and headers -------------------------------------------------------------------------------
constant("/garbage", "broken 0", "a status line that is none", b"\x16\x03\x01 hello\r\n\r\n" + LINE)
constant("/http09", "broken 0", "HTTP/0.9: a body alone", LINE)
constant("/status-odd", "broken 0", "a status of letters", b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n")
constant("/status-999", "answered 999", "a status that nobody knows", b"HTTP/1.1 999 Enough\r\nContent-Length: 0\r\n\r\n")
constant("/immediate-close", "no-connection 0", "closed without an answer", b"")
constant("/close-in-headers", "broken 200", "closed within the headers", b"HTTP/1.1 200 OK\r\nContent-Type: text/")
constant("/nul-header", "broken 200", "a NUL in a header", b"HTTP/1.1 200 OK\r\nETag: \"a\0b\"\r\nContent-Length: 0\r\n\r\n")
constant("/long-header", "too-large 200", "a header of 1 MiB", b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * (1 << 20) + b"\r\n\r\n")

constant("/many-headers", "too-large 200", "300 short headers", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300 + b"Content-Length: 0\r\n\r\n")


@behaviour("/reset", "no-connection 0", "the connection is reset")
def reset(request):
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return "close"


@behaviour("/reset-in-body", "broken 200", "… in the middle of the body")
def reset_in_body(request):
    request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + LINE)
    time.sleep(0.2)
    return reset(request)


@behaviour("/header-flood", "too-large 200", "headers without end")
def header_flood(request):
    request.send("HTTP/1.1 200 OK\r\n")
    request.for_ever(b"X-Flood: %s\r\n" % (b"x" * 100))


@behaviour("/header-endless", "too-large 200", "one header without end")
def header_endless(request):
    request.send("HTTP/1.1 200 OK\r\nX-Endless: ")
    request.for_ever(b"x" * 65536)


@behaviour("/header-slow", "timed-out 200", "a header every other moment")
def header_slow(request):
    request.send("HTTP/1.1 200 OK\r\n")
    request.for_ever(b"X: y\r\n", 0.5)


@behaviour("/continue-for-ever", "too-large 100", "100 Continue, again and again")
def continue_for_ever(request):
    request.for_ever(b"HTTP/1.1 100 Continue\r\n\r\n")


constant("/switching", "broken 101", "another protocol, to a request that asked for none",
         b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + LINE)
constant("/early-hints", "answered 200", "103 before the answer, with headers of its own",
         b"HTTP/1.1 103 Early Hints\r\nETag: \"no\"\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(LINE) + LINE)

# --- status -----------------------------------------------------------------------------------------------------
answer("/unauthorized", "answered 401", "401", b"no", status="401 Unauthorized", headers=['WWW-Authenticate: Basic realm="x"'])
answer("/negotiate", "answered 401", "401 that wants the machine's own account", b"no", status="401 Unauthorized",
       headers=["WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"])
answer("/proxy", "answered 407", "407", b"no", status="407 Proxy", headers=['Proxy-Authenticate: Basic realm="x"'])
answer("/gone", "answered 410", "410", b"gone", status="410 Gone")
answer("/too-many", "answered 429", "429", b"", status="429 Too Many Requests", headers=["Retry-After: 7"])
answer("/retry-huge", "answered 503", "Retry-After beyond 64 bits", b"", status="503 No", headers=["Retry-After: 99999999999999999999999"])
answer("/retry-long", "answered 503", "… of 300 years", b"", status="503 No", headers=["Retry-After: 9999999999"])
answer("/retry-garbage", "answered 503", "… that is none", b"", status="503 No", headers=["Retry-After: soon"])
answer("/phrase", "answered 500", "a status that repeats what was asked", b"", status="500 \x1b[31m Authorization: secret")


@behaviour("/retry-date", "answered 503", "Retry-After: a date, in an hour")
def retry_date(request):
    request.answer(status="503 No", headers=["Retry-After: " + email.utils.formatdate(time.time() + 3600, usegmt=True)])


# --- redirects --------------------------------------------------------------------------------------------------
def redirection(path, wanted, what, where, status="302 Found", port="http"):
    BEHAVIOURS[(port, path)] = (lambda request: request.redirect(where(request) if callable(where) else where, status), wanted, what)


redirection("/moved", "answered 200", "301 to an article", "/good.jsonl", "301 Moved Permanently")
redirection("/moved-then-found", "answered 200", "308, then 302", "/found", "308 Permanent Redirect")
redirection("/found", "answered 200", "302 to an article", "good.jsonl#part")
redirection("/moved-han", "answered 200", "to an address with Han characters and a blank", "/新 闻.jsonl")
BEHAVIOURS[("http", "/%E6%96%B0%20%E9%97%BB.jsonl")] = (lambda r: r.answer(LINE), "answered 200", "that address")
redirection("/loop", "redirect-bad 302", "to itself", "/loop")
redirection("/loop-a", "redirect-bad 302", "in a circle of two", "/loop-b")
redirection("/loop-b", "redirect-bad 302", "… the other one", "/loop-a")
for step in range(1, 7):
    redirection(f"/chain-{step}", "redirect-bad 302" if step == 1 else "answered 200", f"{7 - step} redirects",
                f"/chain-{step + 1}" if step < 6 else "/good.jsonl")
redirection("/endless-chain", "redirect-bad 302", "always to a new address", lambda r: f"/endless-chain?{time.monotonic_ns()}")
redirection("/to-file", "redirect-bad 302", "to a file", "file:///etc/passwd")
redirection("/to-gopher", "redirect-bad 302", "to another protocol", "gopher://127.0.0.1:25/_QUIT")
redirection("/to-backslash", "redirect-bad 302", "to a host that readers of addresses disagree on", "http://127.0.0.1\\@upstream.test/")
redirection("/to-password", "redirect-bad 302", "to an address with a password", lambda r: f"http://a:b@127.0.0.1:{PORTS['http']}/good.jsonl")
redirection("/to-private", "address-refused 0", "to another private host", lambda r: f"http://127.0.0.2:{PORTS['http']}/good.jsonl")
redirection("/to-private-number", "address-refused 0", "… written as a number", lambda r: f"http://2130706434:{PORTS['http']}/")
redirection("/to-private-mapped", "address-refused 0", "… within IPv6", lambda r: f"http://[::ffff:127.0.0.2]:{PORTS['http']}/")
redirection("/to-metadata", "address-refused 0", "to a cloud's metadata service", "http://169.254.169.254/latest/meta-data/")
redirection("/to-nowhere", "no-connection 0", "to a port where nobody is", "http://127.0.0.1:1/")
redirection("/to-other", "answered 200", "to another origin's echo", lambda r: f"http://127.0.0.1:{PORTS['other']}/echo")
redirection("/to-echo", "answered 200", "to this origin's echo", "/echo")
redirection("/to-http", "redirect-bad 302", "down from https", lambda r: f"http://127.0.0.1:{PORTS['http']}/good.jsonl", port="https")
answer("/no-location", "answered 302", "a redirect to nowhere", status="302 Found")
answer("/multiple", "answered 300", "a choice", status="300 Multiple Choices", headers=["Location: /good.jsonl"])


@behaviour("/cookie", "answered 200", "sets a cookie and redirects to where it would be sent")
def cookie(request):
    request.answer(status="302 Found", headers=["Location: /echo", "Set-Cookie: session=1; Path=/"])


# --- bodies that are HTTP's best, and yet ------------------------------------------------------------------------
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(b)} "{("&" + chr(b - 1) + ";") * 10}">' for b in range(98, 108)) + "]><x>&k;</x>"
answer("/laughs.xml", "answered 200", "billion laughs", LAUGHS.encode(), headers=["Content-Type: application/xml"])
answer("/external.xml", "answered 200", "an entity from a file", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
       headers=["Content-Type: application/xml"])
answer("/cut.atom", "answered 200", "a feed cut off, with the length of what is there", ATOM[:-60], headers=["Content-Type: application/atom+xml"])
answer("/cut.json", "answered 200", "JSON cut off", b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","ti', headers=["Content-Type: application/feed+json"])
answer("/cut.jsonl", "answered 200", "a line cut off", LINE + LINE[:50], headers=["Content-Type: application/jsonl"])
answer("/deep.json", "answered 200", "100,000 brackets", b"[" * 100000, headers=["Content-Type: application/json"])
answer("/html-for-feed", "answered 200", "a page where a feed was", b"<!doctype html><title>Login</title><p>Please log in.",
       headers=["Content-Type: text/html; charset=utf-8"])
answer("/wrong-type", "answered 200", "a feed that is said to be a picture", ATOM, headers=["Content-Type: image/png"])
answer("/charset-lie", "answered 200", "UTF-8 that is said to be GB18030", ATOM, headers=["Content-Type: application/xml; charset=gb18030"])
answer("/charset-unknown", "answered 200", "a charset that nobody knows", ATOM, headers=['Content-Type: text/xml; charset="x-no-such"'])
answer("/gbk.atom", "answered 200", "GBK, in the header and in the declaration", ATOM.decode().replace("utf-8", "gbk").encode("gbk"),
       headers=["Content-Type: application/atom+xml; charset=GBK"])
answer("/nul", "answered 200", "NUL bytes", b"\0" * 1000, headers=["Content-Type: application/jsonl"])
answer("/nothing-new.atom", "answered 200", "a feed without entries", b'<feed xmlns="http://www.w3.org/2005/Atom"><id>a</id><title>t</title><updated>2026-11-01T00:00:00Z</updated></feed>',
       headers=["Content-Type: application/atom+xml"])


@behaviour("/early", "answered 403", "answers before it has read what is sent, and closes")
def early(request):
    request.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    return "close"


# --- what changes from request to request; uploads ----------------------------------------------------------------
@behaviour("/flaky", "answered 503", "?key=K&fail=N&how=503|429|after|close|reset|cut: fails N times, then says what it got")
def flaky(request):
    body = request.read_body()
    key = request.query.get("key", "")
    with LOCK:
        COUNTS[key] = COUNTS.get(key, 0) + 1
        count = COUNTS[key]
    how = request.query.get("how", "503")
    if count > int(request.query.get("fail", 1)):
        return request.answer(f"{count} {request.method} {hashlib.sha256(body).hexdigest()}\n".encode())
    if how == "close":
        return "close"
    if how == "reset":
        return reset(request)
    if how == "cut":
        request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + LINE)
        return "close"
    after = ["Retry-After: 1"] if how == "after" else []
    return request.answer(b"", status="429 No" if how == "429" else "503 No", headers=after)


@behaviour("/once", "answered 200", "says what it got, once for each connection; then closes without an answer")
def once(request):
    body = request.read_body()
    if request.number > 1:
        return "close"
    return request.answer(f"{request.method} {hashlib.sha256(body).hexdigest()}\n".encode())


@behaviour("/count", "answered 200", "?key=K: how many have asked /flaky with it")
def count(request):
    request.answer(f"{COUNTS.get(request.query.get('key', ''), 0)}\n".encode())


def sign(key, message):
    return hmac.new(key, message.encode(), hashlib.sha256).digest()


@behaviour("/signed", "answered 403", "answers 200 to a good AWS signature of key AKID with secret SECRET/KEY+1")
def signed(request):
    body = request.read_body()
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=AKID/(\d{8})/([^/]+)/s3/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})",
                         request.headers.get("authorization", ""))
    if not found:
        return request.answer(b"no signature", status="403 Forbidden")
    day, region, names, signature = found.groups()
    names = names.split(";")
    wanted = {"host", "x-amz-content-sha256", "x-amz-date"} | ({"x-amz-security-token"} & set(request.headers))
    canonical = "\n".join([
        request.method, request.path, urllib.parse.urlsplit(request.target).query,
        "".join(f"{name}:{request.headers.get(name, '')}\n" for name in names), ";".join(names),
        request.headers.get("x-amz-content-sha256", "")])
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers.get("x-amz-date", ""), scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = sign(sign(sign(sign(b"AWS4SECRET/KEY+1", day), region), "s3"), "aws4_request")
    problems = [
        (wanted <= set(names), "not all is signed that must be"),
        (hmac.new(key, text.encode(), hashlib.sha256).hexdigest() == signature, "the signature does not fit"),
        (request.headers.get("host") == f"127.0.0.1:{PORTS['http']}", "the host is without its port"),
        (request.headers.get("x-amz-content-sha256") == hashlib.sha256(body).hexdigest(), "the body is not the one that was signed")]
    for good, problem in problems:
        if not good:
            return request.answer(problem.encode(), status="403 Forbidden")
    return request.answer(f"{request.method} {len(body)} {region}".encode())


redirection("/signed-redirect", "answered 200", "307 to another origin's echo", lambda r: f"http://127.0.0.1:{PORTS['other']}/echo", "307 Temporary Redirect")


# --- the servers --------------------------------------------------------------------------------------------------
def handle(connection, port):
    request = Request(connection, port)
    while request.read_head():
        with LOCK:
            LOG.append((request.query.get("key"), request.head))
        names = [(port, request.path), ("http", request.path)]
        function = next((BEHAVIOURS[name][0] for name in names if name in BEHAVIOURS), None)
        if not function:
            request.answer(b"no such behaviour", status="404 Not Found")
        elif function(request) == "close":
            return


def serve_one(connection, port, context):
    try:
        connection.settimeout(60)
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        handle(connection, port)
    except (OSError, ValueError):
        pass
    finally:
        connection.close()


def serve(listener, port, context=None):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve_one, args=(connection, port, context), daemon=True).start()


def tls(folder, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, name + ".pem"))
    return context


def old_tls(folder):
    context = tls(folder, "good")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    return context


TLS = {
    "https": ("answered 200", "a good certificate", lambda folder: tls(folder, "good")),
    "self-signed": ("not-trusted 0", "a certificate that nobody vouches for", lambda folder: tls(folder, "self-signed")),
    "wrong-name": ("not-trusted 0", "… of another name", lambda folder: tls(folder, "wrong-name")),
    "expired": ("not-trusted 0", "… that has expired", lambda folder: tls(folder, "expired")),
    "old-tls": ("not-trusted 0", "TLS 1.0", old_tls),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--certificates", metavar="FOLDER")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    if arguments.list:
        for (port, path), (_, wanted, what) in BEHAVIOURS.items():
            print(port, path, wanted, what, sep="\t")
        for port, (wanted, what, _) in TLS.items():
            print(port, "/good.jsonl", wanted, what, sep="\t")
        print("plain-as-https", "/good.jsonl", "not-trusted 0", "plain HTTP where TLS is expected", sep="\t")
        return
    contexts = {"http": None, "other": None}
    if arguments.certificates:
        contexts.update((name, make(arguments.certificates)) for name, (_, _, make) in TLS.items())
    for name, context in contexts.items():
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        PORTS[name] = listener.getsockname()[1]
        threading.Thread(target=serve, args=(listener, name, context), daemon=True).start()
        print(name, PORTS[name])
    print("plain-as-https", PORTS["http"])
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
