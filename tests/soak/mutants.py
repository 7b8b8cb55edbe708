"""Is the oracle worth anything? After a run that was right something is done that a bad program could have done."""

import os
import re
import shutil
import subprocess

import texts
import world as worlds
from oracle import Violation, snapshot

RUNS = 5


def public(year, path):
    return year.world.path("public", path)


def feeds(before, after, changed):
    """Paths of Atom feeds with entries in both trees that did, or did not, change."""
    return [path for path in sorted(after.files) if path.endswith("atom.xml") and path in before.files
            and b"<entry>" in after.files[path].content
            and (before.files[path].content != after.files[path].content) == changed]


def put(year, path, content, later=2):
    """Replaced by another file, newer as it should be."""
    whole = public(year, path)
    status = os.stat(whole)
    with open(whole + ".new", "wb") as file:
        file.write(content)
    os.utime(whole + ".new", ns=(status.st_atime_ns, status.st_mtime_ns + later * 10**9))
    os.replace(whole + ".new", whole)


def touch(year, before, after, _):
    os.utime(public(year, feeds(before, after, False)[0]))


def rewrite(year, before, after, _):
    path = feeds(before, after, False)[0]
    put(year, path, after.files[path].content, later=0)


def early(year, before, after, _):
    path = feeds(before, after, True)[0]
    os.utime(public(year, path), ns=(0, before.files[path].modified + 10**8))


def drop(year, before, after, _):
    os.unlink(public(year, feeds(before, after, False)[0]))


def stale(year, before, after, _):
    """The file of the tree before, itself."""
    path = feeds(before, after, True)[0]
    os.unlink(public(year, path))
    os.link(year.world.path(".public.stage", path), public(year, path))


def other_byte(year, _, after, __):
    put(year, "rss.xml", after.files["rss.xml"].content.replace("一年".encode(), "二年".encode(), 1))


def other_id(year, _, after, __):
    put(year, "atom.xml", re.sub(rb"(<entry>\s*<id>[^<]*)", rb"\1x", after.files["atom.xml"].content, count=1))


def twice(year, _, after, __):
    put(year, "atom.xml", re.sub(rb"(<entry>.*?</entry>)", rb"\1\1", after.files["atom.xml"].content, count=1, flags=re.S))


def same_item(year, _, after, __):
    """Under two ids."""
    put(year, "atom.xml", re.sub(rb"(<entry>\s*<id>)(.*?</entry>)", rb"\1\2\1x\2", after.files["atom.xml"].content, count=1,
                                 flags=re.S))


def withdrawn_marker(year):
    return next(article for article in year.world.articles if article.withdrawn).marker


def leak(year, _, after, __):
    put(year, "atom.xml", after.files["atom.xml"].content + f"<!-- {withdrawn_marker(year)} -->".encode())


def leak_into_state(year, *_):
    with open(year.world.path(".pindao", "runs.jsonl"), "a", encoding="utf-8") as file:
        file.write(withdrawn_marker(year))


def leak_into_previous(year, *_):
    os.makedirs(year.world.path(".public.stage"), exist_ok=True)
    with open(year.world.path(".public.stage", "atom.xml.old"), "w", encoding="utf-8") as file:
        file.write(withdrawn_marker(year))


def no_tombstone(year, _, after, __):
    put(year, "atom.xml", re.sub(rb"<at:deleted-entry[^>]*/>", b"", after.files["atom.xml"].content))


def no_stub(year, _, after, __):
    entries = re.findall(rb"<entry>.*?</entry>", after.files["atom.xml"].content, flags=re.S)
    stub = next(entry for entry in entries if not re.search(texts.TOKEN, entry))
    put(year, "atom.xml", after.files["atom.xml"].content.replace(stub, b""))


def leak_into_history(year, *_):
    with open(year.world.path("history.jsonl"), "a", encoding="utf-8") as file:
        file.write('{"text": "%s"}\n' % texts.marker(year.random))


def litter(year, *_):
    with open(year.world.path("left.tmp"), "w", encoding="utf-8"):
        pass


def failing(_, __, ___, run):
    return [], subprocess.CompletedProcess(run.args, 65, run.stdout, b"something")


def speechless(_, __, ___, run):
    return [], subprocess.CompletedProcess(run.args, 74, run.stdout, b"")


def mixed(year, before, after, run):
    """What a crash between two files would leave."""
    between = snapshot(public(year, "."))
    path = feeds(before, after, True)[0]
    between.files[path] = before.files[path]
    return [between], run


def chatty(_, __, ___, run):
    return [], subprocess.CompletedProcess(run.args, 0, run.stdout, b"still broken")


def touch_folder(year, *_):
    os.utime(public(year, "topic"))


# What is done, and the check that must notice it. The quiet ones are done after a run without changes.
MUTANTS = ((touch, "untouched"), (rewrite, "untouched"), (early, "untouched"), (drop, "paths"), (stale, "scratch"),
           (other_byte, "scratch"), (other_id, "ids"), (twice, "twice"), (same_item, "twice"), (leak, "withdrawn"),
           (leak_into_history, "withdrawn"), (litter, "folder"), (failing, "exit"), (speechless, "exit"), (mixed, "whole"))
QUIET_MUTANTS = ((touch_folder, "untouched"), (chatty, "silence"))
LATER_MUTANTS = ((leak_into_state, "withdrawn"), (leak_into_previous, "withdrawn"), (no_tombstone, "stubs"), (no_stub, "stubs"))
WITHDRAWING = (leak, *(tamper for tamper, _ in LATER_MUTANTS))
NEEDED = {chatty: "known"} | {tamper: "withdraw" for tamper, _ in LATER_MUTANTS}


def prepare(year, tamper):
    """A few runs, then a change that some feeds show and others do not."""
    world = year.world
    for _ in range(RUNS):
        year.step(made=[])
    article = world.add(world.make(worlds.MARKDOWN, world.now))
    year.step(made=["new"])
    article.withdrawn = tamper in WITHDRAWING
    world.add(world.make(worlds.MARKDOWN, world.now))


def outcome(year, tamper, quiet):
    """The name of the check that noticed, "" for none."""
    try:
        prepare(year, tamper)
    except Violation as violation:
        return f"{violation.args[0]}, before anything was done to it: {violation.args[1]}"
    try:
        if quiet:
            year.step(made=[])
            year.world.now -= 700  # no date may come meanwhile
        year.step(tamper=tamper, made=[] if quiet else ["as prepared"])
    except Violation as violation:
        return violation.args[0]
    return ""


def self_test(make_year, program, folder, features):
    failures = 0
    for number, (tamper, check) in enumerate(MUTANTS + QUIET_MUTANTS + LATER_MUTANTS):
        quiet = (tamper, check) in QUIET_MUTANTS
        name = tamper.__name__.replace("_", " ")
        if NEEDED.get(tamper) and NEEDED[tamper] not in features:
            print(f"ok noticed: {name} # SKIP the program has not: {NEEDED[tamper]}")
            continue
        place = os.path.join(folder, f"mutant-{number}")
        noticed = outcome(make_year(program, place, number, 200, features), tamper, quiet)
        shutil.rmtree(place)
        if noticed == check:
            print(f"ok noticed: {name}")
        else:
            print(f"not ok noticed: {name}\n# wanted {check}, found {noticed or 'nothing'}")
            failures += 1
    return 1 if failures else 0
