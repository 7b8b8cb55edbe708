"""What must hold after every run, whatever happened before it."""

import datetime
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as trees
from dataclasses import dataclass, field

import texts
import world as worlds

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
ARCHIVE_PAGE = re.compile(r"(^|/)archive/[0-9-]+\.xml$")
TAG = "tag:feeds.example.org,2026:"
STUB_LIFE = 30 * worlds.DAY
TOKEN = re.compile(texts.TOKEN.decode())
MARKER = re.compile((texts.MARKER_BEGIN + ".{%d}" % texts.MARKER_SIZE).encode().replace(b".", rb"(?:[\xe0-\xef][\x80-\xbf]{2})"))
KEPT = {"feeds.yaml", "corrections.yaml", "history.jsonl", "public", ".public.stage", ".public.lock", ".pindao", *worlds.SOURCES}


class Violation(Exception):
    """The name of a check, and what it found."""


@dataclass
class File:
    inode: int
    modified: int
    changed: int
    content: bytes


@dataclass
class Snapshot:
    files: dict = field(default_factory=dict)
    folders: dict = field(default_factory=dict)

    def contents(self):
        return {path: file.content for path, file in self.files.items()}


def snapshot(folder, before=None):
    """All of a tree. A file whose inode and times are those of `before` is not read again: the kernel sees to that."""
    found = Snapshot()
    for place, _, names in os.walk(folder):
        status = os.stat(place)
        found.folders[os.path.relpath(place, folder)] = (status.st_ino, status.st_mtime_ns)
        for name in names:
            path = os.path.join(place, name)
            short = os.path.relpath(path, folder)
            status = os.stat(path, follow_symlinks=False)
            old = before.files.get(short) if before else None
            identity = (status.st_ino, status.st_mtime_ns, status.st_ctime_ns)
            if old and (old.inode, old.modified, old.changed) == identity:
                found.files[short] = old
            else:
                with open(path, "rb") as file:
                    found.files[short] = File(*identity, file.read())
    return found


@dataclass
class Entry:
    id: str
    token: str  # "" for a stub
    published: int


@dataclass
class Page:
    entries: list
    gone: dict  # id: when


def parse_page(content):
    root = trees.fromstring(content)
    entries = []
    for entry in root.findall(ATOM + "entry"):
        found = TOKEN.search(entry.findtext(ATOM + "title")) or TOKEN.search("".join(entry.itertext()))
        entries.append(Entry(entry.findtext(ATOM + "id"), found.group() if found else "",
                             parse_date(entry.findtext(ATOM + "published"))))
    gone = {element.get("ref"): element.get("when") for element in root.findall(TOMBSTONES + "deleted-entry")}
    return Page(entries, gone)


