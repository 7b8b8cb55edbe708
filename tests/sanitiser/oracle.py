"""oracle.py DRIVER: every hostile input through the sanitiser, and what comes out through an HTML5 parser.

Prints a TAP line for each input, and for each thing that the oracle must be able to refuse.
"""
import re
import sys
import xml.etree.ElementTree

import html5lib
from html5lib.constants import namespaces

import cases

# A second opinion on the list itself: what must never be on it, whoever edits it.
NEVER_ELEMENTS = set("""script style iframe frame frameset object embed applet svg math form input button select option
    textarea template noscript base meta link title xmp plaintext noembed noframes portal audio video source track canvas
    html head body dialog slot marquee isindex keygen fencedframe""".split())
NEVER_ATTRIBUTES = set("""style id name class srcset srcdoc action formaction background poster ping data code target rel
    is slot popover autofocus manifest http-equiv content usemap longdesc cite""".split())
REFERENCE = re.compile(rb"&(?:amp|lt|gt|quot|#39);")
# XML 1.0's characters without noncharacters, bidi controls included: they are isolated in titles, not in bodies.
FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
CONTEXTS = ["body", "div", "td"]


def parse(text, context):
    builder = html5lib.getTreeBuilder("etree")
    return html5lib.HTMLParser(builder).parseFragment(text, container=context)


def serialise(tree):
    return html5lib.serialize(tree, tree="etree", omit_optional_tags=False, quote_attr_values="always")


def tree_problem(tree, allowed):
    """What in a parsed tree is not on the list."""
    for element in tree.iter():
        if element is tree:
            continue
        if not isinstance(element.tag, str):
            return "a comment or a declaration"
        namespace, _, name = element.tag[1:].partition("}")
        if namespace != namespaces["html"] or name not in allowed:
            # A parser closes </p> without <p> by making one; rows get a tbody. Both are on the list.
            return f"the element {element.tag}"
        for attribute, value in element.attrib.items():
            problem = attribute_problem(name, attribute, value, allowed)
            if problem:
                return problem
        if name == "img" and not {"alt", *cases.MANNERS} <= element.attrib.keys():
            return "an image without manners"
    return None


def attribute_problem(element, name, value, allowed):
    if name not in allowed[element] or name.startswith("on"):
        return f"the attribute {name} of {element}"
    if value != cases.MANNERS.get(name, value):
        return f"{name} says {value}"
    if name in ("href", "src"):
        schemes = r"(?i)https?://[^/\\\s]" if name == "src" else r"(?i)https?://[^/\\\s]|mailto:"
        if not re.match(schemes, value) or re.search(r"[\x00-\x20\x7f\"<>\\]", value):
            return f"the address {value}"
    elif re.search(r"[\x00-\x1f]", value):
        return f"a control character in {name}"
    return None


def text_problem(output):
    """What is wrong with the bytes: not UTF-8, not fit for XML, not written plainly."""
    try:
        text = output.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"no UTF-8: {error}"
    found = FORBIDDEN.search(text)
    if found:
        return f"the character U+{ord(found[0]):04X}"
    if b"&" in REFERENCE.sub(b"", output):
        return "a reference of another kind"
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if xml.etree.ElementTree.fromstring(f"<x>{escaped}</x>").text not in (text, None if not text else text):
        return "XML changes it"
    return None


def fence_problem(text):
    """Does it stay where it is put? Within a cell, an item and a section."""
    for before, after in (("<div><section>", "</section></div>"), ("<ul><li><div>", "</div></li></ul>"),
                          ("<dl><dd><div>", "</div></dd></dl>"), ("<table><tr><td>", "</td></tr></table>")):
        tree = parse(f"{before}<img alt=begin>{text}<img alt=end>{after}<hr title=behind>", "body")
        parents = {child: parent for parent in tree.iter() for child in parent}
        marks = {element.get("alt"): element for element in tree.iter() if element.get("alt") in ("begin", "end")}
        if len(tree) != 2 or tree[1].get("title") != "behind":
            return f"it leaves {before}"
        if "end" not in marks or parents[marks["begin"]] is not parents[marks["end"]]:
            return f"it ends {before}, or leaves something open in it"
    return None


