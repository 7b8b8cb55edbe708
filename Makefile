# pindao: make help says what there is.

V       ?= release
PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build/$(V)

# --- what is installed when it is missing -------------------------------------------------------------------
PACKAGES_BUILD := gcc libc6-dev make pkg-config libxml2-dev libyaml-dev libvectorscan-dev libpcre2-dev libsqlite3-dev \
                  libjson-c-dev libcmark-dev libxxhash-dev zlib1g-dev libssl-dev libopencc-dev opencc libutf8proc-dev tzdata
PACKAGES_TEST  := libcmocka-dev python3 python3-yaml libxml2-utils jq
PACKAGES_REAL  := newsboat valgrind clang clang-tidy clang-format cppcheck strace
PACKAGES_BENCH := ripgrep jq

# --- compiler -----------------------------------------------------------------------------------------------
CC       ?= gcc
# vectorscan is libhs to pkg-config, as Hyperscan is.
MODULES  := libxml-2.0 yaml-0.1 libhs libpcre2-8 sqlite3 json-c libcmark libxxhash zlib libcrypto libutf8proc
# Asked for once, and only where something is compiled: a bare machine has no pkg-config yet.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(MODULES)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $$(shell pkg-config --libs $(MODULES)))$(PKG_LIBS)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wformat=2 -Wvla -Wundef -Wcast-qual
# No -march: the binary runs on any machine of the architecture.
CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2
CFLAGS_san     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_debug   := -O0 -g
CFLAGS   ?= $(CFLAGS_$(V))
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE $(WARNINGS) $(WERROR) $(CFLAGS) -fstack-protector-strong -pthread \
             -Isrc -I$(BUILD)/generated -include base/banned.h $(PKG_CFLAGS)
ALL_LDFLAGS = $(LDFLAGS) $(CFLAGS) -pthread
LIBS      = $(PKG_LIBS) -lm

# --- sources: found, not listed -----------------------------------------------------------------------------
GENERATORS   := $(shell find src -name 'generate_*.c' | sort)
SOURCES      := $(filter-out src/main.c $(GENERATORS),$(shell find src -name '*.c' | sort))
OBJECTS      := $(SOURCES:src/%.c=$(BUILD)/%.o)
LIBRARY      := $(BUILD)/libpindao.a
UNIT_SOURCES := $(shell find tests/unit -name '*_test.c' 2>/dev/null | sort)
UNIT_TESTS   := $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/%)
FOLD_TABLE   := $(BUILD)/generated/text/fold_table.h

.PHONY: all run test test-real bench install uninstall clean help packages-build packages-test packages-real packages-bench \
        unit-tests bless format lint
.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

all: packages-build
	@$(MAKE) --no-print-directory $(BUILD)/pindao

$(BUILD)/pindao: $(BUILD)/main.o $(LIBRARY)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(LIBRARY): $(OBJECTS)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/%.o: src/%.c | $(FOLD_TABLE)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: tests/unit/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests -MMD -MP -MF $@.d $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) $(LIBS) -lcmocka

# The fold's table is made from OpenCC's dictionary and utf8proc's Unicode data, which are not ours to keep.
$(FOLD_TABLE): src/text/generate_fold_table.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE -O1 -Isrc -o $(BUILD)/generate_fold_table $< -lopencc -lutf8proc
	$(BUILD)/generate_fold_table > $@.new
	mv $@.new $@

unit-tests: $(UNIT_TESTS)

-include $(OBJECTS:.o=.d) $(BUILD)/main.d $(UNIT_TESTS:=.d)
