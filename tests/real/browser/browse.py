"""browse.py BROWSER AXE FOLDER NAME=SITE_ADDRESS=TREE…: what people meet in a browser. Prints TAP lines.

The trees are served on the loopback address, under a path that is not the root, with the headers of their _headers:
the Content-Security-Policy is in force. The first tree is looked at page by page, in light and dark, on a phone and a
desktop; of the others what can be worse in them. PAGES_SHOTS=FOLDER keeps pictures.
"""
import glob
import json
import os
import re
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree

import contrast
import devtools
import server

PHONE, TABLET, DESKTOP = (390, 844, True), (820, 1180, True), (1280, 900, False)
# Rules of axe-core that are switched off, each with the reason.
OFF = {}
failures = 0


def say(name, problems=()):
    global failures
    problems = [str(problem) for problem in problems]
    failures += bool(problems)
    print(f"{'not ok' if problems else 'ok'} {name}", flush=True)
    for problem in problems[:12]:
        print("# " + problem.replace("\n", "\n# "), flush=True)


def tried(name, look):
    """Says what `look` finds wrong; what it cannot even try is wrong, too."""
    try:
        say(name, list(look() or ()))
    except (devtools.DevToolsError, OSError, ValueError, KeyError, TypeError, IndexError) as error:
        say(name, [f"{type(error).__name__}: {error}"])


class Site:
    """A tree as it is served."""

    def __init__(self, name, site, folder):
        self.name, self.site, self.folder, self.top = name, site, folder, None

    def read(self, path):
        with open(os.path.join(self.folder, path), encoding="utf-8") as file:
            return file.read()

    def json(self, path):
        return json.loads(self.read(path))

    def find(self, pattern):
        found = sorted(glob.glob(os.path.join(self.folder, pattern), recursive=True))
        return [os.path.relpath(path, self.folder) for path in found]

    def choices(self):
        page = self.read("my/index.html")
        return json.loads(re.search(r'<script type="application/json" id="channels">(.*?)</script>', page, re.S)[1])

    def entries(self, path):
        return self.json(path + "feed.json")["items"]


def kinds(tree):
    """{kind of page: its address in the tree}; a page is taken that has much to show."""
    channels = tree.choices()["channels"]
    of_keys = {count: [channel["path"] for channel in channels if len(channel["keys"]) == count] for count in (1, 2)}
    fullest = {count: max(paths, key=lambda path: len(tree.entries(path))) for count, paths in of_keys.items() if paths}
    emptiest = [path for paths in of_keys.values() for path in paths if not tree.entries(path)]
    found = {"home": "", "term": fullest.get(1), "cross": fullest.get(2), "empty": emptiest[0] if emptiest else None,
             "my": "my/"}
    articles = [path for path in tree.find("article/**/*.html")]
    withdrawn = [path for path in articles if 'name="robots"' in tree.read(path)]
    found["withdrawn"] = withdrawn[0] if withdrawn else None
    living = [path for path in articles if path not in withdrawn]
    found["article"] = max(living, key=lambda path: len(tree.read(path))) if living else None
    archives = [path for path in tree.find("**/archive/*.html") + tree.find("**/archive/*/index.html")]
    indexes = [path for path in archives if path.endswith("archive/index.html")]
    months = [path for path in archives if path not in indexes]
    found["archive index"] = indexes[0] if indexes else None
    found["archive month"] = max(months, key=lambda path: len(tree.read(path))) if months else None
    best = best_choice(tree)
    found["my with a choice"] = "my/#" + "+".join(best["keys"]) if best else None
    return {kind: path.removesuffix("index.html") if path else path
            for kind, path in found.items() if path is not None}


def best_choice(tree):
    """The channel of two terms of which most articles are recent."""
    recent = tree.json("recent.json")["entries"]
    pairs = [channel for channel in tree.choices()["channels"] if len(channel["keys"]) == 2]
    counts = [sum(set(pair["keys"]) <= set(entry["keys"]) for entry in recent) for pair in pairs]
    return pairs[counts.index(max(counts))] if pairs and max(counts) else None


