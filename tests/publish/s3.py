#!/usr/bin/env python3
"""A small S3 for tests: keeps objects in a folder, verifies Signature Version 4 from its specification, and fails when told.

    s3.py FOLDER BUCKET [--key ID] [--secret SECRET] [--token TOKEN] [--region REGION]

Binds a free port of 127.0.0.1, prints it, and serves until it is killed: both path style (/BUCKET/KEY) and
virtual-hosted (Host: BUCKET.…). FOLDER/objects/KEY holds the bytes (a key is percent-encoded, slashes too), FOLDER/meta/KEY
Content-Type and Cache-Control; FOLDER/log a line for each request: "METHOD KEY STATUS".
What is to fail stands in FOLDER/fault, read at each request: "N KIND [PID-FILE]": the N-th request since the server has
begun or /-reset was asked (which waits until no other is at work) fails as KIND says:
    refuse       the connection is closed before an answer, nothing is stored
    500          500 Internal Server Error
    503          503 Slow Down, Retry-After: 1
    body         closed while the body is being received
    lost         done, but closed before the answer
    hang         no answer until the client goes, or for ten seconds; nothing is stored
    kill         the process of PID-FILE is killed, nothing is stored
    kill-after   the same, when it is stored
"N+ KIND": that one and all after it.
"""
import argparse
import hashlib
import hmac
import os
import re
import signal
import socket
import sys
import threading
import urllib.parse
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

options = None
lock = threading.Condition()
count = 0
active = 0


