#include "store/cache.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * VERSION goes up whenever the table or the meaning of any value changes; the old cache is then set aside. The
 * application's number tells ours from any other SQLite file that somebody put here.
 */
enum { VERSION = 2, APPLICATION = 0x706E6461, BUSY_MILLISECONDS = 2000, VALUE_MOST = 512 * 1024 * 1024 };

struct cache {
    char *folder;
    char *path;
    struct diagnostics *diagnostics;
    sqlite3 *database;
    sqlite3_stmt *get;
    sqlite3_stmt *set;
    sqlite3_stmt *get_pack;
    sqlite3_stmt *set_pack;
    sqlite3_stmt *drop_pack;
    bool is_writable;
    bool in_transaction;
    bool was_set_aside; /* once a run is enough: a disk that damages it again would keep us here */
};

enum outcome {
    OUTCOME_READY,
    OUTCOME_DAMAGED, /* or not ours */
    OUTCOME_UNUSABLE,
};

static enum outcome outcome_of(int code) {
    switch (code & 0xFF) { /* without SQLite's extended part */
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return OUTCOME_READY;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_ERROR: /* as "no such table": the file is a database, but not this one */
        return OUTCOME_DAMAGED;
    default:
        return OUTCOME_UNUSABLE;
    }
}

static enum outcome execute(struct cache *cache, const char *statement) {
    return outcome_of(sqlite3_exec(cache->database, statement, NULL, NULL, NULL));
}

