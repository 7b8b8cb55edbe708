"""sites.py FOLDER: sites that no sample is: FOLDER/english, empty, hostile and bodies, each with feeds.yaml."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../sanitiser"))
import cases  # noqa: E402  the sanitiser's hostile inputs

CONFIGURATION = """site: {site}
sources: [{{files: '*.jsonl'}}]
channels:
  - {{path: /, title: {all}, all: true, archive: month}}
  - {{path: '/{{place}}/', each: [place], archive: month}}
  - {{path: '/about/{{subject}}/', each: [subject]}}
  - {{path: '/{{place}}/{{subject}}/', each: [place, subject]}}
taxonomies: {taxonomies}
duplicates: no
output: {{directory: public, formats: [atom, rss, json, html]}}
"""

# What a title, a label, a name may be made of.
POISON = [
    "<script>pwned()</script>", "</title><img src=x onerror=pwned()>", "<!-- ]]> &amp; &lt;b&gt; &#60;",
    "{{title}} {{{site.title}}} {{#entries}}{{/entries}} {{> head}}", "\"quoted\" 'twice' `thrice`",
    "无空格的很长很长的标题" * 12, "Donaudampfschifffahrtsgesellschaftskapitän" * 4, "https://example.com/" + "a" * 150,
    "\u202egnol tub sdrawkcab\u202c and \u2067isolated", "עברית וערבית العربية",
    "👩‍👩‍👧‍👦🏳️‍🌈 e\u0301\u0302\u0303 \u2028\u2029 \u00ad\u200b",
    "</script><script>pwned()</script>", "\\u003c \\\" \\n ${pwned()}", "javascript:pwned()", "100% & 2 > 1 < 3",
]


def lines(*articles):
    return "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in articles)


def put(folder, site, everything, taxonomies, articles):
    os.makedirs(folder)
    with open(os.path.join(folder, "feeds.yaml"), "w", encoding="utf-8") as file:
        file.write(CONFIGURATION.format(site=json.dumps(site, ensure_ascii=False), all=json.dumps(everything),
                                        taxonomies=json.dumps(taxonomies, ensure_ascii=False)))
    with open(os.path.join(folder, "articles.jsonl"), "w", encoding="utf-8") as file:
        file.write(articles)


def terms(**labels):
    return {name: {"label": label, "words": name} for name, label in labels.items()}


def english(folder):
    site = {"title": "Harbour News", "url": "https://harbour.example.org/", "tag": "harbour.example.org,2026",
            "language": "en", "author": "The desk", "rights": "© 2026 Harbour News & Co.", "icp": "沪ICP备00000000号"}
    taxonomies = {"place": {"label": "Place", "terms": terms(north="The North", south="The South")},
                  "subject": {"label": "Subject", "terms": terms(ships="Ships", trade="Trade & tariffs")}}
    articles = [
        {"title": f"Number {n}: {'north' if n % 2 else 'south'} and {'ships' if n % 3 else 'trade'}",
         "date": f"2026-{10 + n % 2}-{n % 20 + 1:02}", "source": "The Gazette", "tags": ["sea", "a & b"],
         "body": "A first paragraph about ships. It has two sentences.\n\nA second one.",
         **({"url": f"https://gazette.example.com/{n}?a=1&b=2"} if n % 2 else {}),
         **({"image": f"https://pictures.example.com/{n}.jpg"} if n % 4 == 0 else {}),
         **({"enclosure": {"url": f"https://sounds.example.com/{n}.mp3", "type": "audio/mpeg", "size": 12345}}
            if n % 5 == 0 else {})} for n in range(60)]
    put(folder, site, "Everything", taxonomies, lines(*articles))


def empty(folder):
    site = {"title": "空站", "url": "https://empty.example.org/", "tag": "empty.example.org,2026"}
    taxonomies = {"place": {"label": "区", "terms": terms(a="甲", b="乙")},
                  "subject": {"label": "主题", "terms": terms(c="丙", d="丁")}}
    # Held back until its day: the site begins without an article, but with one to come.
    put(folder, site, "全部", taxonomies, lines({"title": "明年", "date": "2036-01-01", "body": "还没到。"}))


def hostile(folder):
    """Everything that is text is poison, and the language one that browsers' own formatting of numbers refuses."""
    site = {"title": "<b>\"A&B\"</b> </script> {{site.title}}", "url": "https://hostile.example.org/",
            "tag": "hostile.example.org,2026", "language": "zh-yue", "author": "</script><script>pwned()</script>",
            "rights": "<img src=x onerror=pwned()> & co.", "icp": "\"><script>pwned()</script>"}
    taxonomies = {"place": {"label": "区 <&\"'", "terms": terms(alpha=POISON[0], beta=POISON[1], both=POISON[3])},
                  "subject": {"label": "</script>", "terms": terms(gamma=POISON[11], delta="\"'&<>", both=POISON[5])}}
    articles = [
        {"title": title, "date": f"2026-11-{n + 1:02} 08:00", "summary": POISON[(n + 3) % len(POISON)],
         "place": ["alpha", "beta", "both"][n % 3], "subject": ["gamma", "delta", "both"][n % 2:][:2],
         "body": f"{title}\n\n{POISON[(n + 5) % len(POISON)]}", "source": POISON[(n + 1) % len(POISON)],
         "author": POISON[(n + 2) % len(POISON)], "tags": [title[:60], "a,b"],
         **({"url": f"https://news.example.com/{n}?a=\"><script>pwned()</script>&b='"} if n % 2 else {})}
        for n, title in enumerate(POISON)]
    put(folder, site, "<i>all</i>", taxonomies, lines(*articles))


def bodies(folder):
    """The sanitiser's hostile inputs, each an article with a page of its own."""
    site = {"title": "正文", "url": "https://bodies.example.org/", "tag": "bodies.example.org,2026"}
    taxonomies = {"place": {"label": "区", "terms": terms(a="甲", b="乙")},
                  "subject": {"label": "主题", "terms": terms(c="丙", d="丁")}}
    articles = [
        {"id": f"case-{n}", "title": f"{n} {name}", "date": f"2026-11-{n % 20 + 1:02}", "format": "html", "place": "a",
         "subject": "c", "body": "<p>before</p>" + html.decode("utf-8", "replace")}
        for n, (name, html) in enumerate(cases.read_cases()) if len(html) < 20000]
    put(folder, site, "全部", taxonomies, lines(*articles))


if __name__ == "__main__":
    for make in (english, empty, hostile, bodies):
        make(os.path.join(sys.argv[1], make.__name__))