class Visitor:
    def __init__(self, page, axe, shots):
        self.page, self.axe, self.shots = page, axe, shots

    def shoot(self, *names, whole=False):
        if self.shots:
            name = "-".join(names).replace(" ", "-").replace("/", "-")
            self.page.picture(os.path.join(self.shots, name + ".png"), whole=whole)

    def settle(self):
        """Until what a change of size or colours set going has come to rest."""
        self.page.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => "
                        "Promise.allSettled(document.getAnimations().map(one => one.finished)).then(() => done()))))")

    def violations(self, only_colours=False):
        """Other colours change nothing for rules that are not about colours."""
        page = self.page
        if not page.value("typeof axe !== 'undefined'", own_world=True):
            page.value(self.axe + "; 0", own_world=True)
        answer = page.value(f"""(async () => {{
            const off = {json.dumps(list(OFF))};
            const rules = {{}};
            for (const rule of axe.getRules())
                rules[rule.ruleId] = {{enabled: !off.includes(rule.ruleId) && !rule.tags.includes("deprecated")
                                               && !rule.tags.includes("wcag2aaa")
                                               && (rule.tags.includes("cat.color") || !{json.dumps(only_colours)})}};
            const said = await axe.run(document, {{rules, resultTypes: ["violations"]}});
            return JSON.stringify({{passed: said.passes.length, violations: said.violations.map(one => ({{
                id: one.id, help: one.help,
                nodes: one.nodes.slice(0, 3).map(node => node.target.join(" ") + ": " + node.failureSummary
                    + " " + node.html.slice(0, 160))}}))}});
        }})()""", own_world=True)
        said = json.loads(answer)
        if said["passed"] < (1 if only_colours else 10):
            yield f"axe looked at nothing: {said['passed']} rules passed"
        for one in said["violations"]:
            yield f"{one['id']}: {one['help']}: " + "; ".join(re.sub(r"\s+", " ", node) for node in one["nodes"])

    def ready(self):
        """/my/ is there when recent.json is."""
        if "/my/" in self.page.value("location.pathname"):
            words = "document.getElementById('result').dataset"
            self.page.until(f"!document.getElementById('result').hidden && "
                            f"document.getElementById('status').textContent !== {words}.loading")

    def wide(self, widths=(320, 390, 768)):
        for width in widths:
            self.page.emulate(width, 844)
            self.settle()
            across = self.page.value("document.scrollingElement.scrollWidth")
            if across > width:
                culprit = self.page.value(f"""Array.from(document.querySelectorAll("body *")).map(
                    one => [one, Math.round(one.getBoundingClientRect().right)]).filter(
                    ([one, right]) => right > {width} && !one.closest(".scroll")).slice(0, 3).map(
                    ([one, right]) => one.tagName + "." + one.className + " " + right).join(", ")""")
                yield f"{across} wide at {width}: {culprit}"


def look_at_kind(visitor, tree, kind, path):
    page = visitor.page
    blind, quiet = [], []

    def look():
        page.emulate(*PHONE[:2], is_phone=True)
        page.go(tree.top + path)
        visitor.ready()
        if page.value("matchMedia('(prefers-color-scheme: dark)').matches"):
            blind.append("light is not light")
        for size, name in ((PHONE, "phone"), (DESKTOP, "desktop")):
            for scheme in ("light", "dark"):
                page.emulate(size[0], size[1], scheme, size[2])
                visitor.settle()
                blind.extend(f"{name}, {scheme}: {one}" for one in visitor.violations(scheme == "dark"))
                visitor.shoot(tree.name, kind, name, scheme, whole=kind not in ("archive month",))
        return blind
    tried(f"{tree.name}, {kind}: axe-core finds nothing (light, dark, phone, desktop)", look)
    tried(f"{tree.name}, {kind}: never wider than 320, 390, 768", visitor.wide)
    quiet.extend(page.complaints(tree.top))
    say(f"{tree.name}, {kind}: nothing to complain of, nobody else is asked", quiet)


