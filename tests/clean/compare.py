#!/usr/bin/env python3
"""compare.py PROGRAM WORK SHARED|- : what `pindao clean` makes of the seeds and of dumps/, field by field and character by
character, against what a careful person makes of them.

Title, date, source, author, column and address must be exact; of the body, the F1 of characters must be at least .99.
The dumps named held-… were written before the code and are not to be looked at when it is changed.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

program, work, shared = sys.argv[1:4]
here = pathlib.Path(__file__).parent
only = os.environ.get("ONLY", "")
FIELDS = ("title", "date", "source", "author", "column", "url")
bad = 0


def say(good, name, notes=()):
    global bad
    print(("ok " if good else "not ok ") + name)
    for note in notes:
        print("# " + note)
    bad += not good


def configuration(convert):
    """A configuration that does no more than ask for conversion."""
    path = pathlib.Path(work) / ("convert.yaml" if convert else "plain.yaml")
    path.write_text(
        "site: {title: 试, url: https://feeds.example.org/, tag: 'feeds.example.org,2026'}\n"
        "sources: [{files: '/**/*.txt', convert: %s}, {files: '/**/*.html', convert: %s}]\n"
        "taxonomies: {t: {label: 试, terms: {a: {label: 甲}}}}\n"
        % (("simplified",) * 2 if convert else ("none",) * 2)
    )
    return str(path)


def clean(path, reader, convert=False, report=False):
    command = [program, "clean", "--reader", reader, "--config", configuration(convert)]
    done = subprocess.run(
        command + (["--report"] if report else []) + [str(pathlib.Path(path).resolve())], capture_output=True, text=True
    )
    articles = [json.loads(line) for line in done.stdout.splitlines()]
    for article in articles:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", article.get("date", "")):
            article["date"] += "T00:00:00+08:00"
        author = article.get("author", [])
        article["author"] = [author] if isinstance(author, str) else author
    return articles[::-1] if reader == "listing" else articles, done.stderr


def f1(wanted, got):
    def letters(text):
        return collections.Counter(re.sub(r"\s", "", text))

    a, b = letters(wanted), letters(got)
    common = sum((a & b).values())
    return 2 * common / max(1, sum(a.values()) + sum(b.values()))


def compare(name, wanted, got, scores):
    notes = []
    for field in FIELDS:
        if field not in wanted:
            continue
        a, b = wanted[field] or None, got.get(field) or None
        if not (b in wanted["also_" + field] if "also_" + field in wanted and b else a == b):
            notes.append("%s: %s, wanted %s" % (field, b, a))
            scores[field] += 0
        else:
            scores[field] += 1
        scores["of " + field] += 1
    score = f1("\n".join(wanted["body"]), got.get("body", ""))
    scores["f1"] += score
    scores["least"] = min(scores["least"], score)
    scores["articles"] += 1
    if score < 0.99:
        notes.append("body F1 %.4f: %s" % (score, got.get("body", "")[:300].replace("\n", "|")))
    lines = [re.sub(r"\s", "", line) for line in got.get("body", "").splitlines()]
    paragraphs = [re.sub(r"\s", "", line) for line in wanted["body"]]
    if wanted.get("exact", True) and lines != paragraphs:
        scores["paragraphs"] += 0
        if os.environ.get("SHOW"):
            for line in lines:
                if line not in paragraphs:
                    print("# more: " + line)
            for line in paragraphs:
                if line not in lines:
                    print("# less: " + line)
    else:
        scores["paragraphs"] += 1
    say(not notes, name, notes)


def figures(what, scores):
    count = max(1, scores["articles"])
    exact = " ".join("%s %d/%d" % (field, scores[field], scores["of " + field]) for field in FIELDS)
    print(
        "figure clean, %s: %d articles, exact: %s, paragraphs %d/%d; body F1 mean %.4f least %.4f"
        % (what, scores["articles"], exact, scores["paragraphs"], scores["articles"], scores["f1"] / count, scores["least"])
    )


def names(text):
    """陈志奎(记者);谢道韫(摄影) → the names"""
    return [re.sub(r"\(.*?\)", "", part) for part in text.split(";")] if text else []


def gold_article(gold):
    distorted = "machine-converted" in gold["lang"]
    source = gold["source"]
    wanted = {
        "title": gold["title_simplified"] if distorted else gold["title"],
        "date": gold["date"],
        "source": source,
        "author": names(gold["author"]),
        "column": gold["column_tag"],
        "url": gold["original_url"] or gold["canonical_url"],
        "body": (gold["text_simplified"] if distorted else gold["text"]).split("\n"),
    }
    # «镇江市人民政府 (www.zhenjiang.gov.cn, via the original link)»: the name is what an annotator knows of the host.
    hint = re.fullmatch(r"(.*?) \(([^,]*),.*\)", source or "")
    if hint:
        wanted["also_source"] = list(hint.groups())
    return wanted, distorted


def run_seeds():
    scores = collections.Counter(least=1.0)
    golds = [json.loads(line) for line in open(shared + "/gold/seeds_clean.jsonl")]
    for file in sorted({gold["source_file"] for gold in golds}):
        wanted = [gold for gold in golds if gold["source_file"] == file]
        reader = "listing" if len(wanted) > 1 else "page"
        got, _ = clean(shared + "/seeds/" + file, reader, gold_article(wanted[0])[1])
        if len(got) != len(wanted):
            say(False, "seed %s: %d articles, wanted %d" % (file, len(got), len(wanted)))
            continue
        for gold, article in zip(wanted, got):
            compare("seed " + gold["id"], gold_article(gold)[0], article, scores)
        traditional, report = clean(shared + "/seeds/" + file, reader, False, True)
        if reader == "page":
            score = f1(wanted[0]["text"], traditional[0]["body"])
            say(score >= 0.99, "seed %s without convert: F1 %.4f" % (wanted[0]["id"], score))
            removed = [re.sub(r" \(.*|[…/].*|^<.*", "", line) for line in wanted[0]["removed"]]
            missing = [r for r in removed if r and not r.isascii() and "prefix" not in r and " line" not in r and r not in report]
            say(not missing, "seed %s: what was removed is in the report" % wanted[0]["id"], missing)
    figures("seeds", scores)


def run_dumps():
    kinds = {"dumps": collections.Counter(least=1.0), "held out": collections.Counter(least=1.0)}
    for wanted_file in sorted((here / "dumps").glob("*.wanted.json")):
        name = wanted_file.name.removesuffix(".wanted.json")
        if only and not re.search(only, name):
            continue
        wanted = json.loads(wanted_file.read_text())
        dump = next(p for p in (here / "dumps").glob(name + ".*") if p != wanted_file)
        converted = wanted["articles"][0].get("script") == "converted"
        got, said = clean(dump, wanted["reader"], converted)
        if len(got) != len(wanted["articles"]):
            say(False, "dump %s: %d articles, wanted %d" % (name, len(got), len(wanted["articles"])), said.splitlines())
            continue
        for number, (article, result) in enumerate(zip(wanted["articles"], got), 1):
            kind = kinds["held out" if name.startswith("held-") else "dumps"]
            compare("dump %s %d" % (name, number), article, result, kind)
    for what, scores in kinds.items():
        if scores["articles"]:
            figures(what, scores)


if shared != "-" and not only:
    run_seeds()
run_dumps()
sys.exit(bad != 0)
