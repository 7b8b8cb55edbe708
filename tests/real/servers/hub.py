"""hub.py LOG [PORT]: a WebSub hub (W3C Recommendation, 23 January 2018) that takes nothing that is not to the letter.

Prints its port. LOG gets a line of JSON for each thing that happens: {"event": "subscribed" | "published" |
"refused" | "delivered", …}. What publishers send is what hubs in use expect: POST, application/x-www-form-urlencoded,
hub.mode=publish and hub.url, each once. A topic must name this hub and itself (rel=hub, rel=self), or it is refused.
"""
import hashlib
import hmac
import http.server
import json
import re
import secrets
import sys
import threading
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET

log_path = sys.argv[1]
lock = threading.Lock()
subscriptions = {}  # topic → {callback: secret}
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def log(event, **more):
    with lock, open(log_path, 'a') as file:
        file.write(json.dumps(dict(more, event=event)) + '\n')


class Refused(Exception):
    pass


def read_form(headers, body):
    kinds = headers.get_all('Content-Type', [])
    if kinds != ['application/x-www-form-urlencoded']:
        raise Refused('Content-Type is %r' % kinds)
    if headers.get_all('Content-Length', []) != [str(len(body))]:
        raise Refused('Content-Length')
    if headers.get('Transfer-Encoding'):
        raise Refused('Transfer-Encoding')
    try:
        text = body.decode('ascii')
    except UnicodeDecodeError:
        raise Refused('bytes that are no ASCII')
    # What the serializer of forms leaves as it is, and what it makes of the rest.
    if not re.fullmatch(r'(?:[A-Za-z0-9*._=&+-]|%[0-9A-F]{2})*', text):
        raise Refused('not percent-encoded: ' + text)
    form = {}
    for pair in text.split('&'):
        name, equals, value = pair.partition('=')
        name = urllib.parse.unquote_plus(name, errors='strict')
        if not equals or name in form:
            raise Refused('%r, twice or without a value' % name)
        form[name] = urllib.parse.unquote_plus(value, errors='strict')
    return form


def links_of(headers, body):
    """{rel: {address}} of Link headers and of the feed itself."""
    found = {}
    for header in headers.get_all('Link', []):
        for address, rel in re.findall(r'<([^>]*)>\s*;\s*rel="?([a-z ]+)"?', header):
            found.setdefault(rel, set()).add(address)
    if body.lstrip()[:1] == b'{':
        feed = json.loads(body)
        found.setdefault('self', set()).add(feed.get('feed_url'))
        for hub in feed.get('hubs', []):
            found.setdefault('hub', set()).add(hub['url'])
    else:
        channel = ET.fromstring(body)
        if channel.tag == 'rss':
            channel = channel.find('channel')
        for link in channel.findall('{http://www.w3.org/2005/Atom}link'):
            found.setdefault(link.get('rel', 'alternate'), set()).add(link.get('href'))
    return found


def publish(form):
    if set(form) != {'hub.mode', 'hub.url'}:
        raise Refused('parameters %s' % sorted(form))
    topic = form['hub.url']
    with direct.open(topic, timeout=30) as answer:
        body, kind, headers = answer.read(), answer.headers['Content-Type'], answer.headers
    links = links_of(headers, body)
    if topic not in links.get('self', ()) or address not in links.get('hub', ()):
        raise Refused('the topic %s does not name itself and this hub: %r' % (topic, links))
    log('published', topic=topic)
    for callback, secret in subscriptions.get(topic, {}).items():
        more = {'Content-Type': kind, 'Link': '<%s>; rel="hub", <%s>; rel="self"' % (address, topic)}
        if secret:
            more['X-Hub-Signature'] = 'sha256=' + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        direct.open(urllib.request.Request(callback, body, more), timeout=30).close()
        log('delivered', topic=topic, callback=callback)


def subscribe(form):
    topic, callback, challenge = form['hub.topic'], form['hub.callback'], secrets.token_hex(16)
    query = urllib.parse.urlencode({'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.challenge': challenge,
                                    'hub.lease_seconds': '864000'})
    with direct.open(callback + '?' + query, timeout=30) as answer:
        if answer.read().decode() != challenge:
            raise Refused('the subscriber did not repeat the challenge')
    subscriptions.setdefault(topic, {})[callback] = form.get('hub.secret', '')
    log('subscribed', topic=topic, callback=callback)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        try:
            if self.path != '/':
                raise Refused('path ' + self.path)
            form = read_form(self.headers, body)
            mode = form.get('hub.mode')
            if mode not in ('publish', 'subscribe'):
                raise Refused('hub.mode %r' % mode)
            (publish if mode == 'publish' else subscribe)(form)
            status, answer = (204, b'') if mode == 'publish' else (202, b'')
        except Exception as problem:
            log('refused', why=str(problem), body=body.decode('utf-8', 'replace'))
            status, answer = 400, str(problem).encode()
        self.send_response(status)
        if status != 204:
            self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer if status != 204 else b'')


server = http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[2]) if len(sys.argv) > 2 else 0), Handler)
server.daemon_threads = True
address = 'http://127.0.0.1:%d/' % server.server_address[1]
print(server.server_address[1], flush=True)
server.serve_forever()
