/*
 * generate [--addresses] FOLDER ARTICLES WORDS [FIRST DATE]: the bench corpus, the same bytes on every machine; with
 * FIRST, articles that come later, numbered from there and all of one date, and nothing but them. With --addresses each
 * has an address of its own elsewhere, as those of most sources do.
 *
 * FOLDER gets articles.jsonl (about 2.6 KB an article, as the real ones), feeds.yaml (18 × 16 channels and those above
 * them) and words.list (one a line, for other tools). An article is about one or two districts and one or two topics,
 * whose words it repeats, names a few others in passing, and is filler for the rest: about as many matches as in the
 * real material.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TERMS_MOST = 64, WORDS_MOST = 320, FIRST_DAY = 19358 /* 2023-01-01 */, DAYS = 1095 };

struct bench_term {
    char taxonomy[16], id[32], label[64];
    char words[WORDS_MOST][64];
    int count;
};

static struct bench_term terms[TERMS_MOST];
static int term_count;
static int first_topic;
static bool has_addresses;
static uint64_t state = 0x9e3779b97f4a7c15;

/* xorshift64*: small, known, the same everywhere. */
static uint32_t draw(uint32_t below) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 0x2545f4914f6cdd1d) >> 33) % below;
}

static const char *const filler[] = {
    "有关负责人", "表示",   "目前", "已经", "完成",   "推进", "项目", "服务",     "企业",   "工作", "近日",
    "举行",       "进一步", "围绕", "重点", "加快",   "建设", "提升", "能力",     "水平",   "形成", "机制",
    "部门",       "单位",   "参加", "现场", "介绍",   "预计", "年底", "今年以来", "同时",   "此外", "记者",
    "了解到",     "通过",   "方式", "提供", "支持",   "帮助", "解决", "问题",     "需求",   "居民", "员工",
    "团队",       "经验",   "做法", "方案", "措施",   "落实", "责任", "协调",     "联合",   "开展", "活动",
    "平台",       "资源",   "优势", "发挥", "作用",   "带动", "周边", "发展",     "产品",   "市场", "客户",
    "生产",       "设备",   "车间", "仓库", "道路",   "公园", "河道", "楼宇",     "社区",   "街道", "乡镇",
    "中心",       "窗口",   "流程", "材料", "时间",   "缩短", "小时", "以上",     "达到",   "增长", "百分之",
    "三分之一",   "左右",   "其中", "首批", "第二批", "陆续", "投入", "使用",     "运营",   "管理", "维护",
    "检查",       "整改",   "验收", "评估", "结果",   "显示", "明显", "改善",     "下一步", "将",   "继续",
    "的",         "了",     "在",   "和",   "与",     "对",   "从",   "为",       "以",
};

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void read_words(const char *path) {
    static char line[1 << 16];
    FILE *file = fopen(path, "r");
    if (!file)
        die(path);
    while (fgets(line, sizeof line, file)) {
        struct bench_term *term = &terms[term_count];
        int used = 0;
        if (line[0] == '#' || sscanf(line, "%15s %31s %63s%n", term->taxonomy, term->id, term->label, &used) != 3)
            continue;
        for (char *at = line + used;
             term->count < WORDS_MOST && sscanf(at, "%63s%n", term->words[term->count], &used) == 1; at += used)
            term->count++;
        if (strcmp(term->taxonomy, "district") == 0)
            first_topic = term_count + 1;
        term_count++;
    }
    fclose(file);
}

static const char *word_of(int term) {
    return terms[term].words[draw((uint32_t)terms[term].count)];
}

struct subject {
    int districts[2], topics[2];
    uint32_t district_count, topic_count;
};

static struct subject draw_subject(void) {
    struct subject subject;
    subject.district_count = draw(10) ? 1 : 2;
    subject.topic_count = draw(4) ? 1 : 2;
    for (int i = 0; i < 2; i++) {
        subject.districts[i] = (int)draw((uint32_t)first_topic);
        subject.topics[i] = first_topic + (int)draw((uint32_t)(term_count - first_topic));
    }
    return subject;
}

static const char *draw_word(const struct subject *subject) {
    uint32_t what = draw(100);
    if (what < 4)
        return word_of(subject->districts[draw(subject->district_count)]);
    if (what < 8)
        return word_of(subject->topics[draw(subject->topic_count)]);
    if (what == 8)
        return word_of((int)draw((uint32_t)term_count));
    return filler[draw(sizeof filler / sizeof filler[0])];
}

