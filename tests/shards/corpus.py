#!/usr/bin/env python3
"""corpus.py FOLDER: 3,000 articles, rules and corrections in FOLDER, the same on every machine.

Everything that could make labels from several processes differ from those of one run: copies of one text far apart, with
labels from people, corrections of titles and labels, defaults of sources, held words, three formats of bodies, escapes,
traditional characters, carriage returns.
"""
import json
import pathlib
import random
import sys

folder = pathlib.Path(sys.argv[1])
draw = random.Random(20261122)
(folder / "in").mkdir(parents=True, exist_ok=True)
(folder / "feeds.yaml").write_text("""\
site: {title: 试, url: 'https://feeds.example.org/', tag: 'feeds.example.org,2026'}
sources:
  - {files: in/a*.jsonl*, reader: jsonl}
  - {files: in/b*.jsonl*, reader: jsonl, defaults: {where: 乙区, column: 渔业}}
  - {files: in/c*.jsonl*, reader: jsonl, defaults: {source: 丙报}, fields: {body: content, title: headline}}
hold: [机密]
taxonomies:
  where:
    label: 地
    score: {min: 1.5, share: 0.2}
    otherwise: none
    terms:
      a: {label: 甲区, words: 甲镇 甲山, weak: 甲, not: 甲虫}
      b: {label: 乙区, words: 乙镇 乙湖, hosts: yi.example.com}
      c: {label: 丙区, words: 丙镇 東灣, sources: 丙报}
      none: {label: 外地}
  what:
    label: 事
    score: {min: 1}
    terms: {fish: {label: 渔业, words: 开渔 渔业}, road: {label: 道路, words: 修路 大桥}, art: {label: 文艺, words: 画展}}
channels:
  - {path: /, title: 全部, all: true}
  - {path: '/{where}/', each: [where], items: 200}
  - {path: '/{what}/', each: [what], items: 200}
  - {path: '/{where}/{what}/', each: [where, what], items: 200}
output: {formats: [atom, rss, json]}
""", encoding="utf-8")

WORDS = "甲镇 甲山 甲虫 甲 乙镇 乙湖 丙镇 東灣 东湾 开渔 開漁 修路 大桥 画展".split()
FILLER = [a + b for a in "推进服务建设提升形成" for b in "能力水平机制措施方案项目"]


def sentence():
    words = draw.choices(FILLER, k=draw.randint(8, 16))
    for _ in range(draw.choice([0, 0, 0, 0, 1, 1, 2])):
        words.insert(draw.randrange(len(words)), draw.choice(WORDS))
    return "".join(words) + "。"


def article(number):
    made = {"id": f"n{number}", "title": f"{draw.choice(WORDS)}{draw.choice(FILLER)}第{number}号",
            "date": f"2026-{draw.randint(1, 9):02}-{draw.randint(1, 28):02}",
            "body": "\n".join(sentence() for _ in range(draw.randint(6, 10)))}
    kind = draw.randrange(12)
    if kind == 0:
        made |= {"format": "html", "body": "<p>" + made["body"].replace("\n", "</p><p>") + "</p>"}
    elif kind == 1:
        made |= {"format": "markdown", "body": "# " + made["body"].replace("\n", "\n\n")}
    elif kind == 2:
        made["url"] = f"https://yi.example.com/{number}"
    elif kind == 3:
        made["source"] = {"name": "丙报"}
    elif kind == 4:
        made["column"] = "【渔业】"
    elif kind == 5 and number % 5 == 0:
        made["body"] += "机密"
    return made


def give_labels(made):
    made |= draw.choice([{"where": "甲区"}, {"where": ["+乙区"]}, {"what": ["-fish", "+road"]}, {"where": []},
                         {"what": "渔业，道路", "where": "+c"}, {"where": None}, {"what": ["没有"]}])


articles = [article(number) for number in range(2600)]
for number in range(2600, 3000):
    copy = dict(draw.choice(articles[:2600]))
    month, day = int(copy["date"][5:7]), int(copy["date"][8:])
    copy |= {"id": f"n{number}", "title": "转载：" + copy["title"], "date": f"2026-{month:02}-{min(28, day + 1):02}"}
    copy["body"] += sentence() if copy.get("format") != "html" else ""
    articles.insert(draw.randrange(len(articles)), copy)
for made in draw.sample(articles, 200):
    give_labels(made)

files = {"a": articles[:2000], "b": articles[2000:2500], "c": articles[2500:]}
for name, part in files.items():
    with open(folder / "in" / f"{name}.jsonl", "w", encoding="utf-8", newline="") as out:
        for i, made in enumerate(part):
            if name == "c":
                made = {{"body": "content", "title": "headline"}.get(k, k): v for k, v in made.items()}
            out.write(json.dumps(made, ensure_ascii=i % 3 == 0) + ("\r\n" if i % 7 == 0 else "\n"))

chosen = draw.sample(articles, 60)
lines = []
for i, made in enumerate(chosen):
    what = [f"title: 丙镇画展{i}", "where: [+a]", "what: [-fish]", "where: b", "withdrawn: true", "release: true",
            f"same_as: {chosen[i - 1]['id']}"][i % 7]
    lines.append(f"{made['id']}: {{{what}}}\n")
(folder / "corrections.yaml").write_text("".join(lines), encoding="utf-8")
