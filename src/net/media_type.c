#include "net/media_type.h"

/* The value at the front of *rest, up to the next semicolon outside quotes; that semicolon goes too. */
static struct slice take_parameter(struct slice *rest) {
    bool is_quoted = false;
    size_t size = 0;
    for (; size < rest->size && (is_quoted || rest->data[size] != ';'); size++) {
        if (is_quoted && rest->data[size] == '\\' && size + 1 < rest->size)
            size++;
        else if (rest->data[size] == '"')
            is_quoted = !is_quoted;
    }
    struct slice parameter = slice_range(*rest, 0, size);
    *rest = slice_from(*rest, size + 1);
    return slice_trim(parameter);
}

static struct slice without_quotes(struct slice value) {
    char quote = value.size ? value.data[0] : '\0';
    if (quote != '"' && quote != '\'')
        return value;
    value = slice_from(value, 1);
    return slice_trim(slice_range(value, 0, slice_find_byte(value, quote, 0)));
}

struct media_type media_type_read(struct slice value) {
    struct media_type media_type = {.type = take_parameter(&value)};
    while (value.size && !media_type.charset.size) {
        struct slice parameter = take_parameter(&value);
        size_t mark = slice_find_byte(parameter, '=', 0);
        /* Blanks around the sign are not allowed, and met. */
        if (slice_equal_ignoring_case(slice_trim(slice_range(parameter, 0, mark)), SLICE("charset")))
            media_type.charset = without_quotes(slice_trim(slice_from(parameter, mark + 1)));
    }
    return media_type;
}

bool media_type_is(struct media_type type, struct slice wanted) {
    return slice_equal_ignoring_case(type.type, wanted);
}