def look_without_scripts(visitor, tree, kind, path):
    page = visitor.page
    page.emulate(*DESKTOP[:2], scripts=False)
    page.go(tree.top + path)
    shown = page.value("document.querySelector('main').innerText")
    # An article without labels leads only to what every page does; so does what was withdrawn.
    place, least = ("body", 3) if kind in ("withdrawn", "article") else ("main", 1 if kind.startswith("archive") else 3)
    links = page.value(f"Array.from(document.querySelectorAll('{place} a[href]'))"
                       ".filter(one => one.checkVisibility()).length")
    if links < least or len(shown) < 10:
        yield f"{kind}: {links} links, {len(shown)} characters"
    if kind in ("term", "cross"):
        flat = re.sub(r"\s", "", shown)
        for item in tree.entries(path)[:5]:
            if re.sub(r"\s", "", item["title"]) not in flat:
                yield f"{kind}: {item['title']} is not shown"
    if kind == "my":
        for channel in tree.choices()["channels"]:
            if len(channel["keys"]) == 1 and not page.value(
                    f"!!document.querySelector('main a[href=\"{channel['path']}\"]')"):
                yield f"{kind}: no link to {channel['path']}"
        if page.value("Array.from(document.querySelectorAll('main input')).some(one => one.checkVisibility())"):
            yield f"{kind}: offers what needs a script"
        if not page.value("document.querySelector('noscript').innerText.trim()"):
            yield f"{kind}: does not say why"
    if page.value("Array.from(document.querySelectorAll('button')).some(one => one.checkVisibility())"):
        yield f"{kind}: a button that does nothing"
    yield from page.complaints(tree.top)


# --- /my/ ----------------------------------------------------------------------------------------------------------

def found_titles(page):
    return page.value("Array.from(document.querySelectorAll('#found h3')).map(one => one.textContent)")


def hash_of(page):
    return set(filter(None, urllib.parse.unquote(page.value("location.hash")[1:]).split("+")))


def box(key):
    return f"Array.from(document.querySelectorAll('#choice input')).find(one => one.value === {json.dumps(key)})"


def from_feeds(tree, paths, recent):
    """The titles that the feeds of these channels have of what is recent; and whether one of them is cut."""
    known = {urllib.parse.urljoin(tree.site, entry["url"]): entry["title"] for entry in recent}
    titles, is_cut = set(), False
    for path in paths:
        items = tree.entries(path)
        is_cut = is_cut or len(items) >= 20
        titles |= {known[item["url"]] for item in items if item.get("url") in known}
    return titles, is_cut


def look_at_choice(visitor, tree):
    page, recent, pair = visitor.page, tree.json("recent.json")["entries"], best_choice(tree)
    page.emulate(*DESKTOP[:2])
    page.go(tree.top + "my/")
    visitor.ready()
    if page.value("document.getElementById('some').checkVisibility()") or found_titles(page):
        yield "something is shown before anything is ticked"
    for count, key in enumerate(pair["keys"], 1):
        page.click(f"{box(key)}.closest('label')")
        if not page.is_ever(f"location.hash.length > 1 && location.hash.slice(1).split('+').length === {count}"):
            yield f"ticking {key}: the address is {page.value('location.href')}"
    if hash_of(page) != set(pair["keys"]):
        yield f"the address says {hash_of(page)}, ticked is {pair['keys']}"
    titles = found_titles(page)
    wanted, is_cut = from_feeds(tree, [pair["path"]], recent)
    if not wanted or not wanted <= set(titles) or (not is_cut and wanted != set(titles)):
        yield f"of {pair['path']} are shown {titles}; its feed has {sorted(wanted)}"
    by_keys = [entry["title"] for entry in recent if set(pair["keys"]) <= set(entry["keys"])]
    if titles != by_keys:
        yield f"shown are {titles}, recent.json has {by_keys}"
    # A second term of one taxonomy: any of the two, and still the other taxonomy.
    taxonomy = tree.choices()["keys"]
    first, second = pair["keys"]
    more = next((key for entry in recent for key in entry["keys"]
                 if taxonomy[key] == taxonomy[first] and key != first and second in entry["keys"]
                 and first not in entry["keys"]), None)
    if more:
        page.click(f"{box(more)}.closest('label')")
        page.until("location.hash.slice(1).split('+').length === 3")
        by_keys = [entry["title"] for entry in recent
                   if second in entry["keys"] and {first, more} & set(entry["keys"])]
        if found_titles(page) != by_keys:
            yield f"with {more}: shown are {found_titles(page)}, wanted {by_keys}"
    yield from page.complaints(tree.top)


