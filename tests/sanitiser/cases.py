"""The hostile inputs of hostile/*.txt, the sanitiser's own list, and how the driver is asked.

cases.py list             the list as a C string, "element attribute attribute", a line each
cases.py corpus FOLDER    the inputs as files, for the fuzzer

A line "== what it tries" begins a case, which is the bytes up to the next such line. Where that line ends in "(python)"
the case is a Python expression: for bytes that no editor keeps, and for much of something.
"""
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parent
SOURCE = FOLDER.parent.parent / "src/text/sanitiser.c"
BASE = "https://news.example.org/a/b.html"


def read_cases():
    """(name, bytes) of every hostile input."""
    cases = []
    for path in sorted(FOLDER.glob("hostile/*.txt")):
        parts = re.split(r"^== (.+)\n", path.read_text("utf-8"), flags=re.M)
        for name, text in zip(parts[1::2], parts[2::2]):
            value = eval(text, {"__builtins__": {}}, {"bytes": bytes}) if name.endswith("(python)") else text[:-1]
            cases.append((f"{path.stem}: {name}", value if isinstance(value, bytes) else value.encode()))
    names = [name for name, _ in cases]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice, f"cases of one name: {twice}"
    return cases


# What every image gets, whatever the input said.
MANNERS = {"loading": "lazy", "referrerpolicy": "no-referrer"}


def read_allowed():
    """{element: set of attributes} that may come out, read off the tables of the sanitiser."""
    source = SOURCE.read_text("utf-8")
    rows = re.findall(r'\{"(\w+)", (HTML_\w+), (?:NULL|"(\w+)")\}', source)
    kept = {other or name for name, treatment, other in rows if treatment.startswith("HTML_KEEP")}
    table = source.split("} attributes[] = {")[1].split("};")[0]
    attributes = re.findall(r'\{(?:NULL|"(\w+)"), "(\w+)", (VALUE_\w+)\}', table)
    assert len(rows) > 80 and len(attributes) == table.count("VALUE_"), "the tables of the sanitiser look different now"
    return {element: {name for owner, name, _ in attributes if owner in ("", element)} | (set(MANNERS) if element == "img"
            else set()) for element in kept}


def sanitise(driver, html, *options):
    """The bytes that come out; None when it is refused."""
    done = subprocess.run([driver, *options, BASE], input=html, capture_output=True, timeout=60)
    if done.returncode == 1 and not done.stdout and not done.stderr:
        return None
    assert done.returncode == 0, f"the driver ended with {done.returncode}: {done.stderr.decode()[-2000:]}"
    return done.stdout


def write_list():
    for element, attributes in sorted(read_allowed().items()):
        print(f'"{" ".join([element, *sorted(attributes)])}\\n"')


def write_corpus(folder):
    for number, (_, html) in enumerate(read_cases()):
        pathlib.Path(folder, f"{number:03}").write_bytes(html)


if __name__ == "__main__":
    write_list() if sys.argv[1] == "list" else write_corpus(sys.argv[2])
