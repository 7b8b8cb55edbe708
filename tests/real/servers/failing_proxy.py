"""failing_proxy.py PORT: an HTTP proxy in front of 127.0.0.1:PORT that fails when it is told to. Prints its own port.

Requests go on as they came (so that signatures hold), each over a connection of its own. What it is told:

    GET /-/fail/HOW/FIRST/LAST[/PID-FILE]   the requests number FIRST to LAST, from now on, fail so; LAST 0: all later
                                            ones too; FIRST 0: none
    GET /-/log                              the requests since: a line for each, "PUT /bucket/key 200"

refused   the connection is reset before the request is read
500       answered so, not passed on
503       with Retry-After: 1
cut       passed on, the answer stops in its middle
lost      passed on, no answer
hang      not passed on, and no answer until the client gives up
killed    the process whose id is in PID-FILE is killed, the request is not passed on
gone      it is passed on, then the process is killed
"""
import http.client
import http.server
import os
import signal
import socket
import struct
import sys
import threading

upstream = int(sys.argv[1])
lock = threading.Lock()
state = {'how': '', 'first': 0, 'last': 0, 'pid': '', 'count': 0, 'log': []}


def order(parts):
    how, first, last = parts[0], int(parts[1]), int(parts[2])
    state.update(how=how, first=first, last=last, pid='/'.join(parts[3:]), count=0, log=[])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def handle_expect_100(self):
        # How the request is to fail is decided before its body is asked for.
        return True

    def say(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.close_connection = True
        os.close(self.connection.detach())
        self.wfile = self.rfile = open(os.devnull, 'r+b')

    def kill(self):
        with open(state['pid']) as file:
            os.kill(int(file.read()), signal.SIGKILL)
        self.close_connection = True

    def told(self):
        parts = self.path.split('/')[2:]
        with lock:
            if parts[0] == 'fail':
                if len(parts) > 4:
                    parts[4] = '/' + parts[4]
                order(parts[1:])
                answer = b''
            else:
                answer = ''.join(line + '\n' for line in state['log']).encode()
        self.say(200, answer)

    def any_method(self):
        if self.path.startswith('/-/'):
            return self.told()
        with lock:
            state['count'] += 1
            number = state['count']
            fails = 0 < state['first'] <= number and (not state['last'] or number <= state['last'])
            how = state['how'] if fails else ''
            line = len(state['log'])
            state['log'].append('%s %s %s' % (self.command, self.path, how or '-'))
        if how == 'refused':
            return self.reset()
        if how == 'killed':
            return self.kill()
        if self.headers.get('Expect', '').lower() == '100-continue':
            self.send_response_only(100)
            self.end_headers()
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        if how == 'hang':
            self.close_connection = True
            return self.connection.recv(1)
        if how == '500':
            return self.say(500, b'<Error><Code>InternalError</Code></Error>')
        if how == '503':
            return self.say(503, b'<Error><Code>SlowDown</Code></Error>', [('Retry-After', '1')])
        status, headers, answer = self.pass_on(body)
        with lock:
            if not how and line < len(state['log']):
                state['log'][line] = '%s %s %d' % (self.command, self.path, status)
        if how == 'lost':
            return self.reset()
        if how == 'gone':
            return self.kill()
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ('content-length', 'transfer-encoding', 'connection'):
                self.send_header(name, value)
        # A PUT's answer has no body that could be cut off: one is promised.
        promised = len(answer) + (10 if how == 'cut' else 0)
        if status != 204 or how == 'cut':
            self.send_header('Content-Length', str(promised))
        self.end_headers()
        self.wfile.write(answer[:len(answer) // 2] if how == 'cut' else answer)
        if how == 'cut':
            self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = any_method

    def pass_on(self, body):
        connection = http.client.HTTPConnection('127.0.0.1', upstream, timeout=120)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ('expect', 'connection'):
                connection.putheader(name, value)
        connection.putheader('Connection', 'close')
        connection.endheaders(body)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        return response.status, response.getheaders(), answer


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # connections of killed clients break off


server = Server(('127.0.0.1', 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