def look_at_address(visitor, tree):
    page, recent, pair = visitor.page, tree.json("recent.json")["entries"], best_choice(tree)
    page.go(tree.top + "my/#" + "+".join(pair["keys"] + ["no-such-key", "%E0%A4%A", "<b>x"]))
    visitor.ready()
    ticked = page.value("Array.from(document.querySelectorAll('#choice input:checked')).map(one => one.value)")
    if set(ticked) != set(pair["keys"]):
        yield f"ticked are {ticked}, the address had {pair['keys']}"
    by_keys = [entry["title"] for entry in recent if set(pair["keys"]) <= set(entry["keys"])]
    if found_titles(page) != by_keys:
        yield f"shown are {found_titles(page)}"
    if page.value("document.querySelector('#result b')"):
        yield "the address is taken for HTML"
    # Some programs that pass on addresses escape more than they need to.
    page.value(f"void (location.hash = {json.dumps('#' + '%2B'.join(pair['keys']))})")
    if not page.is_ever("document.querySelectorAll('#choice input:checked').length === 2 && "
                        "document.getElementById('unknown').textContent === ''"):
        yield "the same address, escaped, is another choice"
    page.value("void (location.hash = '#main')")
    if not page.is_ever(f"location.hash === {json.dumps('#' + '+'.join(pair['keys']))}"):
        yield f"a jump takes the place of the choice: {page.value('location.href')}"
    page.value(f"void (location.hash = {json.dumps('#' + pair['keys'][0])})")
    if not page.is_ever("document.querySelectorAll('#choice input:checked').length === 1 && "
                        f"{box(pair['keys'][0])}.checked"):
        yield "another address in the same page changes nothing"
    page.click("document.getElementById('clear')")
    if not page.is_ever("document.querySelectorAll('#choice input:checked').length === 0 && location.hash.length < 2"):
        yield "clearing leaves something ticked"
    yield from page.complaints(tree.top)


def download(page, folder, element):
    """The bytes of what a click on the element saves, and its name."""
    os.makedirs(folder, exist_ok=True)
    page.browser.arrived.clear()
    page.browser.call("Browser.setDownloadBehavior", behavior="allowAndName", browserContextId=page.context,
                      downloadPath=folder, eventsEnabled=True)
    page.click(element)

    def is_there():
        return any(name == "Browser.downloadProgress" and event["state"] != "inProgress"
                   for name, event in page.browser.arrived)
    page.browser.wait(is_there, "the download")
    begun = next(event for name, event in page.browser.arrived if name == "Browser.downloadWillBegin")
    with open(os.path.join(folder, begun["guid"]), "rb") as file:
        return file.read(), begun["suggestedFilename"]


def look_at_download(visitor, tree, folder):
    page, pair = visitor.page, best_choice(tree)
    taxonomy = tree.choices()["keys"]
    other = next((one for one in tree.choices()["channels"] if len(one["keys"]) == 2
                  and one["keys"][1] == pair["keys"][1] and one["keys"][0] != pair["keys"][0]), pair)
    keys = dict.fromkeys(pair["keys"] + other["keys"])
    wanted = {pair["path"], other["path"]}
    for keys, wanted in ((keys, wanted), ([pair["keys"][0]], None)):
        if wanted is None:
            wanted = {one["path"] for one in tree.choices()["channels"] if one["keys"] == list(keys)}
        page.go(tree.top + "my/#" + "+".join(keys))
        visitor.ready()
        data, name = download(page, folder, "document.getElementById('download')")
        if not name.endswith(".opml"):
            yield f"it is called {name}"
        root = xml.etree.ElementTree.fromstring(data)
        outlines = [one for one in root.iter("outline")]
        if root.tag != "opml" or root.get("version") != "2.0" or not root.findtext("head/title"):
            yield f"no OPML 2.0: {data[:200]}"
        feeds = {one.get("xmlUrl") for one in outlines}
        if feeds != {tree.site + path + "atom.xml" for path in wanted}:
            yield f"of {list(keys)} it has {feeds}, not {wanted}"
        for one in outlines:
            if not one.get("text") or one.get("type") != "rss":
                yield f"an outline without text or type: {one.attrib}"
            if not os.path.exists(os.path.join(tree.folder, (one.get("xmlUrl") or "").removeprefix(tree.site))):
                yield f"{one.get('xmlUrl')} is not there"
        shown = page.value("Array.from(document.querySelectorAll('#own a')).map(one => one.getAttribute('href'))")
        if not {path + "atom.xml" for path in wanted} <= set(shown):
            yield f"beside it stand {shown}"
    assert len(set(taxonomy.values())) > 1
    yield from page.complaints(tree.top)


