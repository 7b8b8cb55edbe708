"""variants.py FOLDER SHARED: a site of articles, copies of them, and articles that only look like copies.

Every article's address is https://GROUP.example.org/KIND: articles of one group are copies of the one whose kind is
"original"; those of different groups are different news. All are dated within a week, the originals first. What is drawn
is drawn by hashes of names: the same on every machine.
"""
import hashlib
import json
import os
import re
import subprocess
import sys

folder, shared = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def draw(below, *names):
    digest = hashlib.sha256('/'.join(map(str, names)).encode()).digest()
    return int.from_bytes(digest[:8], 'big') % below


def sentences(text):
    return [s for s in re.split(r'(?<=[。！？\n])', text) if s]


# --- what there is ----------------------------------------------------------------------------------------------

def originals():
    seeds = os.path.join(shared, 'gold', 'seeds_clean.jsonl')
    if os.path.exists(seeds):
        for line in open(seeds, encoding='utf-8'):
            row = json.loads(line)
            yield 'seed-' + row['id'].lower(), row['title_simplified'] or row['title'], row['text_simplified'] or row['text']
    for path, _, names in sorted(os.walk(os.path.join(ROOT, 'articles'))):
        for name in sorted(n for n in names if n.endswith('.md')):
            _, head, body = open(os.path.join(path, name), encoding='utf-8').read().split('---\n', 2)
            yield 'sample-' + name[:-3], re.search(r'^title: *(.*)$', head, re.M).group(1).strip('"\''), body.strip()
    for number, line in enumerate(open(os.path.join(ROOT, 'articles', 'archive.jsonl'), encoding='utf-8')):
        row = json.loads(line)
        yield 'archive-%d' % number, row['headline'], row['content']
    for line in open(os.path.join(ROOT, 'tests', 'rules', 'labelled.jsonl'), encoding='utf-8'):
        row = json.loads(line)
        yield 'labelled-' + row['id'], row['title'], row['body']


# --- copies -----------------------------------------------------------------------------------------------------

SYNONYMS = [line.split() for line in open(os.path.join(HERE, 'synonyms.txt'), encoding='utf-8') if line[0] != '#']
READINGS = dict(re.findall(r'(\S)(\w+)', '經jīng 濟jì 發fā 業yè 區qū 產chǎn 國guó 會huì 開kāi 長zhǎng 個gè 為wéi 來lái 們men 時shí 對duì '
                           '學xué 與yǔ 動dòng 關guān 電diàn 實shí 現xiàn 設shè 還hái 過guò 應yīng 點diǎn 機jī 見jiàn 務wù 場chǎng 項xiàng 進jìn '
                           '這zhè 說shuō 東dōng 樓lóu 萬wàn 億yì 將jiāng 後hòu 裡lǐ 從cóng 農nóng 圍wéi'))
HEADS = ['', '', '字号：大 中 小 打印本页\n', '来源：本站整理 编辑：小林 浏览次数：318\n', '【摘要】\n']
FEET = [
    '免责声明：本文转自其他媒体，目的在于传递更多信息，并不代表本网赞同其观点。如涉及版权问题，请在三十日内与我们联系，电话 021-55550000。',
    '更多资讯请关注我们的公众号“园区早知道”，回复“选址”领取最新厂房目录，咨询热线四百零八，专人一对一服务，全程不收取任何费用。',
    '上一篇：园区厂房招租信息汇总 下一篇：注册公司需要哪些材料 相关推荐：一般纳税人怎么申请、税收优惠有哪些、企业如何选址、返税怎么算',
]
TITLES = ['这件事终于有了新进展，很多人还不知道', '记者走访：变化就在家门口', '刚刚传来的消息，看看和你有没有关系', '一线观察｜老办法碰上新问题',
          '本周要闻：几个数字说明了什么', '身边的新鲜事']


def spun(text, name, share):
    done = []
    for number, sentence in enumerate(sentences(text)):
        if draw(100, name, 'spin', number) < share:
            for old, new in SYNONYMS:
                if old in sentence:
                    sentence = sentence.replace(old, new, 1)
        done.append(sentence)
    return ''.join(done)


def cut(text, begin, end):
    return text[int(len(text) * begin):int(len(text) * end)]


def reordered(text, name):
    parts = text.split('\n') if text.count('\n') >= 3 else sentences(text)
    join = '\n' if text.count('\n') >= 3 else ''
    return join.join(sorted(parts[1:], key=lambda s: draw(1 << 32, name, s)) + parts[:1])


