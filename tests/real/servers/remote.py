"""remote.py URL SITE-URL [--known TREE]… [--equal TREE]: is what a bucket holds fit to be read? URL is the container's, which everybody may list
(http://127.0.0.1:PORT/v1/AUTH_test/BUCKET).

Always: its manifest lists nothing that is missing; every object is listed by it, as a file or as pending; every
reference of a feed, page or list into SITE-URL, and every relative one of a page, leads to something. What stands in one
channel's folder names each other in a circle: of that, only archives must be there before whoever names them. A
reference counts when a tree or the manifest has such a file; feeds also name what other programs serve.
With --equal: the objects are the files of TREE, byte for byte, with the types of its manifest and a Cache-Control.
"""
import argparse
import html
import json
import os
import re
import sys
import urllib.parse
import urllib.request

parser = argparse.ArgumentParser()
parser.add_argument('address')
parser.add_argument('site')
parser.add_argument('--known', action='append', default=[])
parser.add_argument('--equal')
options = parser.parse_args()
address, site = options.address, options.site
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
problems = []


def fetch(path):
    with direct.open(address + '/' + urllib.parse.quote(path), timeout=60) as answer:
        return answer.read(), answer.headers


def listing():
    names, marker = [], ''
    while True:
        query = urllib.parse.urlencode({'format': 'json', 'marker': marker})
        with direct.open(address + '?' + query, timeout=60) as answer:
            page = json.load(answer)
        if not page:
            return names
        names += [entry['name'] for entry in page]
        marker = names[-1]


def path_of(reference, base):
    """The object that an address names; None where it is not the site's."""
    target = urllib.parse.urljoin(site + base, reference)
    if not target.startswith(site):
        return None
    path = urllib.parse.unquote(target[len(site):].split('#')[0].split('?')[0])
    return path + 'index.html' if path == '' or path.endswith('/') else path


def references(path, body):
    text = body.decode('utf-8')
    for found in re.findall(re.escape(site) + r'[^\s"\'<>\\]*', text):
        yield html.unescape(found)
    if path.endswith('.html'):
        for found in re.findall(r'(?:href|src)="([^"]*)"', text):
            yield html.unescape(found)


def files_of(tree):
    for folder, _, files in os.walk(tree):
        for file in files:
            yield os.path.relpath(os.path.join(folder, file), tree)


def is_sibling(name, path):
    return os.path.dirname(name) == os.path.dirname(path) and name.endswith(('atom.xml', 'rss.xml', 'feed.json'))


names = set(listing())
bodies = {name: fetch(name) for name in names}
manifest = json.loads(bodies['manifest.json'][0]) if 'manifest.json' in names else {'files': []}
listed = {file['path'] for file in manifest['files']}
pending = set(manifest.get('pending', []))
known = listed | pending
for tree in options.known + ([options.equal] if options.equal else []):
    known |= set(files_of(tree))
for missing in sorted(listed - names - pending):
    problems.append('the manifest lists %s, which is not there' % missing)
for orphan in sorted(names - listed - pending - {'manifest.json'}):
    problems.append('%s is there, and the manifest does not say so' % orphan)
for name in sorted(names):
    if not name.endswith(('.xml', '.json', '.html', '.opml', '_headers')):
        continue
    for reference in references(name, bodies[name][0]):
        path = path_of(reference, name)
        if path in known - names and not is_sibling(name, path):
            problems.append('%s refers to %s, which is not there' % (name, path))

if options.equal:
    tree = options.equal
    local = set(files_of(tree))
    types = {file['path']: file['type'] for file in json.load(open(os.path.join(tree, 'manifest.json')))['files']}
    for name in sorted(local ^ names):
        problems.append('%s is only %s' % (name, 'remote' if name in names else 'local'))
    for name in sorted(local & names):
        body, headers = bodies[name]
        if body != open(os.path.join(tree, name), 'rb').read():
            problems.append('%s has other bytes' % name)
        wanted = types.get(name, 'application/json; charset=utf-8')
        if headers['Content-Type'].replace(' ', '').split(';')[0] != wanted.replace(' ', '').split(';')[0] or \
                ('charset' in wanted) != ('charset' in headers['Content-Type']):
            problems.append('%s is served as %s, not %s' % (name, headers['Content-Type'], wanted))
        if not headers.get('Cache-Control'):
            problems.append('%s has no Cache-Control' % name)

for problem in problems[:20]:
    print(problem)
print('%d objects, %d problems' % (len(names), len(problems)))
sys.exit(1 if problems else 0)
