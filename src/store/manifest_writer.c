#include "store/manifest.h"

#include "json/writer.h"

static void write_file(struct json_writer *json, const struct tree_file *file) {
    char hex[SHA256_HEX_SIZE + 1];
    sha256_hex(&file->hash, hex);
    json_open_object(json);
    json_key(json, "path");
    json_string(json, file->path);
    json_key(json, "size");
    json_unsigned(json, file->size);
    json_key(json, "sha256");
    json_string(json, slice_of(hex));
    json_key(json, "type");
    json_string(json, file->type);
    if (file->is_feed) {
        json_key(json, "entries");
        json_unsigned(json, file->entries);
    }
    json_close(json);
}

void manifest_write(const struct tree *tree, struct buf *buf) {
    struct json_writer json = json_writer_on(buf);
    json_open_object(&json);
    json_key(&json, "files");
    json_open_array(&json);
    for (size_t i = 0; i < tree->files.count; i++)
        write_file(&json, &tree->files.items[i]);
    json_close(&json);
    if (tree->pending.count) {
        json_key(&json, "pending");
        json_open_array(&json);
        for (size_t i = 0; i < tree->pending.count; i++)
            json_string(&json, tree->pending.items[i]);
        json_close(&json);
    }
    if (tree->run.size) {
        json_key(&json, "run");
        json_string(&json, tree->run);
    }
    json_close(&json);
}