static size_t put_sentences(FILE *file, const struct subject *subject, size_t bytes) {
    size_t written = 0;
    while (written < bytes) {
        uint32_t words = 8 + draw(14);
        for (uint32_t i = 0; i < words; i++) {
            const char *word = draw_word(subject);
            written += strlen(word);
            fputs(word, file);
            if (i + 1 < words && draw(6) == 0)
                fputs("，", file);
        }
        fputs("。", file);
    }
    return written;
}

/* `only`: the date of all; NULL: each its own. */
static void put_article(FILE *file, uint32_t number, const char *only) {
    struct subject subject = draw_subject();
    time_t day = (time_t)(FIRST_DAY + draw(DAYS)) * 86400;
    char date[16];
    struct tm parts;
    gmtime_r(&day, &parts);
    strftime(date, sizeof date, "%Y-%m-%d", &parts);
    fprintf(file, "{\"id\": \"bench-%u\", \"title\": \"%s%s%s%s（%u）\", \"date\": \"%s\", \"source\": \"基准\", ",
            number, word_of(subject.districts[0]), filler[draw(60)], word_of(subject.topics[0]), filler[draw(60)],
            number, only ? only : date);
    if (has_addresses)
        fprintf(file, "\"url\": \"https://news.example.com/%u.html\", ", number);
    fputs("\"body\": \"", file);
    put_sentences(file, &subject, 260);
    for (uint32_t paragraphs = 4 + draw(2); paragraphs; paragraphs--) {
        fputs("\\n", file);
        put_sentences(file, &subject, 372);
    }
    fputs("\"}\n", file);
}

static FILE *create(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file)
        die(path);
    return file;
}

static void finish(FILE *file) {
    if (fclose(file) != 0)
        die("generate");
}

static void put_rules(FILE *file, const char *taxonomy, const char *label) {
    fprintf(file, "  %s:\n    label: %s\n    score: {min: 2, share: 0.15, of_best: 0.4}\n    terms:\n", taxonomy,
            label);
    for (int i = 0; i < term_count; i++) {
        if (strcmp(terms[i].taxonomy, taxonomy) != 0)
            continue;
        fprintf(file, "      %s:\n        label: %s\n        words:", terms[i].id, terms[i].label);
        for (int word = 0; word < terms[i].count; word++)
            fprintf(file, " %s", terms[i].words[word]);
        fputc('\n', file);
    }
}

static void put_configuration(const char *folder) {
    FILE *file = create(folder, "feeds.yaml");
    fputs("site: {title: 基准, url: 'https://feeds.example.org/', tag: 'feeds.example.org,2026'}\n"
          "sources:\n  - {files: articles.jsonl, append: true}\n"
          "channels:\n  - {path: /, title: 全部, all: true}\n  - {path: '/{district}/', each: [district]}\n"
          "  - {path: '/topic/{topic}/', each: [topic]}\n"
          "  - {path: '/{district}/{topic}/', each: [district, topic], items: 20, list_from: 3}\n"
          "output: {directory: public, formats: [atom, rss, json], items: 50, days: 7, max_bytes: 500k}\n"
          "taxonomies:\n",
          file);
    put_rules(file, "district", "区");
    put_rules(file, "topic", "主题");
    finish(file);
}

int main(int argc, char **argv) {
    has_addresses = argc > 1 && strcmp(argv[1], "--addresses") == 0;
    argc -= has_addresses;
    argv += has_addresses;
    if (argc != 4 && argc != 6) {
        fputs("usage: generate [--addresses] FOLDER ARTICLES WORDS [FIRST DATE]\n", stderr);
        return 64;
    }
    read_words(argv[3]);
    FILE *articles = create(argv[1], "articles.jsonl");
    uint32_t count = (uint32_t)strtoul(argv[2], NULL, 10);
    uint32_t first = argc == 6 ? (uint32_t)strtoul(argv[4], NULL, 10) : 1;
    /* Others than those of the corpus, which has begun with 1. */
    state += first - 1;
    for (uint32_t i = 0; i < count; i++)
        put_article(articles, first + i, argc == 6 ? argv[5] : NULL);
    finish(articles);
    if (argc == 6)
        return 0;
    FILE *list = create(argv[1], "words.list");
    for (int i = 0; i < term_count; i++)
        for (int word = 0; word < terms[i].count; word++)
            fprintf(list, "%s\n", terms[i].words[word]);
    finish(list);
    put_configuration(argv[1]);
    return 0;
}