def look_at_hostile_choice(visitor, tree):
    page, recent = visitor.page, tree.json("recent.json")["entries"]
    keys = sorted({key for entry in recent for key in entry["keys"]})
    by_taxonomy = tree.choices()["keys"]
    some = [key for key in keys if by_taxonomy[key] == by_taxonomy[keys[0]]]
    page.go(tree.top + "my/#" + "+".join(map(urllib.parse.quote, some)))
    visitor.ready()
    wanted = [entry["title"] for entry in recent if set(some) & set(entry["keys"])]
    if len(wanted) < 10 or found_titles(page) != wanted:
        yield f"{len(found_titles(page))} of {len(wanted)} titles are shown as they are"
    if page.value("document.querySelector('#result :is(img, script, b), #choice :is(img, script, b)') !== null"):
        yield "titles or labels are taken for HTML"
    shown = page.value("document.getElementById('choice').textContent")
    for label in tree.choices()["labels"].values():
        if re.sub(r"\s", "", label) not in re.sub(r"\s", "", shown):
            yield f"the label {label} is not shown as it is"
    bad = page.value("""Array.from(document.querySelectorAll("a[href]")).map(one => one.protocol).filter(
        one => !["http:", "https:", "mailto:"].includes(one))""")
    yield from (f"a link to {one}" for one in bad)
    yield from page.complaints(tree.top)


# --- copying, filtering, the keyboard, codes -----------------------------------------------------------------------

def look_at_copying(visitor, tree, path):
    page = visitor.page
    page.browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"],
                      browserContextId=page.context)
    page.emulate(*DESKTOP[:2])
    page.go(tree.top + path)
    visitor.ready()
    button = "Array.from(document.querySelectorAll('button[data-copy]')).find(one => one.checkVisibility())"
    wanted = page.value(f"{button}?.dataset.copy")
    if not wanted or not wanted.startswith((tree.site, tree.top)):
        yield f"a button that copies {wanted}"
        return
    before = page.value(f"{button}.textContent")
    page.click(button)
    if not page.is_ever(f"{button}.textContent !== {json.dumps(before)}"):
        yield "nothing says that it is copied"
    yield from page.complaints(tree.top)
    # Where the site's policy keeps pages from reading the clipboard, it is read in another page.
    page.go(tree.top + "favicon.svg")
    copied = page.value("navigator.clipboard.readText()")
    if copied != wanted:
        yield f"copied is {copied}, wanted {wanted}"