class Oracle:
    def __init__(self, world, program, scratch):
        self.world, self.program, self.scratch = world, program, scratch
        self.id_of_token, self.token_of_id = {}, {}
        self.pages = {}  # content: Page, of the last snapshot
        self.markers = {}  # (inode, modified, changed): markers in a file
        self.shown = {}  # path of a head: ids of its entries, after the last run

    def fail(self, check, text):
        raise Violation(check, text)

    # --- a. a build from scratch ---

    def check_scratch(self, after):
        world = self.world
        shutil.rmtree(self.scratch, ignore_errors=True)
        os.makedirs(self.scratch)
        for path in world.written:
            target = os.path.join(self.scratch, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.link(world.path(path), target)
        history = os.path.join(self.scratch, "history.jsonl")
        if os.path.exists(world.path("history.jsonl")):
            shutil.copyfile(world.path("history.jsonl"), history)
        before = read(history)
        run = subprocess.run(
            [self.program, "build", "--now", worlds.date_text(world.now), "--accept-removed", "--accept-shrink",
             "--accept-growth", "--jobs", "1"], cwd=self.scratch, capture_output=True, check=False)
        if run.returncode not in (0, 65):
            self.fail("scratch", f"the build from scratch ends with {run.returncode}: {run.stderr.decode()}")
        compare(self, "scratch", snapshot(os.path.join(self.scratch, "public")).contents(), after.contents())
        if read(history) != before:
            self.fail("scratch", f"a build from scratch adds to the history: {read(history)[len(before):].decode()}")

    # --- b. ids ---

    def check_ids(self, after):
        pages, shown = {}, {}
        for path, file in after.files.items():
            if not path.endswith("atom.xml") and not ARCHIVE_PAGE.search(path):
                continue
            page = self.pages.get(file.content) or parse_page(file.content)
            pages[file.content] = page
            self.check_page(path, page)
            if path.endswith("atom.xml"):
                shown[path] = page
        self.pages = pages
        return shown

    def check_page(self, path, page):
        ids = [entry.id for entry in page.entries]
        tokens = [entry.token for entry in page.entries if entry.token]
        if len(set(ids)) < len(ids):
            self.fail("twice", f"{path}: one id twice")
        if len(set(tokens)) < len(tokens):
            self.fail("twice", f"{path}: one item under two ids: {sorted(t for t in tokens if tokens.count(t) > 1)}")
        for entry in page.entries:
            if not entry.token:
                continue
            if self.id_of_token.setdefault(entry.token, entry.id) != entry.id:
                self.fail("ids", f"{path}: {entry.token} was {self.id_of_token[entry.token]} and is {entry.id}")
            if self.token_of_id.setdefault(entry.id, entry.token) != entry.token:
                self.fail("ids", f"{path}: {entry.id} was {self.token_of_id[entry.id]} and is {entry.token}")

    # --- c, d. files ---

    @staticmethod
    def may_go(path, after):
        """Parts of an archive go with their last entry, the page of an article with the article; then nothing leads there."""
        if path.startswith("article/"):
            return not any(path.encode() in file.content for file in after.files.values())
        return ARCHIVE_PAGE.search(path.replace(".html", ".xml")) is not None

    def check_paths(self, before, after):
        gone = [path for path in before.files.keys() - after.files.keys() if not self.may_go(path, after)]
        if gone:
            self.fail("paths", f"gone: {sorted(gone)}")

    def check_untouched(self, before, after):
        for path, old in before.files.items():
            new = after.files.get(path)
            if not new:
                continue
            if new.content == old.content and (new.inode, new.modified) != (old.inode, old.modified):
                self.fail("untouched", f"{path}: the same bytes, inode {old.inode} → {new.inode}, "
                          f"mtime {old.modified} → {new.modified}")
            if new.content != old.content and new.modified < old.modified + 10**9:
                self.fail("untouched", f"{path}: other bytes, mtime {old.modified} → {new.modified}")
        if before.contents() == after.contents() and before.folders != after.folders:
            self.fail("untouched", "nothing changed, but folders were touched")

    def check_whole(self, before, between, after):
        """What a crashed run left being served."""
        contents = between.contents()
        if contents not in (before.contents(), after.contents()):
            compare(self, "whole", after.contents(), contents)

    # --- e. withdrawals ---

    def markers_below(self, folder):
        found = {}
        for place, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(place, name)
                status = os.stat(path, follow_symlinks=False)
                identity = (status.st_ino, status.st_mtime_ns, status.st_ctime_ns)
                if identity not in self.markers:
                    with open(path, "rb") as file:
                        self.markers[identity] = set(MARKER.findall(file.read()))
                for marker in self.markers[identity]:
                    found.setdefault(marker.decode(), path)
        return found

    def check_withdrawn(self):
        world = self.world
        gone = world.markers_gone()
        places = ["public"]
        if world.has("withdraw"):
            places += [".public.stage", ".pindao"]
        for place in places:
            found = self.markers_below(world.path(place))
            for marker in gone & found.keys():
                self.fail("withdrawn", f"{marker} is in {found[marker]}")
        for marker in MARKER.findall(read(world.path("history.jsonl"))):
            self.fail("withdrawn", f"{marker.decode()} is in history.jsonl")
        if len(self.markers) > 50000:
            self.markers.clear()

    def check_stubs(self, shown):
        """Tombstones and stubs follow from the history's standing withdrawals."""
        world = self.world
        standing = {}
        for line in read(world.path("history.jsonl")).splitlines():
            event = json.loads(line)
            if "withdraw" in event:
                standing[event["withdraw"]] = event
            elif "release" in event:
                standing.pop(event["release"], None)
        wanted = {}
        for event in standing.values():
            if parse_date(event["at"]) + STUB_LIFE > world.now:
                for channel in event.get("channels", []):
                    wanted.setdefault(channel.strip("/"), {})[TAG + event["entry"]] = parse_date(event["date"])
        live = {entry.id for page in self.pages.values() for entry in page.entries if entry.token}
        for path, page in shown.items():
            dates = wanted.get(os.path.dirname(path), {})
            expected = dates.keys() - live
            if page.gone.keys() != expected:
                self.fail("stubs", f"{path}: tombstones {sorted(page.gone)}, wanted {sorted(expected)}")
            stubs = {entry.id for entry in page.entries if not entry.token}
            oldest = min((entry.published for entry in page.entries if entry.token), default=worlds.FOREVER)
            in_range = {id for id in expected if dates[id] > oldest}
            if not in_range <= stubs <= expected:
                self.fail("stubs", f"{path}: stubs {sorted(stubs)}, wanted {sorted(in_range)}")
        self.check_noted(standing, shown)

    def check_noted(self, standing, shown):
        """What was withdrawn just now is remembered for every head that showed it."""
        entries = {}
        for event in standing.values():
            entries.setdefault(TAG + event["entry"], set()).update(event.get("channels", []))
        tokens = self.world.withdrawn_tokens | {a.token for a in self.world.articles if a.withdrawn}
        tokens |= {article.token for article in self.world.vanished.values()}
        for path, page in self.shown.items():
            live = {entry.id for entry in shown[path].entries}
            for entry in page.entries:
                channel = "/" + os.path.dirname(path) + "/" if os.path.dirname(path) else "/"
                if entry.token in tokens and entry.id not in live and channel not in entries.get(entry.id, ()):
                    self.fail("stubs", f"{path} showed {entry.id} ({entry.token}), the history does not say so")

    # --- f. what is left, and said ---

    def check_folder(self):
        strange = {name for name in os.listdir(self.world.folder) if name not in KEPT}
        if strange:
            self.fail("folder", f"left behind: {sorted(strange)}")

    def check_said(self, run, changes, refusal):
        world = self.world
        said = run.stderr.decode()
        wanted = (0, 65) if refusal else (0,)
        if not world.has("known") and any(article.broken for article in world.articles):
            wanted = (0, 65)
        if run.returncode not in wanted:
            self.fail("exit", f"exit {run.returncode}, wanted {wanted}: {said}")
        if (run.returncode != 0) and not said:
            self.fail("exit", f"exit {run.returncode} without a word")
        if not changes and world.has("known") and said:
            self.fail("silence", f"nothing happened, and yet: {said}")

    def check(self, before, between, after, run, changes, refusal):
        self.check_said(run, changes, refusal)
        self.check_paths(before, after)
        self.check_untouched(before, after)
        for one in between:
            self.check_whole(before, one, after)
        shown = self.check_ids(after)
        self.check_withdrawn()
        if self.world.has("withdraw"):
            self.check_stubs(shown)
        self.check_folder()
        self.check_scratch(after)
        self.shown = shown
        self.world.heads = {entry.token for page in shown.values() for entry in page.entries}


def compare(oracle, check, wanted, found):
    if wanted == found:
        return
    missing, more = sorted(wanted.keys() - found.keys()), sorted(found.keys() - wanted.keys())
    other = sorted(path for path in wanted.keys() & found.keys() if wanted[path] != found[path])
    text = f"missing {missing}, too many {more}, other bytes {other}"
    for path in [path for path in other if path.endswith(".xml")][:1]:
        text += first_difference(path, wanted[path], found[path])
    oracle.fail(check, text)


def first_difference(path, wanted, found):
    at = next((i for i, (a, b) in enumerate(zip(wanted, found)) if a != b), min(len(wanted), len(found)))
    begin = max(0, at - 200)
    return (f"\n{path}, byte {at}, wanted:\n{wanted[begin:at + 200].decode(errors='replace')}"
            f"\nfound:\n{found[begin:at + 200].decode(errors='replace')}")


def read(path):
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


def parse_date(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
