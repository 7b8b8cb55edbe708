# A small site for the tests of real servers: some articles in two districts, ten files or so.

# FILE NUMBER…: articles as JSON Lines, always the same text for a number; a number with "!" has another text.
articles_write() {
    python3 - "$@" <<'P'
import json, random, sys
words = '园区 企业 项目 投资 产业 芯片 医药 街道 会议 政策 服务 平台 创新 研发 金融 物流 港口 汽车 能源 数据 人才 签约 落地'.split()
with open(sys.argv[1], 'w', encoding='utf-8') as out:
    for name in sys.argv[2:]:
        number = int(name.rstrip('!'))
        pick = random.Random(number)
        body = ''.join(''.join(pick.choice(words) for _ in range(pick.randint(5, 9))) + '。' for _ in range(14))
        if name.endswith('!'):
            body = '更正：' + body
        article = {'url': 'https://news.example.net/%d' % number, 'title': '第%d条消息：园区企业项目' % number,
                   'body': body, 'date': '2026-11-%02d %02d:00' % (number // 20 + 1, number % 20), 'district': ['putuo', 'jingan'][number % 2]}
        out.write(json.dumps(article, ensure_ascii=False) + '\n')
P
}
# FOLDER URL [LINES of feeds.yaml [LINES of site:]]
site_make() {
    mkdir -p "$1/in" "$1/extra"
    cat >"$1/feeds.yaml" <<Y
site:
  title: 试
  url: $2
  tag: 'feeds.pindao.test,2026'
  language: zh-CN
  timezone: Asia/Shanghai
${4:-}
sources:
${sources:-  - files: 'in/*.jsonl'}
taxonomies:
  district:
    label: 区
    terms: {putuo: {label: 普陀区}, jingan: {label: 静安区}}
channels:
  - {path: /, title: 全部, all: true, items: 30}
  - {path: '/{district}/', each: [district], items: 8, days: 1, archive: day}
output: {directory: public, formats: [atom, rss, json]}
duplicates: no
${3:-}
Y
}
# FOLDER ARGUMENT…: pindao there, at a time behind all articles.
pindao() {
    local folder=$1 command=$2
    shift 2
    case $command in
    build | withdraw) set -- --now 2026-11-22T08:00:00+08:00 "$@" ;;
    esac
    "$program" "$command" --config "$folder/feeds.yaml" "$@"
}