def look_at_filter(visitor, tree, path):
    page = visitor.page
    page.go(tree.top + path)
    items = "Array.from(document.querySelectorAll('[data-filter] > li'))"
    titles = page.value(f"{items}.map(one => one.querySelector('h3').textContent)")
    whole = page.value(f"{items}.map(one => one.textContent)")
    word = next(title[at:at + 4] for title in reversed(titles) for at in range(len(title) - 3)
                if " " not in title[at:at + 4] and sum(title[at:at + 4] in text for text in whole) <= len(whole) / 2)
    page.click("document.querySelector('input[type=search]')")
    page.type(word)
    left = page.value(f"{items}.filter(one => one.checkVisibility()).map(one => one.textContent)")
    wanted = [text for text in whole if word.lower() in text.lower()]
    if not wanted or len(wanted) == len(whole) or left != wanted:
        yield f"«{word}»: {len(left)} of {len(whole)} are left, wanted {len(wanted)}"
    page.type("没有这样的词")
    if page.value(f"{items}.some(one => one.checkVisibility())"):
        yield "something is left of a word that nothing has"
    page.value("(() => { const field = document.querySelector('input[type=search]'); field.select(); })()")
    page.press("Delete", 46)
    if not page.is_ever(f"{items}.every(one => one.checkVisibility())"):
        yield "what was filtered does not come back"
    yield from page.complaints(tree.top)


def look_at_keyboard(visitor, tree, path):
    page = visitor.page
    for size in (PHONE, DESKTOP):
        page.emulate(*size[:2])
        page.go(tree.top + path)
        visitor.ready()
        seen = []
        for step in range(40):
            page.press("Tab", 9)
            at = page.value("""(() => {
                const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
                const around = one.closest("label") ? getComputedStyle(one.closest("label")) : style;
                const ring = style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1
                                      || style.boxShadow !== "none";
                return one === document.body ? null : {
                    name: one.tagName + " " + (one.textContent || one.title || one.value || one.id).trim().slice(0, 30),
                    href: one.getAttribute("href"),
                    inside: box.width > 1 && box.height > 1 && box.right > 0 && box.left < innerWidth
                            && box.bottom > 0 && box.top < innerHeight,
                    ring: one.matches(":focus-visible") && (ring(style) || ring(around))};
            })()""")
            if at is None:
                break
            if step == 0 and not (at["href"] or "").endswith("#main"):
                yield f"first comes {at['name']}"
            if not at["inside"]:
                yield f"{size[0]}: {at['name']} has the focus and is not to be seen"
            if not at["ring"]:
                yield f"{size[0]}: {at['name']} does not show that it has the focus"
            seen.append(at)
        if len(seen) < 5:
            yield f"only {len(seen)} can be reached"
    page.go(tree.top + path)
    visitor.ready()
    page.press("Tab", 9)
    page.press("Enter", 13)
    # A choice in the address stays there.
    at = tree.top + (path if "#" in path else path + "#main")
    if not page.is_ever(f"location.href === {json.dumps(at)}"):
        yield f"the first link leads to {page.value('location.href')}"
    page.press("Tab", 9)
    if not page.is_ever("document.activeElement.closest('main')"):
        yield f"after it comes {page.value('document.activeElement.outerHTML')}"
    if "#" in path and not page.value("document.querySelector('#choice :checked') !== null"):
        yield "the choice is gone"


def look_at_code(visitor, tree, path, folder):
    page = visitor.page
    for scheme in ("light", "dark"):
        for size in (PHONE, TABLET, DESKTOP):
            page.emulate(size[0], size[1], scheme, size[2])
            page.go(tree.top + path)
            visitor.settle()
            place = page.value("""(() => {
                const box = document.querySelector("main .scan svg")?.getBoundingClientRect();
                return box?.width > 0 && [box.x + scrollX, box.y + scrollY, box.width, box.height]; })()""")
            if size == PHONE:
                # Who holds the screen in the hand cannot scan it.
                if place:
                    yield f"{scheme}, {size[0]}: a code"
                continue
            if not place:
                yield f"{scheme}, {size[0]}: no code"
                continue
            picture = os.path.join(folder, "code.png")
            page.picture(picture, clip=place)
            read = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", picture],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
            if read != tree.site + path + "atom.xml":
                yield f"{scheme}, {size[0]}: reads as «{read}»"


# --- a feed in a browser -------------------------------------------------------------------------------------------

