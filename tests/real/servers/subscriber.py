"""subscriber.py FOLDER TOPIC…: subscribes to feeds as a reader's server does (W3C WebSub 5): finds hub and self in the
topic, asks the hub, repeats its challenge, checks the signature of what is delivered. Prints its port once all
subscriptions stand. FOLDER/N.feed is what was delivered last for the Nth topic, FOLDER/count how many deliveries."""
import hashlib
import hmac
import http.server
import os
import re
import sys
import threading
import urllib.parse
import urllib.request

folder, topics = sys.argv[1], sys.argv[2:]
secret = 'a secret of the subscriber'
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
deliveries = 0
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def say(self, status, body=b''):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        self.say(200, query['hub.challenge'].encode())

    def do_POST(self):
        global deliveries
        body = self.rfile.read(int(self.headers['Content-Length']))
        wanted = 'sha256=' + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if self.headers.get('X-Hub-Signature') != wanted:
            return self.say(403)
        with lock:
            deliveries += 1
            with open(os.path.join(folder, self.path.strip('/') + '.feed'), 'wb') as file:
                file.write(body)
            with open(os.path.join(folder, 'count'), 'w') as file:
                file.write('%d\n' % deliveries)
        self.say(200)


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
here = 'http://127.0.0.1:%d/' % server.server_address[1]
for number, topic in enumerate(topics):
    with direct.open(topic, timeout=30) as answer:
        text = answer.read().decode()
    # Attributes in any order; JSON Feed has its own names.
    hub = re.search(r'<(?:atom:)?link [^>]*rel="hub"[^>]*href="([^"]*)"|<(?:atom:)?link [^>]*href="([^"]*)"[^>]*rel="hub"|'
                    r'"type":\s*"WebSub",\s*"url":\s*"([^"]*)"', text)
    address = next(group for group in hub.groups() if group)
    form = urllib.parse.urlencode({'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.callback': here + str(number),
                                   'hub.secret': secret}).encode()
    direct.open(address, form, timeout=30).close()
with open(os.path.join(folder, 'count'), 'w') as file:
    file.write('0\n')
print(server.server_address[1], flush=True)
threading.Event().wait()
