#!/usr/bin/env python3
"""pieces.py MANUAL FOLDER: every piece of YAML in feeds.yaml(5) as a configuration of its own in FOLDER.

The manual shows a key with a line of example (.Dl) below the subsection (.Ss) of the mapping that it belongs to, and
longer pieces as literal displays. A piece is put, as it is written, into a configuration that has what else is needed; a
key of the same name gives way to it. The first line of each file says where its piece stands.
"""
import pathlib
import re
import sys

# `#name` is where a piece of that subsection goes.
BASE = """\
site:
  title: 试
  url: https://feeds.example.org/
  tag: feeds.example.org,2026
  #site
sources:
  -
    files: articles/**/*.md
    fields:
      #fields
    defaults:
      #defaults
    #source
taxonomies:
  topic:
    label: 主题
    terms:
      ic: {label: 集成电路}
      biomed: {label: 生物医药}
      regional: {label: 区域合作}
  district:
    label: 区
    followed_by:
      #followed_by
    score:
      #score
    spread:
      at_least: 3
      to: citywide
      #spread
    terms:
      changning: {label: 长宁区}
      minhang: {label: 闵行区}
      qingpu: {label: 青浦区}
      xuhui: {label: 徐汇区}
      citywide: {label: 全市}
      outside: {label: 上海以外}
      putuo:
        label: 普陀区
        words:
          - 普陀
          #word
        #term
      #terms
    #taxonomy
channels:
  -
    path: /
    title: 全部
    all: true
    #condition
  -
    path: '/{district}/{topic}/'
    each: [district, topic]
    #channel
duplicates:
  containment: 0.7
  #duplicates
output:
  directory: public
  #output
publish:
  -
    directory: /srv/www
    #publish
retired:
  #retired
#configuration
"""


def indent_of(line):
    return len(line) - len(line.lstrip(" "))


def drop_key(lines, marker, key):
    """Takes the key that stands in the same mapping as the marker away, with what is below it."""
    indent = indent_of(lines[marker])
    at = marker
    while at > 0 and indent_of(lines[at - 1]) >= indent:
        at -= 1
    kept, dropping = [], False
    for line in lines[at:marker]:
        if indent_of(line) == indent:
            dropping = line.strip().startswith(key + ":")
        if not dropping:
            kept.append(line)
    lines[at:marker] = kept


def put(lines, place, piece):
    marker = next(i for i, line in enumerate(lines) if line.strip() == "#" + place)
    key = re.match(r"([a-z_0-9]+):", piece)
    if key:
        drop_key(lines, marker, key.group(1))
        marker = next(i for i, line in enumerate(lines) if line.strip() == "#" + place)
    indent = " " * indent_of(lines[marker])
    lines[marker:marker] = [indent + line for line in piece.split("\n")]


def drop_top(lines, key):
    put(lines, "configuration", key + ": dropped")
    lines.remove(key + ": dropped")


def put_target(lines, key):
    """A target has one kind: the usual one gives way to that of the key."""
    of_buckets = ("s3", "endpoint", "region", "prefix", "path_style", "endpoint_is_bucket", "access_key", "secret_key",
                  "session_token")
    if key == "command" or key in of_buckets:
        drop_key(lines, next(i for i, line in enumerate(lines) if line.strip() == "#publish"), "directory")
    if key in of_buckets:
        put(lines, "publish", "s3: news")
        put(lines, "publish", "endpoint: https://s3.example.org")