def look_at_feed(visitor, tree, path, name):
    page, channel = visitor.page, tree.json(path + "feed.json")
    for scheme in ("light", "dark"):
        for size in (PHONE, DESKTOP):
            page.emulate(*size[:2], scheme, size[2])
            page.go(tree.top + path + name)
            visitor.settle()
            visitor.shoot(tree.name, "feed", name, "phone" if size[2] else "desktop", scheme)
            texts = contrast.read_texts(page)
            shown = re.sub(r"\s", "", "".join(text.text for text in texts))
            for wanted in [channel["title"]] + [item["title"] for item in channel["items"]]:
                if re.sub(r"\s", "", wanted) not in shown:
                    yield f"{scheme}: «{wanted}» is not shown"
            for unwanted in ("tag:", "<p>", "&lt;"):
                if unwanted in shown and not any(unwanted in item["title"] + item.get("summary", "")
                                                 for item in channel["items"]):
                    yield f"{scheme}: «{unwanted}» is shown"
            if "RSS" not in shown and "订阅" not in shown and "subscribe" not in shown.lower():
                yield f"{scheme}: does not say what it is"
            if tree.site + path not in shown:
                yield f"{scheme}: its page's address is not shown"
            scale = size[0] / page.value("innerWidth")
            yield from (f"{scheme}: {problem}" for problem in contrast.problems(texts, scheme, scale))
    page.emulate(320, 844)
    visitor.settle()
    across = page.value("document.documentElement.scrollWidth")
    if across > 320:
        yield f"{across} wide at 320"
    yield from page.complaints(tree.top)


def look_at_archived_feed(visitor, tree):
    """It is not what one subscribes to, and says what is."""
    page, path = visitor.page, tree.find("**/archive/*.xml")[0]
    page.emulate(*DESKTOP[:2])
    page.go(tree.top + path)
    visitor.settle()
    visitor.shoot(tree.name, "feed of the archive")
    shown = re.sub(r"\s", "", "".join(text.text for text in contrast.read_texts(page)))
    if "旧文章" not in shown or "地址栏" in shown:
        yield f"does not say what it is: {shown[:200]}"
    if tree.site + path[:path.index("archive/")] + "atom.xml" not in shown:
        yield f"does not show where the channel is: {shown[:200]}"
    yield from page.complaints(tree.top)


# --- size ----------------------------------------------------------------------------------------------------------

def look_at_size(visitor, tree):
    """What the home page costs on a first visit, but for pictures of others."""
    page = visitor.page
    page.emulate(*PHONE[:2], is_phone=True)
    page.go(tree.top)
    sizes, names = {}, {}
    for name, event in page.events:
        if name == "Network.requestWillBeSent" and event["request"]["url"].startswith(tree.top):
            names[event["requestId"]] = event["request"]["url"]
        if name == "Network.loadingFinished" and event["requestId"] in names:
            sizes[names[event["requestId"]][len(tree.top):]] = int(event["encodedDataLength"])
    whole = sum(sizes.values())
    print(f"figure {tree.name}: the home page is {whole / 1000:.0f} KB of {len(sizes)} files, uncompressed", flush=True)
    if whole > 100_000 or len(sizes) < 3:
        yield f"{whole} bytes: {sizes}"


def look_at_first(visitor, tree, folder):
    found = kinds(tree)
    missing = {"home", "term", "cross", "empty", "archive month", "archive index", "article", "withdrawn", "my",
               "my with a choice"} - set(found)
    say(f"{tree.name}: there is a page of each kind", [f"none: {kind}" for kind in sorted(missing)])
    for kind, path in found.items():
        look_at_kind(visitor, tree, kind, path)
    tried(f"{tree.name}: without scripts the pages show what they have",
          lambda: [problem for kind, path in found.items() if "#" not in path
                   for problem in look_without_scripts(visitor, tree, kind, path)])
    visitor.page.emulate(*DESKTOP[:2])
    tried(f"{tree.name}: ticking shows what the feeds have", lambda: look_at_choice(visitor, tree))
    tried(f"{tree.name}: an address is a choice", lambda: look_at_address(visitor, tree))
    tried(f"{tree.name}: the choice as OPML", lambda: look_at_download(visitor, tree, os.path.join(folder, "saved")))
    for kind in ("home", "cross", "my with a choice"):
        tried(f"{tree.name}, {kind}: an address is copied", lambda: look_at_copying(visitor, tree, found[kind]))
    tried(f"{tree.name}: a channel is filtered", lambda: look_at_filter(visitor, tree, found["term"]))
    for kind in ("home", "term", "article", "my with a choice"):
        tried(f"{tree.name}, {kind}: by keyboard", lambda: look_at_keyboard(visitor, tree, found[kind]))
    for kind in ("home", "cross", "empty"):
        tried(f"{tree.name}, {kind}: the QR code is its feed's address",
              lambda: look_at_code(visitor, tree, found[kind], folder))
    for name in ("atom.xml", "rss.xml"):
        for kind in ("cross", "empty"):
            tried(f"{tree.name}, {kind}: {name} is readable in a browser",
                  lambda: look_at_feed(visitor, tree, found[kind], name))
    tried(f"{tree.name}: a feed of the archive says that it is old", lambda: look_at_archived_feed(visitor, tree))
    tried(f"{tree.name}: the first page is under 100 KB", lambda: look_at_size(visitor, tree))