/* The one number that a statement gives. */
static enum outcome ask_number(struct cache *cache, const char *statement, int64_t *ret_number) {
    sqlite3_stmt *prepared = NULL;
    int code = sqlite3_prepare_v2(cache->database, statement, -1, &prepared, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(prepared);
    if (code == SQLITE_ROW)
        *ret_number = sqlite3_column_int64(prepared, 0);
    sqlite3_finalize(prepared);
    return outcome_of(code);
}

static enum outcome create_table(struct cache *cache) {
    char statements[1024];
    /* Packs are large, and read whole. */
    snprintf(statements, sizeof statements,
             "PRAGMA page_size = 32768; BEGIN IMMEDIATE;"
             "CREATE TABLE IF NOT EXISTS value(name TEXT PRIMARY KEY, hash INTEGER NOT NULL, bytes BLOB NOT NULL);"
             "CREATE TABLE IF NOT EXISTS pack(bucket INTEGER NOT NULL, part INTEGER NOT NULL, hash INTEGER NOT NULL,"
             " facts BLOB NOT NULL, records BLOB NOT NULL, sketches BLOB NOT NULL, UNIQUE(bucket, part));"
             "PRAGMA application_id = %d; PRAGMA user_version = %d;"
             "COMMIT",
             APPLICATION, VERSION);
    return execute(cache, statements);
}

static enum outcome prepare(struct cache *cache) {
    const struct {
        sqlite3_stmt **statement;
        const char *text;
    } statements[] = {
        {&cache->get, "SELECT hash, bytes FROM value WHERE name = ?1"},
        {&cache->set, "INSERT OR REPLACE INTO value(name, hash, bytes) VALUES(?1, ?2, ?3)"},
        {&cache->get_pack, "SELECT bucket, part, hash, facts, records, sketches FROM pack"
                           " WHERE bucket = ?1 AND part = ?2"},
        {&cache->set_pack, "INSERT OR REPLACE INTO pack(bucket, part, hash, facts, records, sketches)"
                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"},
        {&cache->drop_pack, "DELETE FROM pack WHERE bucket = ?1 AND part = ?2"},
    };
    int code = SQLITE_OK;
    for (size_t i = 0; i < ARRAY_LENGTH(statements) && code == SQLITE_OK; i++)
        code = sqlite3_prepare_v3(cache->database, statements[i].text, -1, SQLITE_PREPARE_PERSISTENT,
                                  statements[i].statement, NULL);
    return outcome_of(code);
}

/* Ours and of this version, or empty and made so. */
static enum outcome check_version(struct cache *cache) {
    int64_t application = 0;
    int64_t version = 0;
    int64_t tables = 0;
    enum outcome outcome = ask_number(cache, "SELECT count(*) FROM sqlite_schema", &tables);
    if (outcome == OUTCOME_READY)
        outcome = ask_number(cache, "PRAGMA application_id", &application);
    if (outcome == OUTCOME_READY)
        outcome = ask_number(cache, "PRAGMA user_version", &version);
    if (outcome != OUTCOME_READY)
        return outcome;
    if (application == APPLICATION && version == VERSION)
        return OUTCOME_READY;
    if (application || version || tables)
        return OUTCOME_DAMAGED;
    return cache->is_writable ? create_table(cache) : OUTCOME_UNUSABLE;
}

/* A new one belongs to whom its folder belongs to. It stays as it is where that cannot be. */
static int open_database(const struct cache *cache) {
    int flags = O_RDWR | O_CLOEXEC;
    int descriptor = open(cache->path, flags | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return errno == EEXIST ? open(cache->path, flags) : -1;
    CLEANUP(file_close) int folder = open(cache->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct owner owner = owner_of(folder);
    if (!owner_give(&owner, descriptor))
        file_close(&descriptor);
    return descriptor;
}

/*
 * SQLite would create the file for everybody to read, so we do; its journal takes the file's mode. No write-ahead
 * log: it needs a writable folder even to read.
 */
static enum outcome start(struct cache *cache) {
    int descriptor = open_database(cache);
    /* The folder too, for the journal. */
    cache->is_writable = descriptor >= 0 && faccessat(AT_FDCWD, cache->folder, W_OK, AT_EACCESS) == 0;
    file_close(&descriptor);
    int flags = cache->is_writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int code = sqlite3_open_v2(cache->path, &cache->database, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return OUTCOME_UNUSABLE;
    sqlite3_busy_timeout(cache->database, BUSY_MILLISECONDS);
    sqlite3_db_config(cache->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    /*
     * Not synced: a power cut may damage the cache, which is then found out and begun anew; a kill does not. What is
     * deleted is overwritten: messages quote titles, and a withdrawn article must be gone.
     */
    enum outcome outcome = execute(cache, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
                                          "PRAGMA synchronous = OFF; PRAGMA secure_delete = ON");
    if (outcome == OUTCOME_READY)
        outcome = check_version(cache);
    /*
     * Rows are read and written once a run: pages kept in memory would serve nobody. Said when pages have their size,
     * for SQLite counts in pages of the size there is.
     */
    if (outcome == OUTCOME_READY)
        outcome = execute(cache, "PRAGMA cache_size = -1024");
    return outcome == OUTCOME_READY ? prepare(cache) : outcome;
}

static void stop(struct cache *cache) {
    sqlite3_finalize(cache->get);
    sqlite3_finalize(cache->set);
    sqlite3_finalize(cache->get_pack);
    sqlite3_finalize(cache->set_pack);
    sqlite3_finalize(cache->drop_pack);
    sqlite3_close(cache->database); /* rolls back what was not committed */
    cache->get = cache->set = cache->get_pack = cache->set_pack = cache->drop_pack = NULL;
    cache->database = NULL;
    cache->in_transaction = false;
}

/* The path with `ending` behind it. */
static const char *path_with(struct cache *cache, struct buf *buf, const char *ending) {
    buf_clear(buf);
    buf_append_string(buf, cache->path);
    buf_append_string(buf, ending);
    return buf_string(buf);
}

/* true when a new one is open. The journal goes too: SQLite would play the old file's into the new one. */
static bool begin_anew(struct cache *cache) {
    stop(cache);
    if (!cache->is_writable || cache->was_set_aside)
        return false;
    cache->was_set_aside = true;
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    if (rename(cache->path, path_with(cache, &path, ".damaged")) != 0)
        return false;
    struct place place = {.file = slice_of(cache->path)};
    diag_report(cache->diagnostics, DIAGNOSTIC_CACHE_SET_ASIDE, place, "%s", buf_string(&path));
    static const char *const endings[] = {"-journal", "-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_LENGTH(endings); i++)
        unlink(path_with(cache, &path, endings[i]));
    if (start(cache) == OUTCOME_READY)
        return true;
    stop(cache);
    return false;
}

struct cache *cache_open(const char *folder, struct diagnostics *diagnostics) {
    if (!owner_make_folder(folder))
        return NULL;
    struct cache *cache = memory_new(sizeof *cache);
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    buf_append_format(&path, "%s/cache.db", folder);
    cache->folder = memory_copy_string(folder);
    cache->path = memory_copy_string(buf_string(&path));
    cache->diagnostics = diagnostics;
    enum outcome outcome = start(cache);
    if (outcome == OUTCOME_READY || (outcome == OUTCOME_DAMAGED && begin_anew(cache)))
        return cache;
    cache_close(cache);
    return NULL;
}

void cache_close(struct cache *cache) {
    if (!cache)
        return;
    if (cache->in_transaction)
        (void)execute(cache, "COMMIT");
    stop(cache);
    free(cache->folder);
    free(cache->path);
    free(cache);
}

/* The name is hashed with the bytes: a page in the wrong place may hold another value, whole. */
static int64_t hash_of(const char *name, struct slice bytes) {
    return (int64_t)(hash64(bytes) ^ hash64(slice_of(name)));
}

/* After a call that went wrong: a damaged cache is begun anew, any other trouble ends its use for this run. */
static void give_up(struct cache *cache, enum outcome outcome) {
    if (outcome == OUTCOME_READY)
        return;
    if (outcome != OUTCOME_DAMAGED || !begin_anew(cache))
        stop(cache);
}

bool cache_get(struct cache *cache, const char *name, struct buf *value) {
    if (!cache || !cache->database)
        return false;
    sqlite3_bind_text(cache->get, 1, name, -1, SQLITE_STATIC);
    int code = sqlite3_step(cache->get);
    enum outcome outcome = outcome_of(code);
    bool found = false;
    if (code == SQLITE_ROW) {
        int64_t hash = sqlite3_column_int64(cache->get, 0);
        const char *data = sqlite3_column_blob(cache->get, 1);
        struct slice bytes = {data, (size_t)sqlite3_column_bytes(cache->get, 1)};
        if (hash == hash_of(name, bytes)) {
            buf_append_slice(value, bytes);
            found = !value->failed;
        } else {
            outcome = OUTCOME_DAMAGED;
        }
    }
    sqlite3_reset(cache->get);
    sqlite3_clear_bindings(cache->get);
    give_up(cache, outcome);
    return found;
}

/* Until cache_commit, every change is in one transaction. */
static enum outcome begin_change(struct cache *cache) {
    enum outcome outcome = cache->in_transaction ? OUTCOME_READY : execute(cache, "BEGIN IMMEDIATE");
    cache->in_transaction = cache->in_transaction || outcome == OUTCOME_READY;
    return outcome;
}

static bool may_change(const struct cache *cache) {
    return cache && cache->database && cache->is_writable;
}

static void bind_blob(sqlite3_stmt *statement, int number, struct slice bytes) {
    sqlite3_bind_blob64(statement, number, bytes.data ? bytes.data : "", bytes.size, SQLITE_STATIC);
}

/* Its outcome; the statement is ready for the next time. */
static enum outcome run_once(sqlite3_stmt *statement) {
    enum outcome outcome = outcome_of(sqlite3_step(statement));
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return outcome;
}

void cache_set(struct cache *cache, const char *name, struct slice value) {
    if (!may_change(cache) || value.size > VALUE_MOST)
        return;
    enum outcome outcome = begin_change(cache);
    if (outcome == OUTCOME_READY) {
        sqlite3_bind_text(cache->set, 1, name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(cache->set, 2, hash_of(name, value));
        bind_blob(cache->set, 3, value);
        outcome = run_once(cache->set);
    }
    give_up(cache, outcome);
}

/* --- packs -------------------------------------------------------------------------------------------------- */

static int64_t hash_of_pack(const struct cache_pack *pack) {
    uint64_t hash = pack->bucket * 31 + pack->part;
    for (size_t i = 0; i < CACHE_BLOBS; i++)
        hash = hash * 0x9E3779B97F4A7C15u ^ hash64(pack->blobs[i]);
    return (int64_t)hash;
}

enum { COLUMN_BUCKET, COLUMN_PART, COLUMN_HASH, COLUMN_BLOBS };

static enum outcome take_rows(sqlite3_stmt *statement, void (*take)(void *context, const struct cache_pack *pack),
                              void *context) {
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct cache_pack pack = {.bucket = (uint64_t)sqlite3_column_int64(statement, COLUMN_BUCKET),
                                  .part = (uint32_t)sqlite3_column_int64(statement, COLUMN_PART)};
        for (int i = 0; i < CACHE_BLOBS; i++) {
            const char *data = sqlite3_column_blob(statement, COLUMN_BLOBS + i);
            pack.blobs[i] = (struct slice){data ? data : "", (size_t)sqlite3_column_bytes(statement, COLUMN_BLOBS + i)};
        }
        if (hash_of_pack(&pack) != sqlite3_column_int64(statement, COLUMN_HASH))
            return OUTCOME_DAMAGED;
        take(context, &pack);
    }
    return outcome_of(code);
}

bool cache_each_pack(struct cache *cache, void (*take)(void *context, const struct cache_pack *pack), void *context) {
    sqlite3_stmt *each = NULL;
    if (!cache || !cache->database)
        return true;
    enum outcome outcome = outcome_of(sqlite3_prepare_v2(
        cache->database, "SELECT bucket, part, hash, facts, records, sketches FROM pack", -1, &each, NULL));
    if (outcome == OUTCOME_READY)
        outcome = take_rows(each, take, context);
    sqlite3_finalize(each);
    give_up(cache, outcome);
    return outcome == OUTCOME_READY;
}

void cache_get_pack(struct cache *cache, uint64_t bucket, uint32_t part,
                    void (*take)(void *context, const struct cache_pack *pack), void *context) {
    if (!cache || !cache->database)
        return;
    sqlite3_bind_int64(cache->get_pack, 1, (int64_t)bucket);
    sqlite3_bind_int64(cache->get_pack, 2, part);
    enum outcome outcome = take_rows(cache->get_pack, take, context);
    sqlite3_reset(cache->get_pack);
    sqlite3_clear_bindings(cache->get_pack);
    give_up(cache, outcome);
}

void cache_set_pack(struct cache *cache, const struct cache_pack *pack) {
    if (!may_change(cache))
        return;
    enum outcome outcome = begin_change(cache);
    if (outcome == OUTCOME_READY) {
        sqlite3_bind_int64(cache->set_pack, COLUMN_BUCKET + 1, (int64_t)pack->bucket);
        sqlite3_bind_int64(cache->set_pack, COLUMN_PART + 1, pack->part);
        sqlite3_bind_int64(cache->set_pack, COLUMN_HASH + 1, hash_of_pack(pack));
        for (int i = 0; i < CACHE_BLOBS; i++)
            bind_blob(cache->set_pack, COLUMN_BLOBS + i + 1, pack->blobs[i]);
        outcome = run_once(cache->set_pack);
    }
    give_up(cache, outcome);
}

void cache_drop_pack(struct cache *cache, uint64_t bucket, uint32_t part) {
    if (!may_change(cache))
        return;
    enum outcome outcome = begin_change(cache);
    if (outcome == OUTCOME_READY) {
        sqlite3_bind_int64(cache->drop_pack, 1, (int64_t)bucket);
        sqlite3_bind_int64(cache->drop_pack, 2, part);
        outcome = run_once(cache->drop_pack);
    }
    give_up(cache, outcome);
}

void cache_commit(struct cache *cache) {
    if (!may_change(cache) || !cache->in_transaction)
        return;
    enum outcome outcome = execute(cache, "COMMIT");
    cache->in_transaction = sqlite3_get_autocommit(cache->database) == 0;
    /* Who has to wait for a reader commits when it is closed. */
    if (outcome != OUTCOME_UNUSABLE || !cache->in_transaction)
        give_up(cache, outcome);
    if (cache->database)
        sqlite3_db_release_memory(cache->database);
}

void cache_clear(struct cache *cache) {
    if (!may_change(cache))
        return;
    enum outcome outcome = begin_change(cache);
    if (outcome == OUTCOME_READY)
        outcome = execute(cache, "DELETE FROM value WHERE name NOT GLOB 'past/*'; DELETE FROM pack");
    give_up(cache, outcome);
}