def complete(place, piece):
    """(configuration, included file or None)"""
    lines = BASE.split("\n")
    key = piece.split(":")[0]
    if place == "included":
        lines.insert(0, "include: included")
        return "\n".join(lines), piece
    if place == "correction":
        # A display is a whole file, a line what is said of one article.
        whole = "\n" in piece
        lines.insert(0, "corrections: included")
        return "\n".join(lines), piece if whole else f"1:\n  {piece}"
    if place == "configuration" and key in ("include", "taxonomies"):
        drop_top(lines, "taxonomies")
        put(lines, "configuration", "channels: [{path: /, title: 全部, all: true}]")
    if place == "taxonomy" and key == "terms":
        drop_key(lines, next(i for i, line in enumerate(lines) if line.strip() == "#taxonomy"), "spread")
        put(lines, "configuration", "channels: [{path: /, title: 全部, all: true}]")
    if place == "channel" and key in ("all", "where"):
        place = "condition"
    if place == "condition" and key == "where":
        drop_key(lines, next(i for i, line in enumerate(lines) if line.strip() == "#condition"), "all")
    if place == "publish":
        put_target(lines, key)
    if place == "source" and key in ("url", "name", "every", "keep", "complain_after", "authorization", "allow_private"):
        drop_key(lines, next(i for i, line in enumerate(lines) if line.strip() == "#source"), "files")
        put(lines, "source", "url: https://upstream.example.org/feed.xml")
    put(lines, place, piece)
    return "\n".join(lines), None


def top_level(piece):
    """A display with whole sections: what every configuration must have and it has not is added below it."""
    needed = {
        "site": "site: {title: 试, url: https://feeds.example.org/, tag: 'feeds.example.org,2026'}",
        "sources": "sources: [{files: articles/**/*.md}]",
        "channels": "channels: [{path: /, title: 全部, all: true}]",
    }
    return "\n".join([piece] + [text for key, text in needed.items() if not re.search(f"(?m)^{key}:", piece)])


def plain(text):
    for escape, meant in ((r"\&", ""), (r"\-", "-"), (r"\(aq", "'"), (r"\(dq", '"'), (r"\ ", " "), (r"\e", "\\")):
        text = text.replace(escape, meant)
    return text


def displays(manual):
    """(section, subsection, piece) of every .Dl and literal .Bd; and the keys of each subsection."""
    section = subsection = ""
    block = None
    keys, found = {}, []
    for line in manual.read_text(encoding="utf-8").split("\n"):
        if block is not None:
            if line.startswith(".Ed"):
                found.append((section, subsection, "\n".join(block)))
                block = None
            else:
                block.append(plain(line))
        elif line.startswith(".Sh "):
            section, subsection = line[4:], ""
        elif line.startswith(".Ss "):
            subsection = line[4:]
        elif line.startswith(".Bd -literal"):
            block = []
        elif line.startswith(".It Ic "):
            keys.setdefault(subsection, set()).add(line[7:].split()[0])
        elif line.startswith(".Dl "):
            found.append((section, subsection, plain(line[4:])))
    return found, keys


def configuration_of(subsection, piece, keys):
    first = piece.split(":")[0]
    if subsection:
        return complete(subsection, piece)
    if first in keys["configuration"]:
        return top_level(piece), None
    # From the rules: keys of a taxonomy, and terms.
    lines = BASE.split("\n")
    for part in re.split(r"\n(?=\S)", piece):
        name = part.split(":")[0]
        for i in [i for i, line in enumerate(lines) if re.match(rf" {{6}}{name}:", line)]:
            end = i + 1
            while indent_of(lines[end]) > 6:
                end += 1
            del lines[i:end]
        put(lines, "taxonomy" if name in keys["taxonomy"] else "terms", part)
    return "\n".join(lines), None


def main():
    manual, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    found, keys = displays(manual)
    (folder / "editor").mkdir()
    (folder / "editor" / "corrections.yaml").write_text("# for the key that names it\n", encoding="utf-8")
    for number, (section, subsection, piece) in enumerate(found, 1):
        text, included = configuration_of(subsection, piece, keys)
        name = f"{subsection or section}: {piece.splitlines()[0]}"
        (folder / f"{number:03}.yaml").write_text(f"# {name}\n{text}\n", encoding="utf-8")
        if included:
            (folder / f"{number:03}.included").write_text(included + "\n", encoding="utf-8")


main()