def look_at_other(visitor, tree):
    for kind, path in kinds(tree).items():
        if kind in ("home", "cross", "archive index", "article", "my", "my with a choice"):
            look_at_kind(visitor, tree, kind, path)
    for name in ("atom.xml", "rss.xml"):
        tried(f"{tree.name}: {name} is readable in a browser", lambda: look_at_feed(visitor, tree, "", name))
    tried(f"{tree.name}: the first page is under 100 KB", lambda: look_at_size(visitor, tree))


def look_at_all(visitor, tree):
    """Every page, where something could be said that is not only words."""
    page = visitor.page
    page.emulate(320, 844)
    for path in tree.find("**/*.html"):
        page.go(tree.top + path.removesuffix("index.html"))
        visitor.ready()
        across = page.value("document.scrollingElement.scrollWidth")
        if across > 320:
            yield f"{path}: {across} wide at 320"
        yield from (f"{path}: {problem}" for problem in page.complaints(tree.top))


def look_at_hostile(visitor, tree):
    tried(f"{tree.name}: no page runs anything, asks anybody, or is wider than 320", lambda: look_at_all(visitor, tree))
    if tree.name == "hostile":
        tried(f"{tree.name}: titles and labels in a choice are text", lambda: look_at_hostile_choice(visitor, tree))
        for kind, path in kinds(tree).items():
            if kind in ("home", "term"):
                look_at_kind(visitor, tree, kind, path)


def look_at_spoilt(visitor, tree):
    """A page with everything wrong that is looked for elsewhere: it must be found."""
    page = visitor.page
    page.emulate(*DESKTOP[:2])
    page.go(tree.top)
    visitor.settle()
    found = "\n".join(list(visitor.violations()) + list(visitor.wide((320,))) + page.complaints(tree.top))
    for wanted in ("color-contrast", "image-alt", "wide at 320", "404: ", "Content Security Policy", "asks elsewhere",
                   "console: no", "exception: "):
        if wanted not in found:
            yield f"not found: {wanted}\n{found}"
    page.go(tree.top + "atom.xml")
    visitor.settle()
    if not list(contrast.problems(contrast.read_texts(page), "light")):
        yield "not found: the feed's contrast"


def main(program, axe, folder, *trees):
    sites = [Site(*tree.split("=")) for tree in trees]
    shots = os.environ.get("PAGES_SHOTS")
    if shots:
        os.makedirs(shots, exist_ok=True)
    served = server.Server({site.name: site.folder for site in sites})
    with devtools.Browser(program, os.path.join(folder, "profile")) as browser:
        with open(axe, encoding="utf-8") as file:
            visitor = Visitor(browser.open_page(), file.read(), shots)
        for number, site in enumerate(sites):
            site.top = served.address(site.name)
            if number == 0:
                look_at_first(visitor, site, folder)
            elif site.name == "spoilt":
                tried("what is wrong in a spoilt tree is found", lambda: look_at_spoilt(visitor, site))
            elif site.name in ("hostile", "bodies"):
                look_at_hostile(visitor, site)
            else:
                look_at_other(visitor, site)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