def place_problem(text):
    """What means nothing where it stands, or was moved by the parser: what is written is not what a browser has."""
    tree = parse(text, "body")
    parents = {child: parent.tag.partition("}")[2] for parent in tree.iter() for child in parent}
    for element, parent in parents.items():
        name = element.tag.partition("}")[2]
        wanted = {"rt": ["ruby"], "rp": ["ruby"], "figcaption": ["figure"], "caption": ["table"]}.get(name)
        if wanted and parent not in wanted or name in ("br", "hr") and parent in ("ul", "ol", "dl"):
            return f"{name} in {parent}"
        count = [child.tag.partition("}")[2] for child in element]
        if any(count.count(one) > 1 for one in ("caption", "figcaption")) or name == "ruby" and "rt" not in count:
            return f"{name} with {count}"
        if re.fullmatch("p|h[1-6]", name) and not count and not (element.text or "").strip("\t\n "):
            return f"an empty {name}"
        spans = [int(element.get("colspan", 1)) - 1, int(element.get("rowspan", 0))]
        if not 0 <= spans[0] < 1000 or not 0 <= spans[1] < 65535:
            return f"{name} spans {spans}"
        if "@" in re.sub("(?<=[^/:])[/?#].*", "", element.get("href", element.get("src", "https:"))[6:]) \
                and not element.get("href", "").lower().startswith("mailto:"):
            return f"{name} has a user"
    inside = re.sub("(?s)<(td|th|caption)\\b.*?</\\1>", "", text)
    if re.search("(?s)<(?:table|tr|tbody|thead|tfoot)>\\s*[^\\s<]", inside):
        return "text between cells"
    return None


def problem_of(output, allowed):
    problem = text_problem(output)
    if problem:
        return problem
    text = output.decode("utf-8")
    for context in CONTEXTS:
        tree = parse(text, context)
        problem = tree_problem(tree, allowed)
        if problem:
            return f"in {context}: {problem}"
        problem = tree_problem(parse(serialise(tree), context), allowed)
        if problem:
            return f"in {context}, when it is written and read again: {problem}"
    return fence_problem(text) or place_problem(text)


def judge(driver, html, allowed):
    output = cases.sanitise(driver, html)
    if output is None:
        return None
    problem = problem_of(output, allowed)
    if problem:
        return f"{problem}\n{output.decode('utf-8', 'replace')[:2000]}"
    again = cases.sanitise(driver, output, "--choked")
    if again != output:
        return f"a second time changes it\n{output.decode()[:1000]}\n{(again or b'(refused)').decode()[:1000]}"
    return None


# What the oracle must refuse, or it is none.
BROKEN = {
    "a script": b"<p>a</p><script>x</script>",
    "an event": b'<p onclick="x">a</p>',
    "an attribute of another element": b'<p href="https://example.org/">a</p>',
    "a scheme": b'<a href="javascript:x">a</a>',
    "an address with a tab": b'<a href="https://a.example/\t">a</a>',
    "an image without manners": b'<img src="https://a.example/1.png" alt="">',
    "an image that tells": b'<img src="https://a.example/1.png" alt="" loading="lazy" referrerpolicy="origin">',
    "an image by mail": b'<img src="mailto:a@example.org">',
    "another namespace": b"<svg><a>x</a></svg>",
    "a comment": b"a<!-- b -->",
    "no UTF-8": b"\xc0\xbc",
    "a control character": b"a\x01",
    "a noncharacter": "\ufffe".encode(),
    "a reference": b"&nbsp;",
    "a stray end tag": b"a</div></section>b",
    "a stray item": b"<li>a</li>",
    "a stray description": b"<dd>a</dd>",
    "a stray cell": b"<td>a</td>",
    "a stray end of a table": b"</table>",
    "an open element": b"<b>a",
    "a second caption": b"<table><caption>a</caption><caption>b</caption></table>",
    "the caption of no figure": b"<div><figcaption>a</figcaption></div>",
    "a reading of nothing": b"<p><rt>a</rt></p>",
    "ruby without a reading": b"<ruby>a</ruby>",
    "a line in a list": b"<ul><hr></ul>",
    "a cell over no column": b'<table><tbody><tr><td colspan="0">a</td></tr></tbody></table>',
    "text between cells": b"<table><tbody><tr>a<td>b</td></tr></tbody></table>",
    "an address with a password": b'<a href="https://u:p@a.example/">a</a>',
    "an empty heading": b"<h2> </h2>",
}


def main(driver):
    allowed = cases.read_allowed()
    count = 0

    def say(name, problem):
        nonlocal count
        count += problem is not None
        print(f"not ok {name}\n" + re.sub(r"(?m)^", "# ", problem) if problem else f"ok {name}")

    never = NEVER_ELEMENTS & allowed.keys() or {a for names in allowed.values() for a in names if a in NEVER_ATTRIBUTES}
    say("the list has nothing of what must never be on it", f"it has {never}" if never else None)
    for name, output in BROKEN.items():
        say(f"the oracle refuses {name}", None if problem_of(output, allowed) else "it does not")
    inputs = cases.read_cases()
    say("there are 150 hostile inputs", None if len(inputs) >= 150 else f"there are {len(inputs)}")
    for name, html in inputs:
        say(name, judge(driver, html, allowed))
    return count > 0


sys.exit(main(sys.argv[1]))
