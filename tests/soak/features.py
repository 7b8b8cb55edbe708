"""Which of the things that a year tests this program has: asked of the program itself."""

import os
import shutil
import subprocess

SITE = """site: {title: 试验, url: 'https://feeds.example.org/', tag: 'feeds.example.org,2026'}
sources: [{files: a.jsonl%s}]
taxonomies: {district: {label: 区, terms: {putuo: {label: 普陀区}}}}
channels: [{path: /, title: 全部, all: true%s}]
output: {formats: [atom]}
"""
TEXT = ("银杏树下的石桥边新开了一家书店，店主说从小就想有这样一个地方。附近的居民每天傍晚沿着步道走来，坐下喝一杯茶。"
        "旧厂房改成的画廊就在对面，周末常有青年人来看展览。河岸的灯塔修好以后，夜里也有人散步。")


def line(name, date, text):
    return '{"id": "%s", "title": "书店开张", "date": "%s", "body": "%s"}\n' % (name, date, text)


def put(folder, name, content):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(content)


def run(program, folder, *arguments):
    return subprocess.run([program, *arguments], cwd=folder, capture_output=True, check=False)


def build(program, folder):
    return run(program, folder, "build", "--now", "2026-02-01")


def knows_key(program, folder, source="", channel=""):
    put(folder, "feeds.yaml", SITE % (source, channel))
    put(folder, "a.jsonl", line("a", "2026-01-02", TEXT))
    return run(program, folder, "check", "--now", "2026-02-01").returncode == 0


def knows_command(command):
    return lambda program, folder: f"pindao {command} " in run(program, folder, "--help").stdout.decode()


def keeps_leaders(program, folder):
    """An earlier original that comes later does not take the entry over."""
    put(folder, "feeds.yaml", SITE % ("", ""))
    put(folder, "a.jsonl", line("a", "2026-01-02", TEXT))
    build(program, folder)
    put(folder, "a.jsonl", line("a", "2026-01-02", TEXT) + line("b", "2026-01-01", TEXT))
    build(program, folder)
    with open(os.path.join(folder, "public/atom.xml"), encoding="utf-8") as file:
        feed = file.read()
    return feed.count("<entry>") == 1 and "id/a</id>" in feed


def keeps_archived_leaders(program, folder):
    """Nor that of an article which stands in archives only."""
    put(folder, "feeds.yaml", SITE.replace("[atom]", "[atom], items: 1, days: 1") % ("", ", archive: month"))
    lines = line("a", "2026-01-02", TEXT) + line("c", "2026-01-20", "说的是另外一件事情，与它没有什么关系。")
    put(folder, "a.jsonl", lines)
    build(program, folder)
    put(folder, "a.jsonl", lines + line("b", "2026-01-02T00:00:00+09:00", TEXT))
    build(program, folder)
    with open(os.path.join(folder, "public/archive/2026-01.xml"), encoding="utf-8") as file:
        return "id/a</id>" in file.read()


def says_once(program, folder):
    put(folder, "feeds.yaml", SITE % ("", ""))
    put(folder, "a.jsonl", line("a", "2026-01-02", TEXT) + "{broken\n")
    return build(program, folder).returncode == 65 and build(program, folder).returncode == 0


FEATURES = {
    "archive": lambda program, folder: knows_key(program, folder, channel=", archive: month"),
    "vanished": lambda program, folder: knows_key(program, folder, source=", vanished: withdraw"),
    "undated": lambda program, folder: knows_key(program, folder, source=", undated: first-seen"),
    "withdraw": knows_command("withdraw"),
    "rollback": knows_command("rollback"),
    "compact": knows_command("compact"),
    "status": knows_command("status"),
    "leaders": keeps_leaders,
    "archived-leaders": lambda program, folder: knows_key(program, folder, channel=", archive: month")
    and keeps_archived_leaders(program, folder),
    "known": says_once,
}


def probe(program, folder):
    """The names of those that are there, and a TAP line for each."""
    found, lines = set(), []
    for name, has in FEATURES.items():
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        if has(program, folder):
            found.add(name)
            lines.append(f"ok the program has: {name}")
        else:
            lines.append(f"ok the program has: {name} # SKIP it has not")
    shutil.rmtree(folder)
    return found, lines