def quote(text, safe=''):
    return urllib.parse.quote(text, safe='-._~' + safe)


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def expect_signature(method, target, headers, body):
    """Raises where the request is not signed as the specification of AWS Signature Version 4 has it."""
    match = re.fullmatch(r'AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?'
                         r'SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})', headers.get('Authorization', ''))
    if not match:
        raise Refused(403, 'AccessDenied', 'Access Denied.')
    key, day, region, service, names, signature = match.groups()
    if key != options.key:
        raise Refused(403, 'InvalidAccessKeyId', 'The key ID does not exist.')
    moment = headers.get('X-Amz-Date', '')
    payload = headers.get('X-Amz-Content-Sha256', '')
    signed = names.split(';')
    if region != options.region or service != 's3' or not moment.startswith(day):
        raise Refused(400, 'AuthorizationHeaderMalformed', 'Wrong region, service or date.')
    then = datetime.strptime(moment, '%Y%m%dT%H%M%SZ').replace(tzinfo=timezone.utc)
    if abs((datetime.now(timezone.utc) - then).total_seconds()) > 900:
        raise Refused(403, 'RequestTimeTooSkewed', 'The clocks differ.')
    if signed != sorted(signed) or 'host' not in signed or 'x-amz-date' not in signed or \
            'x-amz-content-sha256' not in signed:
        raise Refused(403, 'AccessDenied', 'Headers that must be signed are not.')
    if any(name.lower().startswith('x-amz-') and name.lower() not in signed for name in headers):
        raise Refused(403, 'AccessDenied', 'There were headers present in the request which were not signed.')
    path, _, query = target.partition('?')
    # Each part decoded, and encoded once: for s3 the path is not normalised.
    canonical_path = '/'.join(quote(urllib.parse.unquote(part, errors='strict')) for part in path.split('/'))
    pairs = sorted(tuple((quote(urllib.parse.unquote(half)) for half in (pair + '=').split('=')[:2]))
                   for pair in query.split('&') if pair)
    canonical = '\n'.join([
        method, canonical_path, '&'.join(f'{name}={value}' for name, value in pairs),
        ''.join(f'{name}:{" ".join(headers.get(name, "").split())}\n' for name in signed), ';'.join(signed), payload])
    scope = f'{day}/{region}/s3/aws4_request'
    text = '\n'.join(['AWS4-HMAC-SHA256', moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    step = sign(('AWS4' + options.secret).encode(), day)
    for part in (region, 's3', 'aws4_request'):
        step = sign(step, part)
    if not hmac.compare_digest(sign(step, text).hex(), signature):
        raise Refused(403, 'SignatureDoesNotMatch',
                      'The request signature we calculated does not match the signature you provided.')
    if options.token and headers.get('X-Amz-Security-Token') != options.token:
        raise Refused(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.')
    if hashlib.sha256(body).hexdigest() != payload:
        raise Refused(400, 'XAmzContentSHA256Mismatch',
                      "The provided 'x-amz-content-sha256' header does not match what was computed.")


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def drop(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def answer(self, status, body=b'', headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def complain(self, status, code, message, headers=()):
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
        self.answer(status, text.encode(), (('Content-Type', 'application/xml'), *headers))

    def find_key(self):
        path = urllib.parse.unquote(self.path.partition('?')[0].lstrip('/'), errors='strict')
        if self.headers.get('Host', '').startswith(options.bucket + '.'):
            return path
        bucket, _, key = path.partition('/')
        if bucket != options.bucket:
            raise Refused(404, 'NoSuchBucket', 'The specified bucket does not exist.')
        return key

    def fault(self):
        global count
        with lock:
            count += 1
            here = count
        try:
            with open(f'{options.folder}/fault') as file:
                number, kind, *rest = file.read().split()
        except (FileNotFoundError, ValueError):
            return '', ''
        applies = here >= int(number[:-1]) if number.endswith('+') else here == int(number)
        return (kind, rest[0] if rest else '') if applies else ('', '')

    def note(self, key, status):
        with lock, open(f'{options.folder}/log', 'a') as file:
            file.write(f'{self.command} {quote(key, "/")} {status}\n')

    def work(self):
        global count, active
        if self.path == '/-reset':
            # What a killed client has asked for is still being done.
            with lock:
                lock.wait_for(lambda: active == 0)
                count = 0
            return self.answer(204)
        with lock:
            active += 1
        try:
            self.serve_object()
        finally:
            with lock:
                active -= 1
                lock.notify_all()

    def serve_object(self):
        kind, pid_file = self.fault()
        if kind in ('refuse', 'kill', 'hang', 'body'):
            self.note(self.path, kind)
            if kind == 'kill':
                self.kill(pid_file)
            if kind == 'hang':
                self.wait_for_end()
            if kind == 'body' and int(self.headers.get('Content-Length') or 0):
                self.rfile.read(int(self.headers['Content-Length']) // 2)
            return self.drop()
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        if kind == '500':
            self.note(self.path, kind)
            return self.complain(500, 'InternalError', 'We encountered an internal error. Please try again.')
        if kind == '503':
            self.note(self.path, kind)
            return self.complain(503, 'SlowDown', 'Reduce your request rate.', [('Retry-After', '1')])
        key = ''
        try:
            key = self.find_key()
            expect_signature(self.command, self.path, self.headers, body)
            reply = {'GET': self.get_object, 'PUT': self.put_object, 'DELETE': self.delete_object}[self.command](key, body)
        except Refused as refused:
            self.note(key, refused.status)
            return self.complain(refused.status, refused.code, refused.message)
        self.note(key, reply[0])
        if kind == 'kill-after':
            self.kill(pid_file)
        if kind in ('lost', 'kill-after'):
            return self.drop()
        self.answer(*reply)

    do_GET = do_PUT = do_DELETE = work

    def wait_for_end(self):
        self.connection.settimeout(10)
        try:
            while self.rfile.read1(65536):
                pass
        except OSError:
            pass

    @staticmethod
    def kill(pid_file):
        with open(pid_file) as file:
            os.kill(int(file.read()), signal.SIGKILL)

    def get_object(self, key, body):
        name = quote(key)
        try:
            with open(f'{options.folder}/objects/{name}', 'rb') as file:
                data = file.read()
            with open(f'{options.folder}/meta/{name}') as file:
                content_type, cache_control = file.read().splitlines()
        except FileNotFoundError:
            raise Refused(404, 'NoSuchKey', 'The specified key does not exist.') from None
        return 200, data, (('Content-Type', content_type), ('Cache-Control', cache_control))

    def put_object(self, key, body):
        name = quote(key)
        for folder, data in (('objects', body), ('meta', '\n'.join(
                (self.headers.get('Content-Type', ''), self.headers.get('Cache-Control', ''))).encode())):
            with open(f'{options.folder}/{folder}/.{name}.new', 'wb') as file:
                file.write(data)
            os.replace(f'{options.folder}/{folder}/.{name}.new', f'{options.folder}/{folder}/{name}')
        return 200, b''

    def delete_object(self, key, body):
        for folder in ('objects', 'meta'):
            try:
                os.remove(f'{options.folder}/{folder}/{quote(key)}')
            except FileNotFoundError:
                pass
        return 204, b''


class Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, ValueError)):
            super().handle_error(request, client_address)


def main():
    global options
    parser = argparse.ArgumentParser()
    parser.add_argument('folder')
    parser.add_argument('bucket')
    parser.add_argument('--key', default='AKIDEXAMPLE')
    parser.add_argument('--secret', default='wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY')
    parser.add_argument('--token', default='')
    parser.add_argument('--region', default='ap-shanghai')
    options = parser.parse_args()
    for folder in ('objects', 'meta'):
        os.makedirs(f'{options.folder}/{folder}', exist_ok=True)
    server = Server(('127.0.0.1', 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
