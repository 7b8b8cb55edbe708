"""figures.py FEED ARTICLES: what was merged, by kind. Prints figures and, at the end, what went wrong."""
import collections
import json
import re
import sys

entry_of = {}
for number, item in enumerate(json.load(open(sys.argv[1], encoding='utf-8'))['items']):
    for url in [item['url']] + item.get('_pindao', {}).get('related', []):
        entry_of[url] = number
groups_of = collections.defaultdict(set)
found = collections.Counter()
wanted = collections.Counter()
missed = []
for line in open(sys.argv[2], encoding='utf-8'):
    url = json.loads(line)['url']
    group, kind = re.match(r'https://(.*)\.example\.org/(.*)', url).groups()
    groups_of[entry_of[url]].add(group)
    if kind == 'original':
        original = entry_of[url]
        continue
    good = entry_of[url] == original
    wanted[kind] += 1
    found[kind] += good
    if not good:
        missed.append(url)
all_groups = set().union(*groups_of.values())
false = [groups for groups in groups_of.values() if len(groups) > 1]
for kind in wanted:
    print('figure near-duplicates %s: %d of %d' % (kind, found[kind], wanted[kind]))
share = sum(found.values()) / sum(wanted.values())
misses = sum(1 for group in all_groups if re.search('^form-|-(figures|district)$', group))
print('figure near-duplicates: %.2f%% of %d true pairs merged, %d false merges of %d articles and %d near misses'
      % (100 * share, sum(wanted.values()), len(false), len(all_groups) - misses, misses))
print(('ok' if share >= 0.95 else 'not ok') + ' at least 95% of true pairs are merged')
print(('ok' if not false else 'not ok') + ' nothing is merged that is not a copy')
for groups in false:
    print('# merged: ' + ', '.join(sorted(groups)))
if '-v' in sys.argv:
    for url in missed:
        print('# missed: ' + url)
