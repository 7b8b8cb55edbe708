#!/usr/bin/env python3
"""read.py FILE [EXPRESSION]: reads a file of metrics as strictly as the text exposition format 0.0.4 is written down,
and node_exporter's collector takes it; EXPRESSION is then true of m, a dictionary of "name" or "name{label=\"value\"}"."""

import re
import sys

NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(r"(%s)(?:\{(%s)\})? (-?\d+(?:\.\d+)?)" % (NAME, LABEL))
HEAD = re.compile(r"# (HELP|TYPE) (%s) (.*)" % NAME)


def read(text):
    assert text.endswith("\n") and "\n\n" not in text and "\r" not in text
    samples, seen, family = {}, set(), None
    for number, line in enumerate(text[:-1].split("\n"), 1):
        head = HEAD.fullmatch(line)
        if head and head[1] == "HELP":
            assert head[2] not in seen, f"line {number}: {head[2]} stands twice"
            assert head[3] and re.fullmatch(r"(?:[^\\]|\\\\|\\n)*", head[3]), f"line {number}: HELP"
            assert family is None or any(key.split("{")[0] == family for key in samples), f"{family} has no sample"
            family = head[2]
            seen.add(family)
            typed = False
        elif head:
            assert head[2] == family and not typed and head[3] == "gauge", f"line {number}: TYPE"
            typed = True
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample, f"line {number}: {line}"
            assert sample[1] == family and typed, f"line {number}: {sample[1]} outside of its family"
            key = sample[1] + ("{%s}" % sample[2] if sample[2] else "")
            assert key not in samples, f"line {number}: {key} stands twice"
            samples[key] = float(sample[3])
    return samples


if __name__ == "__main__":
    m = read(open(sys.argv[1], encoding="utf-8").read())
    assert all(key.startswith("pindao_") for key in m)
    if len(sys.argv) > 2:
        assert eval("(%s)" % sys.argv[2]), "\n".join(f"{k} {v}" for k, v in m.items())
