"""checker.py VNU_JAR TREE…: the Nu HTML checker over every page, stylesheet and picture of our own of all trees, in
one process. Prints a TAP line for each tree."""
import json
import os
import subprocess
import sys

# The checker's CSS part lags behind CSS. Each line: the file, a part of what the checker says, and why it is wrong.
BEHIND = (
    ("feed.css", "Deprecated media feature “max-device-width”",
     "XML has no viewport element: only so is text on a phone as large as it should be"),
    ("style.css", "Property “vector-effect” doesn't exist", "a presentation attribute of SVG 2, so a property of CSS"),
)


def files_of(tree):
    for parent, _, names in os.walk(tree):
        for name in names:
            if name.endswith((".html", ".css")) or (name == "favicon.svg" and parent == tree):
                yield os.path.join(parent, name)


def main(jar, *trees):
    files = {tree: sorted(files_of(tree)) for tree in trees}
    arguments = [path for paths in files.values() for path in paths]
    said = subprocess.run(["java", "-Xss8m", "-jar", jar, "--errors-only", "--exit-zero-always", "--stdout",
                           "--also-check-css", "--also-check-svg", "--format", "json", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        messages = json.loads(said.stdout)["messages"]
    except ValueError:
        print("not ok the HTML checker answers")
        print("\n".join("# " + line for line in (said.stdout + said.stderr).splitlines()[:20]))
        return 1
    failed = 0
    for tree, paths in files.items():
        found = {}
        for message in messages:
            place = message.get("url", "").removeprefix("file:")
            if place and not place.startswith(os.path.realpath(tree) + "/"):
                continue
            if any(place.endswith(name) and part in message["message"] for name, part, _ in BEHIND):
                continue
            found.setdefault(message["message"], []).append(
                f"{place[len(os.path.realpath(tree)) + 1:]}:{message.get('lastLine')}: "
                f"{' '.join(message.get('extract', '').split())[:120]}")
        pages = sum(path.endswith(".html") for path in paths)
        good = pages and not found
        failed += not good
        print(f"{'ok' if good else 'not ok'} {os.path.basename(os.path.dirname(tree))}: "
              f"the HTML checker has nothing against {pages} pages")
        for said, places in list(found.items())[:20]:
            print(f"# {said} ({len(places)} times)\n#     {places[0]}")
    return 1 if failed else 0


sys.exit(main(*sys.argv[1:]))
