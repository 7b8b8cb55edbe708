"""Small trees to publish, in two versions, and what must hold at a place that one of them is published to."""
import os
import re

SITE = 'https://feeds.test/'


def link(relation, path):
    return f'<link rel="{relation}" href="{SITE}{path}"/>'


def feed(path, text, articles=(), archive=''):
    lines = [link('self', path), *(link('related', article) for article in articles)]
    if archive:
        lines.append(link('prev-archive', archive))
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(lines)}<title>{text}</title></feed>\n'


def page(text, *paths):
    return ''.join([f'<html><title>{text}</title>', *(f'<a href="{SITE}{path}">x</a>' for path in paths), '</html>\n'])


def opml(*paths):
    return '<opml>' + ''.join(f'<outline xmlUrl="{SITE}{path}"/>' for path in paths) + '</opml>\n'


OLD = {
    'feed.css': 'p {}',
    'article/1.html': page('one', 'feed.css'),
    'article/2.html': page('two', 'feed.css'),
    'atom.xml': feed('atom.xml', 'all', ['article/1.html', 'article/2.html']),
    'putuo/atom.xml': feed('putuo/atom.xml', 'putuo', ['article/1.html'], 'putuo/archive/2026-01.xml'),
    'putuo/index.html': page('putuo', 'putuo/atom.xml', 'feed.css'),
    'putuo/archive/2025-12.xml': feed('putuo/archive/2025-12.xml', 'december'),
    'putuo/archive/2026-01.xml': feed('putuo/archive/2026-01.xml', 'january', [], 'putuo/archive/2025-12.xml'),
    'gone/atom.xml': feed('gone/atom.xml', 'gone', ['article/1.html'], 'gone/archive/2025-12.xml'),
    'gone/archive/2025-11.xml': feed('gone/archive/2025-11.xml', 'november'),
    'gone/archive/2025-12.xml': feed('gone/archive/2025-12.xml', 'december', [], 'gone/archive/2025-11.xml'),
    'jingan/atom.xml': feed('jingan/atom.xml', 'jingan stays'),
    'index.html': page('index', 'putuo/index.html', 'putuo/atom.xml', 'gone/atom.xml', 'jingan/atom.xml'),
    'feeds.opml': opml('putuo/atom.xml', 'gone/atom.xml', 'jingan/atom.xml'),
}
NEW = {
    **{path: text for path, text in OLD.items() if not path.startswith('gone/') and path != 'article/1.html'},
    'article/3.html': page('three', 'feed.css'),
    'atom.xml': feed('atom.xml', 'all, later', ['article/3.html', 'article/2.html']),
    'putuo/atom.xml': feed('putuo/atom.xml', 'putuo, later', ['article/3.html'], 'putuo/archive/2026-02.xml'),
    # A late article: a page comes between two others.
    'putuo/archive/2025-11.xml': feed('putuo/archive/2025-11.xml', 'november'),
    'putuo/archive/2025-12.xml': feed('putuo/archive/2025-12.xml', 'december', [], 'putuo/archive/2025-11.xml'),
    'putuo/archive/2026-02.xml': feed('putuo/archive/2026-02.xml', 'february', [], 'putuo/archive/2026-01.xml'),
    'new/atom.xml': feed('new/atom.xml', 'new', ['article/3.html']),
    'new/index.html': page('new', 'new/atom.xml', 'feed.css'),
    'index.html': page('index', 'putuo/index.html', 'putuo/atom.xml', 'new/index.html', 'jingan/atom.xml'),
    'feeds.opml': opml('putuo/atom.xml', 'new/atom.xml', 'jingan/atom.xml'),
}


def write(folder, files):
    for path, text in files.items():
        name = os.path.join(folder, path)
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, 'wb') as file:
            file.write(text if isinstance(text, bytes) else text.encode())


def read(folder):
    files = {}
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            with open(path, 'rb') as file:
                files[os.path.relpath(path, folder)] = file.read()
    return files


def find_problems(remote, manifest_files, pending):
    """What is wrong with a place that holds `remote` (path → bytes), by references and by what its manifest says."""
    problems = []
    for path, data in remote.items():
        if path == 'manifest.json':
            continue
        for element in re.findall(rb'<[^>]*>', data):
            if re.search(rb'rel="(self|current|alternate)"', element):
                continue
            for wanted in re.findall(rb'(?:href|xmlUrl)="' + SITE.encode() + rb'([^"]*)"', element):
                if wanted.decode() not in remote:
                    problems.append(f'{path} refers to {wanted.decode()}, which is not there')
    for path in manifest_files:
        if path not in remote and path not in pending:
            problems.append(f'the manifest lists {path}, which is not there')
    for path in remote:
        if path != 'manifest.json' and path not in manifest_files and path not in pending:
            problems.append(f'{path} is there, and the manifest does not know it')
    return problems
