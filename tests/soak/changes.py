"""What happens between two runs. Each change takes the world and says what it did, or None where it cannot be."""

import os
import random as randoms
import shutil
import sqlite3

import texts
import world as worlds
from world import APPEND, DAY, FOLDERS, LISTING, MARKDOWN, PACKED, REWRITTEN, UNDATED, VANISHING

MOST_ARTICLES = 250
MOST_LINES = 60  # of a file that only grows
WRITABLE = (MARKDOWN, REWRITTEN, PACKED, VANISHING)  # where an article may change


def some_article(world, sources=WRITABLE, wanted=lambda article: True):
    found = [a for a in world.articles if a.source in sources and world.is_plain(a) and wanted(a)]
    return world.random.choice(found) if found else None


def is_alone(world, article):
    return len(world.group(article.token)) == 1


def roomy(world, sources):
    return [source for source in sources if source != APPEND or len(world.of(APPEND)) < MOST_LINES]


# --- articles that come ---


def new_article(world):
    source = world.random.choice(roomy(world, worlds.SOURCES))
    article = world.add(world.make(source, world.now - world.random.randrange(3600)))
    return f"new {article.token} in {article.name}"


def late_article(world):
    source = world.random.choice(roomy(world, (MARKDOWN, REWRITTEN, PACKED, APPEND)))
    article = world.add(world.make(source, world.now - world.random.randrange(2 * DAY, 90 * DAY)))
    return f"late {article.token} of {worlds.date_text(article.date)} in {article.name}"


def future_article(world):
    source = world.random.choice(roomy(world, (MARKDOWN, REWRITTEN, APPEND)))
    article = world.add(world.make(source, world.now + world.random.randrange(3600, 6 * DAY)))
    return f"future {article.token} of {worlds.date_text(article.date)} in {article.name}"


