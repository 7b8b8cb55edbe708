"""What an operator and his sources have on disk: articles, corrections and feeds.yaml, written as a whole after changes."""

import gzip
import json
import os
import time
from dataclasses import dataclass, field, replace

import texts

ZONE = 8 * 3600
DAY = 86400
FOREVER = 1 << 62

# Sources in the order of feeds.yaml. What their articles can be named by is up to the source.
MARKDOWN, APPEND, REWRITTEN, PACKED, LISTING, VANISHING, UNDATED = (
    "articles", "append.jsonl", "rewritten.jsonl", "packed.jsonl.gz", "list.txt", "vanishing", "undated.jsonl")
SOURCES = (MARKDOWN, APPEND, REWRITTEN, PACKED, LISTING, VANISHING, UNDATED)
FOLDERS = (MARKDOWN, VANISHING)


def date_text(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(seconds + ZONE))


@dataclass
class Article:
    token: str
    marker: str
    key: str  # "id/…", "url/…" or "" where it has neither
    source: str
    name: str  # of its file, in sources that are folders
    title: str
    date: int
    sentences: list
    foot: str = ""
    updated: int = 0
    withdrawn: bool = False
    broken: bool = False
    held: bool = False
    settled: bool = False  # a run has seen it whole; its date was in the past of the last run

    def text(self):
        sentences = self.sentences + (["此事待核。"] if self.held else [])
        half = len(sentences) // 2
        return "\n\n".join(
            ["".join(sentences[:half]), "".join(sentences[half:]), self.foot + self.marker + "。"])

    def fields(self):
        fields = {}
        kind, _, name = self.key.partition("/")
        if kind == "id":
            fields["id"] = name
        elif kind == "url":
            fields["url"] = "https://" + name
        if not self.broken:
            fields["title"] = self.title
        if self.source != UNDATED:
            fields["date"] = date_text(self.date)
        if self.updated:
            fields["updated"] = date_text(self.updated)
        if self.withdrawn:
            fields["withdrawn"] = True
        return fields

    def markdown(self):
        head = "".join(f"{name}: {json.dumps(value)}\n" for name, value in self.fields().items())
        return f"---\n{head}---\n{self.text()}\n"

    def line(self):
        return json.dumps(self.fields() | {"body": self.text()}, ensure_ascii=False)

    def listed(self):
        title = "" if self.broken else self.title
        return f"-\n{title}\n{self.sentences[0]}{self.marker}。\n{time.strftime('%Y-%m-%d', time.gmtime(self.date + ZONE))}\n"


