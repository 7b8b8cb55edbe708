#!/usr/bin/env python3
"""links.py TREE SITE-URL: does everything that the tree's pages, feeds and lists refer to stand in the tree? Says what does
not, a line each. References are relative by <base>, or absolute below the site's address."""
import json
import os
import re
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin

tree, site = sys.argv[1:3]
files = {os.path.relpath(os.path.join(folder, name), tree) for folder, _, names in os.walk(tree) for name in names}
problems = []
REFERENCES = {('a', 'href'), ('link', 'href'), ('script', 'src'), ('img', 'src'), ('source', 'src'), ('audio', 'src'), ('video', 'src')}


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.path, self.base, self.ids, self.references = path, None, [], []
        with open(os.path.join(tree, path), encoding='utf-8') as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if 'id' in attributes:
            self.ids.append(attributes['id'])
        if tag == 'base':
            self.base = attributes['href']
        for name, value in attributes.items():
            if (tag, name) in REFERENCES:
                self.references.append(value)
        if tag == 'meta' and attributes.get('property') == 'og:url':
            self.references.append(attributes['content'])


def target(address):
    """The file of the tree that an absolute address below the site's is served as; None for elsewhere."""
    if not address.startswith(site):
        return None
    path = unquote(urldefrag(address)[0][len(site):])
    return path + 'index.html' if path == '' or path.endswith('/') else path


pages = {path: Page(path) for path in sorted(files) if path.endswith('.html')}
for path, page in pages.items():
    depth = path.count('/')
    if page.base != ('../' * depth or './'):
        problems.append('%s: its base is %r' % (path, page.base))
    if len(set(page.ids)) != len(page.ids):
        problems.append('%s: an id stands twice' % path)
    for reference in page.references:
        # As a browser does, under an address that has no root of its own.
        address = urljoin(urljoin(site + path, page.base or ''), reference)
        found = target(address)
        if reference.startswith('/'):
            problems.append('%s: %s works at the root of a host only' % (path, reference))
        elif found is None:
            if not re.match(r'(https?|mailto|data):', reference):
                problems.append('%s: %s leads out of the tree' % (path, reference))
        elif found not in files:
            problems.append('%s: %s is not there' % (path, reference))
        elif urldefrag(address)[1] and found in pages and unquote(urldefrag(address)[1]) not in pages[found].ids:
            if not (found == 'my/index.html'):
                problems.append('%s: %s names no part of that page' % (path, reference))


def wants(path, address):
    found = target(urljoin(site, address))
    if found is not None and found not in files:
        problems.append('%s: %s is not there' % (path, address))


for path in sorted(files):
    with open(os.path.join(tree, path), encoding='utf-8') as file:
        text = file.read()
    if path.endswith('.xml'):
        for address in re.findall(r'(?:href|url|xmlUrl|htmlUrl)="([^"]*)"', text) + re.findall(r'<(?:loc|link)>([^<]*)<', text):
            if address.startswith(site):
                wants(path, address.replace('&amp;', '&'))
        for address in re.findall(r'<\?xml-stylesheet [^>]*href="([^"]*)"', text):
            wants(path, urljoin(site + path, address))
    elif path.endswith('feed.json'):
        feed = json.loads(text)
        for address in [feed.get('home_page_url'), feed['feed_url']] + [item.get('url') for item in feed['items']]:
            wants(path, address or '')
    elif path == 'recent.json':
        for entry in json.loads(text)['entries']:
            wants(path, entry.get('url', ''))

print('\n'.join(problems))
sys.exit(bool(problems))