def twin(world, earlier):
    original = some_article(world, worlds.SOURCES[:4] + (VANISHING,), lambda a: is_alone(world, a) and not a.foot)
    if not original or world.now < world.latest:
        return None
    if earlier and not world.has("archived-leaders") and original.token not in world.heads:
        return None
    shift = world.random.randrange(1, 2 * DAY)
    date = original.date - shift if earlier else min(original.date + shift, world.now)
    article = world.make(world.random.choice(roomy(world, (MARKDOWN, REWRITTEN, PACKED, APPEND))), date, original=original)
    how = world.random.choice(("foot", "title", "cut"))
    if how == "title":
        article.title = "转载" + article.title
    elif how == "cut":
        article.sentences = article.sentences[:len(article.sentences) * 3 // 4]
    article.foot = "本站转自他处欢迎来信"
    world.add(article)
    return f"twin of {original.token} ({how}, {worlds.date_text(date)}) in {article.name}"


def twin_later(world):
    return twin(world, False)


def twin_earlier(world):
    return twin(world, True) if world.has("leaders") else None


def twin_of_withdrawn(world):
    """It stays out as well, even where the article itself is gone from its source."""
    if not world.has("withdraw") or not world.commanded:
        return None
    key, token = world.random.choice(list(world.commanded.items()))
    originals = world.group(token)
    if len(originals) != 1 or originals[0].source == LISTING or originals[0].broken:
        return None
    original = originals[0]
    if not any(article.key == key for article in originals):
        return None
    article = world.make(world.random.choice((MARKDOWN, REWRITTEN)), min(original.date + 3600, world.now),
                         original=original)
    article.foot = "本站转自他处欢迎来信"
    world.add(article)
    gone = original.source in WRITABLE[:3] and world.random.random() < 0.5
    if gone:
        world.articles.remove(original)
    return f"twin of {token}, which is withdrawn{' and deleted' if gone else ''}, in {article.name}"


def torn(world):
    """The last line is still being written."""
    if not 0 < len(world.of(APPEND)) < 2 * MOST_LINES:
        return None
    article = world.add(world.make(APPEND, world.now))
    world.torn = True
    world.expect_refusal = True
    return f"new {article.token} in {APPEND}, half written"


def same_id(world):
    """The same article once more, from elsewhere, newer."""
    article = some_article(world, (MARKDOWN, REWRITTEN), lambda a: is_alone(world, a) and a.key)
    if not article:
        return None
    again = worlds.copy_of(article, source=PACKED, name=PACKED, marker=texts.marker(world.random), updated=world.now)
    world.add(again)
    return f"{article.token} once more in {again.name}"


# --- articles that change ---


def corrected_text(world):
    article = some_article(world)
    if not article:
        return None
    article.sentences[-1] = texts.sentence(world.random)
    if world.random.random() < 0.5:
        article.updated = world.now
    return f"corrected {article.token} in {article.name}{', updated' if article.updated else ''}"


def corrected_line(world):
    article = some_article(world, (APPEND,), lambda a: is_alone(world, a))
    if not article or len(world.of(APPEND)) > 2 * MOST_LINES:
        return None
    again = worlds.copy_of(article, marker=texts.marker(world.random), updated=max(world.now, article.updated + 1))
    again.sentences[-1] = texts.sentence(world.random)
    world.add(again)
    return f"corrected {article.token} by a line of {APPEND}"


def moved(world):
    article = some_article(world, (MARKDOWN, REWRITTEN, PACKED))
    if not article:
        return None
    target = world.random.choice([s for s in (MARKDOWN, REWRITTEN, PACKED) if s != article.source])
    world.articles.remove(article)
    world.articles.append(article)
    article.source = target
    article.name = f"{world.count()}-moved.md" if target in FOLDERS else target
    return f"moved {article.token} to {article.name}"


def renamed(world):
    # What was moved into the folder a moment ago is not on disk yet.
    article = some_article(world, FOLDERS, lambda a: os.path.exists(world.path(a.source, a.name)))
    if not article:
        return None
    old, article.name = article.name, f"{world.count()}-renamed.md"
    os.rename(world.path(article.source, old), world.path(article.source, article.name))
    path = f"{article.source}/{old}"
    world.written[f"{article.source}/{article.name}"] = world.written.pop(path)
    return f"renamed {old} to {article.name}"


def broken(world):
    article = some_article(world, (MARKDOWN, REWRITTEN), lambda a: is_alone(world, a))
    if not article:
        return None
    article.broken = True
    world.expect_refusal = True
    return f"broke {article.token} in {article.name}"


def mended(world):
    found = [article for article in world.articles if article.broken]
    if not found:
        return None
    article = world.random.choice(found)
    article.broken = False
    return f"mended {article.token}"


def held(world):
    source = world.random.choice((MARKDOWN, REWRITTEN))
    article = world.add(world.make(source, world.now - 60))
    article.held = True
    return f"to be held: {article.token} in {article.name}"


def released(world):
    found = [a for a in world.articles if a.held and a.key and a.key not in world.corrections]
    if not found:
        return None
    world.corrections[world.random.choice(found).key] = {"release": True}
    return f"released {list(world.corrections)[-1]}"


# --- articles that go ---


def forget(world, article):
    world.articles.remove(article)
    if article.key in world.corrections and not any(a.key == article.key for a in world.articles):
        del world.corrections[article.key]


def deleted(world):
    # A copy that comes in the very run in which its original goes cannot be known as one by anybody.
    wanted = (lambda a: all(b.settled for b in world.group(a.token))) if world.has("leaders") else (
        lambda a: is_alone(world, a))
    article = some_article(world, (MARKDOWN, REWRITTEN, PACKED, LISTING, UNDATED), wanted)
    if not article:
        return None
    forget(world, article)
    return f"deleted {article.token} of {article.name}"


def deleted_hidden(world):
    """An article that was not shown anyway."""
    found = [a for a in world.articles if a.source in (MARKDOWN, REWRITTEN, PACKED) and is_alone(world, a)
             and (a.broken or a.held or a.withdrawn) and a.token not in world.withdrawn_tokens]
    if not found:
        return None
    article = world.random.choice(found)
    forget(world, article)
    return f"deleted {article.token} of {article.name}, which was not shown"


def vanished(world):
    article = some_article(world, (VANISHING,), lambda a: is_alone(world, a))
    if not article or len(world.of(VANISHING)) < 2:  # a source without files is taken for a mistake
        return None
    forget(world, article)
    if world.has("vanished"):
        world.vanished[article.marker] = article
    return f"vanished {article.token} of {article.name}"


def came_back(world):
    if not world.vanished:
        return None
    marker = world.random.choice(list(world.vanished))
    article = world.add(world.vanished.pop(marker))
    article.settled = False
    return f"came back: {article.token}"


def withdrawn(world):
    article = some_article(world, WRITABLE, lambda a: is_alone(world, a))
    if not article:
        return None
    article.withdrawn = True
    return f"withdrawn by itself: {article.token} of {article.name}"


def withdrawn_no_more(world):
    found = [article for article in world.articles if article.withdrawn]
    if not found:
        return None
    article = world.random.choice(found)
    article.withdrawn = False
    article.settled = False
    return f"withdrawn no more: {article.token}"


def withdrawn_by_editor(world):
    article = some_article(world, worlds.SOURCES, lambda a: a.key)
    if not article or (not world.has("leaders") and not is_alone(world, article)):
        return None
    world.corrections[article.key] = {"withdrawn": True}
    world.withdrawn_tokens.add(article.token)
    return f"withdrawn by correction: {article.token}, {article.key}"


def name_of(key):
    kind, _, name = key.partition("/")
    return "https://" + name if kind == "url" else name


def withdrawn_by_command(world):
    article = some_article(world, worlds.SOURCES, lambda a: a.key)
    if not article or not world.has("withdraw") or world.command != ["build"]:
        return None
    world.command = ["withdraw", name_of(article.key)]
    world.withdrawn_tokens.add(article.token)
    world.commanded[article.key] = article.token
    return f"withdrawn by command: {article.token}, {article.key}"


def withdrawn_by_command_no_more(world):
    if not world.commanded or world.command != ["build"]:
        return None
    keys = [key for key in world.commanded if any(article.key == key for article in world.articles)]
    if not keys:
        return None
    key = world.random.choice(keys)
    token = world.commanded.pop(key)
    world.withdrawn_tokens.discard(token)
    unsettle(world, token)
    world.command = ["withdraw", "--undo", name_of(key)]
    return f"withdrawal by command undone: {token}"


def unsettle(world, token):
    for article in world.group(token):
        article.settled = False


# --- the editor ---


def correction(world):
    article = some_article(world, worlds.SOURCES, lambda a: a.key)
    if not article:
        return None
    what = world.random.choice(({"district": world.random.choice(list(texts.DISTRICTS))}, {"topic": ["+port"]},
                                {"title": "更正后的题目" + article.token}))
    world.corrections[article.key] = what
    return f"correction of {article.token}: {what}"


def correction_gone(world):
    if not world.corrections:
        return None
    key = world.random.choice(list(world.corrections))
    what = world.corrections.pop(key)
    if what.get("withdrawn"):
        for article in world.articles:
            if article.key == key:
                world.withdrawn_tokens.discard(article.token)
                unsettle(world, article.token)
    return f"correction gone: {key}, {what}"


def rule(world):
    term = world.random.choice(list(world.words))
    words = world.words[term]
    if words and world.random.random() < 0.5:
        return f"{term} without {words.pop()}"
    words.append(world.random.choice(texts.WORDS))
    return f"{term} with {words[-1]}"


def setting(world):
    which = world.random.choice(("containment", "items", "rights", "hold"))
    if which == "containment":
        world.containment = world.random.choice((0.5, 0.6, 0.7))
    elif which == "items":
        world.items = world.random.choice((7, 8, 9))
    elif which == "rights":
        world.rights = world.random.choice("甲乙丙")
    else:
        world.hold = world.random.choice((["待核"], ["待核", "待核实"]))
    return f"setting {which}"


def channel(world):
    if len(world.channels) >= 6:
        return None
    number = world.count()
    topics = world.random.sample(list(texts.TOPICS), 2)
    archive = ", archive: month" if world.has("archive") and world.random.random() < 0.3 else ""
    world.channels.append(f"{{path: /more-{number}/, title: 专题{number}, where: {{topic: [{', '.join(topics)}]}}{archive}}}")
    return f"channel /more-{number}/"


# --- the machine ---


def touched(world):
    path = world.random.choice(list(world.written))
    os.utime(world.path(path))
    return f"touched {path}"


def same_size(world):
    """Other bytes of the same number, and the old time of modification."""
    found = [a for a in world.articles if a.source == MARKDOWN and world.is_plain(a)
             and f"{MARKDOWN}/{a.name}" in world.written]
    if not found:
        return None
    article = world.random.choice(found)
    path = f"{MARKDOWN}/{article.name}"
    status = os.stat(world.path(path))
    if world.written[path] != article.markdown().encode():
        return None
    last = article.sentences[-1]
    article.sentences[-1] = last[1] + last[0] + last[2:]
    content = article.markdown().encode()
    with open(world.path(path), "r+b") as file:
        file.write(content)
    os.utime(world.path(path), ns=(status.st_atime_ns, status.st_mtime_ns))
    world.written[path] = content
    return f"same size, same time: {path}"


def cache_lost(world):
    shutil.rmtree(world.path(".pindao"), ignore_errors=True)
    world.forgotten = True
    return "the state folder is lost"


def cache_file_lost(world):
    for name in ("cache.db", "cache.db-wal", "cache.db-shm", "cache.db-journal"):
        if os.path.exists(world.path(".pindao", name)):
            os.unlink(world.path(".pindao", name))
    world.forgotten = True
    return "the cache is lost"


def cache_damaged(world):
    path = world.path(".pindao", "cache.db")
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return None
    dice = randoms.Random(world.random.random())
    with open(path, "r+b") as file:
        size = os.path.getsize(path)
        for _ in range(dice.choice((1, 8, 200))):
            at = dice.randrange(size)
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes((byte ^ (1 << dice.randrange(8)),)))
        if dice.random() < 0.2:
            file.truncate(dice.randrange(size))
    world.forgotten = world.damaged = True
    return "the cache is damaged"


