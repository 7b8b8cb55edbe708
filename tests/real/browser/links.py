"""links.py SITE_ADDRESS TREE: does everything that the pages and files of a tree point to within it exist? Prints the
sentences of what does not; and what no page may have, whatever its markup is otherwise: a second h1, an image that
tells where it was shown, anything that the Content-Security-Policy would stop."""
import html.parser
import json
import os
import re
import sys
import urllib.parse
import xml.etree.ElementTree

ADDRESSES = {"href", "src", "poster", "data", "action", "xlink:href", "content"}


class Page(html.parser.HTMLParser):
    def __init__(self, path, text):
        super().__init__(convert_charrefs=True)
        self.source = text
        self.path, self.base, self.ids, self.links, self.problems = path, "", set(), [], []
        self.headings, self.language, self.script, self.data = 0, None, None, {}
        self.is_in_prose = False
        self.feed(text)
        self.close()
        if self.headings != 1:
            self.problems.append(f"{self.headings} h1")
        if not self.language:
            self.problems.append("no language")

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        if "id" in attributes:
            if attributes["id"] in self.ids:
                self.problems.append(f"id {attributes['id']} twice")
            self.ids.add(attributes["id"])
        if tag == "html":
            self.language = attributes.get("lang")
        # What an article's own body has is the article's.
        self.is_in_prose = self.is_in_prose or attributes.get("class") == "prose"
        self.headings += tag == "h1" and not self.is_in_prose
        if tag == "base":
            self.base = attributes["href"]
        for name, value in pairs:
            if name in ADDRESSES and (name != "content" or (value or "").startswith(("http://", "https://"))):
                self.links.append((tag, name, value or ""))
            if name.startswith("on") or name == "style":
                self.problems.append(f"{name} on {tag}")
            is_address = name in ADDRESSES and name != "content"
            if is_address and (value or "").strip().lower().startswith(("javascript:", "vbscript:")):
                self.problems.append(f"{name}={value}")
        if tag in ("style", "iframe", "object", "embed", "form"):
            self.problems.append(f"a {tag}")
        if tag == "script":
            self.script = attributes.get("id")
            if "src" not in attributes and attributes.get("type") not in ("application/json", "application/ld+json"):
                self.problems.append("a script of its own")
        if tag == "img":
            wanted = {"loading": "lazy", "referrerpolicy": "no-referrer"}
            outside = attributes.get("src", "").startswith(("http", "//"))
            for name, value in wanted.items():
                if outside and attributes.get(name) != value:
                    self.problems.append(f"img without {name}={value}: {attributes.get('src')}")
            if "alt" not in attributes:
                self.problems.append("img without alt")

    def handle_data(self, data):
        if self.lasttag == "script" and data.strip().startswith(("{", "[")):
            try:
                self.data[self.script] = json.loads(data)
            except ValueError as error:
                self.problems.append(f"script {self.script}: {error}")


class Tree:
    def __init__(self, site, folder):
        self.site, self.folder = site, folder
        self.files = {os.path.relpath(os.path.join(parent, name), folder)
                      for parent, _, names in os.walk(folder) for name in names}
        self.pages = {}
        for path in sorted(self.files):
            if path.endswith(".html"):
                with open(os.path.join(folder, path), encoding="utf-8") as file:
                    self.pages[path] = Page(path, file.read())

    def text(self, path):
        with open(os.path.join(self.folder, path), encoding="utf-8") as file:
            return file.read()

    def missing(self, address):
        """Why an absolute address that is the site's leads nowhere; None when it leads somewhere."""
        place, _, fragment = address[len(self.site):].partition("#")
        path = urllib.parse.unquote(place.split("?")[0])
        if path == "" or path.endswith("/"):
            path += "index.html"
        if path not in self.files:
            return f"no such file: {path}"
        fragment = urllib.parse.unquote(fragment)
        if not fragment or path not in self.pages or fragment in self.pages[path].ids:
            return None
        # A choice on the page of choices is no place in it.
        known = self.pages[path].data.get("channels", {}).get("keys", {})
        unknown = [key for key in fragment.split("+") if key not in known]
        return f"no such place: {path}#{fragment}" if unknown else None

    def look_at_page(self, page):
        own = self.site + page.path.removesuffix("index.html")
        base = urllib.parse.urljoin(own, page.base)
        yield from page.problems
        if base != self.site:
            yield f"base leads to {base}"
        for tag, name, value in page.links:
            if tag == "base":
                continue
            address = urllib.parse.urljoin(base, value)
            if name == "href" and tag in ("a", "link") and value.startswith("/"):
                yield f"{value} works only at the root"
            if address.startswith(self.site):
                why = self.missing(address)
                if why:
                    yield f"{tag} {name}={value}: {why}"
            elif not re.match(r"(?i)(https?|mailto):", address):
                yield f"{tag} {name}={value}: what is that?"

    def look_at_files(self):
        """What is not a page but points into the tree."""
        for path in sorted(self.files):
            addresses = []
            if path.endswith((".xml", ".opml")):
                root = xml.etree.ElementTree.fromstring(self.text(path))
                for element in root.iter():
                    kind = element.tag.rsplit("}")[-1]
                    # What is in a content is an article's own.
                    addresses += [value for name, value in element.attrib.items()
                                  if name in ("href", "xmlUrl", "htmlUrl", "url", "src")]
                    if kind in ("link", "loc", "icon", "logo", "docs"):
                        addresses.append((element.text or "").strip())
            elif path.endswith(".json") and path != "manifest.json":
                text = json.loads(self.text(path))
                for item in [text] + text.get("items", text.get("entries", [])):
                    addresses += [item.get(name) or "" for name in
                                  ("url", "home_page_url", "feed_url", "next_url", "image", "icon", "favicon")]
                if path == "recent.json":
                    addresses = [urllib.parse.urljoin(self.site, address) for address in addresses]
            elif path == "robots.txt":
                addresses = re.findall(r"(?m)^Sitemap: *(\S+)", self.text(path))
            for address in addresses:
                why = address.startswith(self.site) and self.missing(address)
                if why:
                    yield f"{path}: {why}"

    def is_withdrawn(self, address):
        page = self.pages.get(address.removeprefix(self.site))
        return page is not None and 'name="robots" content="noindex"' in page.source

    def look_at_counts(self, page):
        """The number beside a channel's name is of articles: at least what its feed has, 0 only where that is empty."""
        with_numbers = re.findall(r'<li[^>]*><a href="([^"]*)">[^<]*</a> <span>([\d,.]+)</span></li>', page.source)
        with_numbers += re.findall(r'<a class="h\d" href="([^"]*)"[^>]*>(\d*)</a>', page.source)
        for path, number in with_numbers:
            feed = path.removeprefix("./") + "feed.json"
            if feed not in self.files:
                continue
            count = int(re.sub(r"\D", "", number) or 0)
            least = sum(not self.is_withdrawn(item.get("url", "")) for item in json.loads(self.text(feed))["items"])
            if count < least or (count > 0) != (least > 0):
                yield f"{path} is said to have {count} articles; in its feed are {least}"

    def problems(self):
        for path, page in self.pages.items():
            for problem in self.look_at_counts(page):
                yield f"{path}: {problem}"
            for problem in self.look_at_page(page):
                yield f"{path}: {problem}"
        yield from self.look_at_files()


if __name__ == "__main__":
    found = list(Tree(*sys.argv[1:]).problems())
    print("\n".join(found[:20] + [f"... and {len(found) - 20} more"] * (len(found) > 20)))
    sys.exit(1 if found else 0)