def noisy(traditional, name):
    """As the copy sites made them: readings behind characters, and here and there two bytes of four lost."""
    done = []
    at = 0
    while at < len(traditional):
        done.append(traditional[at] + ('(%s)' % READINGS[traditional[at]] if traditional[at] in READINGS else ''))
        at += 1
        if draw(70, name, 'loss', at) == 0:
            done.append('??')
            at += 2
    return ''.join(done)


def copies(name, title, text):
    foot = FEET[draw(len(FEET), name, 'foot')]
    head = HEADS[draw(len(HEADS), name, 'head')]
    other = TITLES[draw(len(TITLES), name, 'title')]
    yield 'same', title, text
    yield 'retitled', other, text
    # What is left of a short note is no article.
    if len(text) >= 150:
        yield 'cut-front', title, cut(text, 0, 0.4)
        yield 'cut-middle', other, cut(text, 0.3, 0.7)
    yield 'foot', title, head + text + '\n' + foot
    yield 'spun-15', title, spun(text, name, 15)
    yield 'spun-30', spun(title, name, 100), spun(text, name, 30)
    yield 'reordered', title, reordered(text, name)
    if len(text) >= 300:
        yield 'cut-foot', other, head + cut(text, 0, 0.5) + '\n' + foot
    yield 'spun-foot', other, head + spun(text, name, 30) + '\n' + foot
    yield 'paragraphs', title, text.replace('\n', ' ').replace('，', ',').replace('。', '。\n')


# --- no copies --------------------------------------------------------------------------------------------------

DISTRICTS = '黄浦 徐汇 长宁 静安 普陀 虹口 杨浦 闵行 宝山 嘉定 浦东 金山 松江 青浦 奉贤 崇明'.split()


def other_figures(text, name):
    def other(match):
        digits = match.group(0)
        for salt in range(9):
            drawn = ''.join(str(draw(9, name, match.start(), salt, i) + 1) for i in range(len(digits)))
            if drawn != digits:
                return drawn
    return re.sub(r'\d+', other, text)


def near_misses(name, title, text):
    """What the next year, or the neighbour, makes of the same text."""
    figures = re.findall(r'\d+', text)
    if len(figures) >= 3:
        yield 'figures', other_figures(title, name), other_figures(text, name)
    for district in DISTRICTS:
        if (title + text).count(district) >= 2 and title.count(district):
            other = DISTRICTS[(DISTRICTS.index(district) + 1 + draw(14, name)) % 16]
            if other not in text:
                yield 'district', title.replace(district, other), text.replace(district, other)
                return


def forms():
    """Families of notices; every member is news of its own."""
    for family, title, body, members in json.load(open(os.path.join(HERE, 'forms.json'), encoding='utf-8')):
        for number, values in enumerate(members):
            yield 'form-%s-%d' % (family, number), title.format(*values), body.format(*values)


# --- the site ---------------------------------------------------------------------------------------------------

def converted(texts, how):
    """Line by line through OpenCC; line feeds stand as U+2028 meanwhile."""
    whole = '\n'.join(t.replace('\n', '\u2028') for t in texts)
    done = subprocess.run(['opencc', '-c', how], input=whole, capture_output=True, check=True, text=True).stdout
    return [t.replace('\u2028', '\n') for t in done.rstrip('\n').split('\n')]


rows = []


def put(group, kind, day, title, body):
    group = re.sub(r'[^a-z0-9-]', '-', group)
    rows.append({'url': 'https://%s.example.org/%s' % (group, kind), 'title': title, 'body': body,
                 'date': '2026-11-%02d %02d:00' % (day, 1 + len(rows) % 20)})


bases = list(originals())
simplified = converted([t for _, title, text in bases for t in (title, text)], 't2s')
bases = [(name, simplified[2 * i], simplified[2 * i + 1]) for i, (name, _, _) in enumerate(bases)]
traditional = converted([text for _, _, text in bases], 's2t')
for (name, title, text), other in zip(bases, traditional):
    put(name, 'original', 10, title, text)
    for kind, copy_title, copy_text in copies(name, title, text):
        put(name, kind, 11 + draw(5, name, kind), copy_title, copy_text)
    put(name, 'traditional', 12, title, other)
    put(name, 'noise', 13, title, noisy(other, name))
    for kind, miss_title, miss_text in near_misses(name, title, text):
        put(name + '-' + kind, 'original', 14, miss_title, miss_text)
for name, title, text in forms():
    put(name, 'original', 11 + draw(4, name), title, text)
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, 'articles.jsonl'), 'w', encoding='utf-8') as out:
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False) + '\n')