@dataclass
class World:
    folder: str
    random: object
    features: set
    now: int
    latest: int = 0  # the latest now of all runs
    articles: list = field(default_factory=list)  # in the order of their files
    corrections: dict = field(default_factory=dict)
    words: dict = field(default_factory=lambda: {term: [] for term in (*texts.DISTRICTS, *texts.TOPICS)})
    hold: list = field(default_factory=lambda: ["待核"])
    containment: float = 0.6
    items: int = 8
    rights: str = "甲"
    channels: list = field(default_factory=list)
    withdrawn_tokens: set = field(default_factory=set)  # by an editor: all that bring this news
    vanished: dict = field(default_factory=dict)  # marker: article, of the source that says vanished: withdraw
    written: dict = field(default_factory=dict)  # path: bytes
    serial: int = 0
    heads: set = field(default_factory=set)  # tokens of what heads showed after the last run
    torn: bool = False  # the last line of APPEND is half written
    command: list = field(default_factory=lambda: ["build"])  # of the next run
    commanded: dict = field(default_factory=dict)  # key: token, withdrawn by command
    expect_refusal: bool = False  # the next run refuses something that none before did
    damaged: bool = False  # the cache has damage that no run has come across yet
    forgotten: bool = False  # what earlier runs said is not known any more

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def has(self, feature):
        return feature in self.features

    def count(self):
        self.serial += 1
        return self.serial

    # --- articles ---

    def add(self, article):
        self.articles.append(article)
        return article

    def of(self, source):
        return [article for article in self.articles if article.source == source]

    def group(self, token):
        return [article for article in self.articles if article.token == token]

    def make(self, source, date, token=None, original=None):
        """A new item, or another article about that of `original`."""
        random = self.random
        number = self.count()
        key = random.choice((f"id/n{number}", f"url/news.example.com/{number}.html", ""))
        if source == APPEND and not key:
            key = f"id/n{number}"
        if source == LISTING:
            key = ""
        if original:
            token, title, sentences = original.token, original.title, list(original.sentences)
        else:
            token = texts.token(random)
            district, topic = random.choice(list(texts.DISTRICTS)), random.choice(list(texts.TOPICS))
            title = texts.title(random, token, district, topic)
            sentences = texts.body(random, district, topic)
        if source == LISTING:
            date = (date + ZONE) // DAY * DAY - ZONE
        name = f"{number}-{random.choice('abc')}.md" if source in FOLDERS else source
        return Article(token, texts.marker(random), key, source, name, title, date, sentences)

    def is_plain(self, article):
        """Shown, as far as sources and editors go, and known to an earlier run."""
        return (article.settled and not article.broken and not article.held and not article.withdrawn
                and article.date <= self.now and article.token not in self.withdrawn_tokens
                and article.key not in self.corrections)

    def markers_gone(self):
        """Markers of texts that may stand nowhere in what pindao keeps."""
        gone = {article.marker for article in self.articles
                if article.withdrawn or article.token in self.withdrawn_tokens}
        return gone | set(self.vanished)

    # --- on disk ---

    def bytes_of(self):
        files = {"feeds.yaml": self.configuration().encode(), "corrections.yaml": self.corrected().encode()}
        for source in FOLDERS:
            for article in self.of(source):
                files[f"{source}/{article.name}"] = article.markdown().encode()
        for source in (APPEND, REWRITTEN, UNDATED):
            files[source] = "".join(self.broken_line(a) + "\n" for a in self.of(source)).encode()
        if self.torn:
            files[APPEND] = files[APPEND][:-40]
        lines = "".join(self.broken_line(a) + "\n" for a in self.of(PACKED))
        files[PACKED] = gzip.compress(lines.encode(), 1, mtime=0)
        listed = sorted(self.of(LISTING), key=lambda article: -article.date)
        files[LISTING] = "".join(article.listed() for article in listed).encode()
        return files

    @staticmethod
    def broken_line(article):
        return article.line()[:-20] if article.broken else article.line()

    def corrected(self):
        return json.dumps(self.corrections, ensure_ascii=False, indent=1) if self.corrections else "{}"

    def configuration(self):
        def terms(names):
            return "".join(
                f"      {term}: {{label: {label}, words: {' '.join([label, *self.words[term]])}}}\n"
                for term, label in names.items())
        month = ", archive: month" if self.has("archive") else ""
        day = ", archive: day" if self.has("archive") else ""
        vanishing = ", vanished: withdraw" if self.has("vanished") else ""
        undated = ", undated: first-seen" if self.has("undated") else ", defaults: {date: 2026-01-02}"
        channels = "".join(f"  - {channel}\n" for channel in self.channels)
        return f"""site:
  title: 一年
  url: https://feeds.example.org/
  tag: feeds.example.org,2026
  rights: {self.rights}
sources:
  - {{files: '{MARKDOWN}/*.md'}}
  - {{files: {APPEND}, append: true}}
  - {{files: {REWRITTEN}}}
  - {{files: {PACKED}}}
  - {{files: {LISTING}, reader: listing}}
  - {{files: '{VANISHING}/*.md'{vanishing}}}
  - {{files: {UNDATED}{undated}}}
taxonomies:
  district:
    label: 区
    score: {{min: 1}}
    terms:
{terms(texts.DISTRICTS)}  topic:
    label: 主题
    score: {{min: 1}}
    terms:
{terms(texts.TOPICS)}channels:
  - {{path: /, title: 全部, all: true{month}}}
  - {{path: '/{{district}}/', each: [district]{month}}}
  - {{path: '/topic/{{topic}}/', each: [topic]}}
  - {{path: '/{{district}}/{{topic}}/', each: [district, topic], items: 4, list_from: 3}}
  - {{path: /daily/, title: 芯片日志, where: {{topic: chip}}{day}}}
{channels}output: {{directory: public, items: {self.items}, days: 3, max_bytes: 6k}}
hold: {' '.join(self.hold)}
duplicates: {{days: 7, containment: {self.containment}}}
"""

    def write(self):
        """Only files whose bytes changed, as their writers would: lines appended, the rest replaced or rewritten."""
        files = self.bytes_of()
        for path in self.written.keys() - files.keys():
            os.unlink(self.path(path))
        for path, content in files.items():
            if self.written.get(path) != content:
                self.write_file(path, self.written.get(path), content)
        self.written = files

    def write_file(self, path, before, content):
        whole = self.path(path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        if path == APPEND and before is not None and content.startswith(before):
            with open(whole, "ab") as file:
                file.write(content[len(before):])
        elif self.random.random() < 0.5:
            with open(whole, "wb") as file:
                file.write(content)
        else:
            with open(whole + ".new", "wb") as file:
                file.write(content)
            os.replace(whole + ".new", whole)

    def settle(self):
        """A run was completed."""
        self.latest = max(self.latest, self.now)
        half_written = self.of(APPEND)[-1] if self.torn else None
        for article in self.articles:
            # Where the clock jumped back behind its date, or it was refused for a while, it is not known any more that
            # it was published.
            article.settled = article.date <= self.now and not article.broken and (
                article.settled or article is not half_written)


def copy_of(article, **changes):
    return replace(article, sentences=list(article.sentences), settled=False, **changes)