def cache_of_another_version(world):
    path = world.path(".pindao", "cache.db")
    if not os.path.exists(path):
        return None
    try:
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA user_version = 9999")
        database.close()
    except sqlite3.DatabaseError:
        return None
    world.forgotten = True
    return "the cache is of another version"


def previous_lost(world):
    shutil.rmtree(world.path(".public.stage"), ignore_errors=True)
    return "the previous tree is lost"


def full(world):
    if world.command != ["build"]:
        return None
    world.command = ["build", "--full"]
    world.forgotten = True
    return "a run with --full"


CHANGES = (
    (30, new_article), (6, late_article), (5, future_article), (7, twin_later), (5, twin_earlier), (2, same_id), (2, twin_of_withdrawn), (2, torn),
    (6, corrected_text), (2, corrected_line), (4, moved), (3, renamed), (3, broken), (4, mended), (2, held), (2, released),
    (4, deleted), (1, deleted_hidden), (2, vanished), (1, came_back), (3, withdrawn), (1, withdrawn_no_more), (2, withdrawn_by_editor),
    (3, withdrawn_by_command), (1, withdrawn_by_command_no_more), (4, correction), (3, correction_gone), (4, rule),
    (2, setting), (1, channel), (2, touched), (3, same_size), (1, cache_lost), (1, cache_file_lost), (2, cache_damaged),
    (1, cache_of_another_version), (2, previous_lost), (1, full),
)


def change(world):
    """One change at random, carried out in the world. What it was, or None."""
    if len(world.articles) >= MOST_ARTICLES and world.random.random() < 0.4:
        return world.random.choice((deleted, deleted_hidden))(world)
    functions, weights = [function for _, function in CHANGES], [weight for weight, _ in CHANGES]
    return world.random.choices(functions, weights)[0](world)
