# pindao: make help says what there is.

VERSION := 0.1.0
V       ?= release
PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build/$(V)
# Where systemd looks for units, also below /usr/local.
UNITS   := $(PREFIX)/lib/systemd/system

# --- what is installed when it is missing -------------------------------------------------------------------
PACKAGES_BUILD := gcc libc6-dev make pkg-config libxml2-dev libyaml-dev libvectorscan-dev libpcre2-dev libsqlite3-dev \
                  libjson-c-dev libcmark-dev libxxhash-dev zlib1g-dev libssl-dev libopencc-dev opencc libutf8proc-dev libcurl4-openssl-dev libicu-dev libqrencode-dev tzdata
PACKAGES_TEST  := libcmocka-dev python3 python3-yaml python3-jsonschema python3-html5lib libxml2-utils jq git openssl
PACKAGES_REAL  := newsboat parallel valgrind chromium clang libclang-rt-14-dev clang-tidy clang-format cppcheck strace \
                  nginx-light rsync openssl curl memcached swift-proxy swift-account swift-container swift-object \
                  java:default-jre-headless npm:npm zbar-tools fonts-droid-fallback
# What Debian lacks, at exact versions: an HTML checker, and one of accessibility.
NODE_TOOLS     := vnu-jar@26.9.27 axe-core@4.14.1
PACKAGES_BENCH := ripgrep jq time python3

# --- compiler -----------------------------------------------------------------------------------------------
CC       ?= gcc
# vectorscan is libhs to pkg-config, as Hyperscan is.
MODULES  := libxml-2.0 yaml-0.1 libhs libpcre2-8 sqlite3 json-c libcmark libxxhash zlib libcrypto libutf8proc libcurl libqrencode
# Asked for once, and only where something is compiled: a bare machine has no pkg-config yet.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(MODULES)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $$(shell pkg-config --libs $(MODULES)))$(PKG_LIBS)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wformat=2 -Wvla -Wundef -Wcast-qual
# No -march: the binary runs on any machine of the architecture.
CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2
CFLAGS_san     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_debug   := -O0 -g
# For clang only: what libFuzzer sees through.
CFLAGS_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS   ?= $(CFLAGS_$(V))
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE $(WARNINGS) $(WERROR) $(CFLAGS) -fstack-protector-strong -pthread \
             -Isrc -I$(BUILD)/generated -DPINDAO_VERSION='"$(VERSION)"' -include base/banned.h $(PKG_CFLAGS)
ALL_LDFLAGS = $(LDFLAGS) $(CFLAGS) -pthread
LIBS      = $(PKG_LIBS) -lopencc -lm

# --- sources: found, not listed -----------------------------------------------------------------------------
GENERATORS   := $(shell find src -name 'generate_*.c' | sort)
SOURCES      := $(filter-out src/main.c $(GENERATORS),$(shell find src -name '*.c' | sort))
OBJECTS      := $(SOURCES:src/%.c=$(BUILD)/%.o)
LIBRARY      := $(BUILD)/libpindao.a
# What the sanitiser stands on: a fuzzer needs no more, and is built in seconds.
FUZZ_OBJECTS := $(filter $(addprefix $(BUILD)/,base/% model/% diag/% xml/% text/%),$(OBJECTS))
UNIT_SOURCES := $(shell find tests/unit -name '*_test.c' 2>/dev/null | sort)
UNIT_TESTS   := $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/%)
FOLD_TABLE   := $(BUILD)/generated/text/fold_table.h
READING_TABLE := $(BUILD)/generated/text/reading_table.h
SHIPPED_TEMPLATES := $(BUILD)/generated/render/shipped_templates.h
TEMPLATE_FILES := $(sort $(filter-out %~,$(wildcard templates/*)))
# What must be there before anything is compiled, or looked at by lint.
GENERATED    := $(FOLD_TABLE) $(READING_TABLE) $(SHIPPED_TEMPLATES)

# Commands are shown in short; VERBOSE=1 shows them whole.
ifndef VERBOSE
QUIET = @echo '  $(1) $@';
endif
# The inner makes use all processors unless told otherwise.
JOBS := $(or $(filter -j%,$(MAKEFLAGS)),-j$(shell nproc))

.PHONY: all run test test-real soak bench bench-scale install uninstall clean help packages-build packages-test packages-real packages-bench \
        unit-tests bless format lint fuzz fuzz-sanitiser
.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

all: packages-build
	@$(MAKE) --no-print-directory $(JOBS) $(BUILD)/pindao

$(BUILD)/pindao: $(BUILD)/main.o $(LIBRARY)
	$(call QUIET,link)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(LIBRARY): $(OBJECTS)
	@rm -f $@
	$(call QUIET,archive)ar rcs $@ $^

$(BUILD)/%.o: src/%.c | $(GENERATED)
	@mkdir -p $(@D)
	$(call QUIET,compile)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: tests/unit/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call QUIET,test)$(CC) $(ALL_CFLAGS) -Itests -MMD -MP -MF $@.d $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) $(LIBS) -lcmocka

# The fold's table is made from OpenCC's dictionary and utf8proc's Unicode data, which are not ours to keep.
$(FOLD_TABLE): src/text/generate_fold_table.c
	@mkdir -p $(@D)
	$(call QUIET,generate)$(CC) -std=gnu17 -D_GNU_SOURCE -O1 -Isrc -o $(BUILD)/generate_fold_table $< -lopencc -lutf8proc
	@$(BUILD)/generate_fold_table > $@.new
	@mv $@.new $@

# Readings of characters, and GBK: from ICU and iconv.
$(READING_TABLE): src/text/generate_reading_table.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE -O1 -o $(BUILD)/generate_reading_table $< $$(pkg-config --cflags --libs icu-i18n icu-uc)
	$(BUILD)/generate_reading_table > $@.new
	mv $@.new $@

# The folder, too: a file that is new or gone changes it.
$(SHIPPED_TEMPLATES): src/render/generate_shipped_templates.c templates $(TEMPLATE_FILES)
	@mkdir -p $(@D)
	$(call QUIET,generate)$(CC) -std=gnu17 -D_GNU_SOURCE -O1 -o $(BUILD)/generate_shipped_templates $<
	@$(BUILD)/generate_shipped_templates $(TEMPLATE_FILES) > $@.new
	@mv $@.new $@

unit-tests: $(UNIT_TESTS)

-include $(OBJECTS:.o=.d) $(BUILD)/main.d $(UNIT_TESTS:=.d)

# --- what people call ---------------------------------------------------------------------------------------
# The shipped sample, built and explained.
run: all
	@$(BUILD)/pindao build -v
	@tests/say-how-to-subscribe public

install: all
	install -Dm755 $(BUILD)/pindao $(DESTDIR)$(PREFIX)/bin/pindao
	install -Dm644 doc/pindao.1 $(DESTDIR)$(PREFIX)/share/man/man1/pindao.1
	install -Dm644 doc/feeds.yaml.5 $(DESTDIR)$(PREFIX)/share/man/man5/feeds.yaml.5
	install -Dm644 doc/feeds.schema.json $(DESTDIR)$(PREFIX)/share/pindao/feeds.schema.json
	install -d $(DESTDIR)$(PREFIX)/share/doc/pindao/rules $(DESTDIR)$(PREFIX)/share/doc/pindao/templates \
	    $(DESTDIR)$(UNITS)
	install -m644 README.md CHANGELOG.md LICENSE feeds.yaml doc/publishing.md doc/templates.md $(DESTDIR)$(PREFIX)/share/doc/pindao
	sed 's|/usr/local/bin/|$(PREFIX)/bin/|' doc/systemd/pindao.service > $(DESTDIR)$(UNITS)/pindao.service
	chmod 644 $(DESTDIR)$(UNITS)/pindao.service
	install -m644 doc/systemd/pindao.timer $(DESTDIR)$(UNITS)
	install -Dm644 doc/systemd/pindao.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/pindao.conf
	install -m644 rules/*.yaml $(DESTDIR)$(PREFIX)/share/doc/pindao/rules
	install -m644 $(TEMPLATE_FILES) $(DESTDIR)$(PREFIX)/share/doc/pindao/templates

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/pindao $(DESTDIR)$(PREFIX)/share/man/man1/pindao.1 \
	    $(DESTDIR)$(PREFIX)/share/man/man5/feeds.yaml.5 $(DESTDIR)$(UNITS)/pindao.service \
	    $(DESTDIR)$(UNITS)/pindao.timer $(DESTDIR)$(PREFIX)/lib/sysusers.d/pindao.conf
	rm -rf $(DESTDIR)$(PREFIX)/share/pindao $(DESTDIR)$(PREFIX)/share/doc/pindao

clean:
	rm -rf build

help:
	@echo 'make              build the program (build/release/pindao)'
	@echo 'make run          the same, then build the feeds of the sample articles into public/'
	@echo 'make test         every test that needs only light packages'
	@echo 'make test-real    those that need readers, other servers, valgrind, two compilers'
	@echo 'make soak         a simulated year of cron: 2,000 runs, with all that must hold behind each'
	@echo 'make fuzz         hostile HTML for the sanitiser, FUZZ_SECONDS=60 of it (clang)'
	@echo 'make bench        measure against ripgrep, and pages against feeds (about 5 GB of disk)'
	@echo 'make bench-scale  what runs cost at 10,000, 100,000 and 1,000,000 articles (about 15 GB of disk)'
	@echo 'make install      into DESTDIR and PREFIX ($(PREFIX)); make uninstall takes it away'
	@echo 'make bless CASE=… rewrite what a golden case wants; read the diff'
	@echo 'make format, lint, clean, help'
	@echo 'V=san builds with address and undefined-behaviour sanitizers, V=debug without optimisation.'
	@echo 'What is missing is installed by apt, with sudo where you are not root.'

# --- tests --------------------------------------------------------------------------------------------------
test: packages-build packages-test
	@$(MAKE) --no-print-directory $(JOBS) $(BUILD)/pindao unit-tests $(BUILD)/tests/faults.so $(BUILD)/tests/mutant \
	    $(BUILD)/tests/classify_lines $(BUILD)/tests/sanitise $(BUILD)/tests/request_driver \
	    $(BUILD)/tests/publish_driver $(BUILD)/tests/mustache_driver
	@BUILD=$(BUILD) tests/run light

test-real: packages-build packages-test packages-real
	@.ci/install-node-tools $(BUILD)/node $(NODE_TOOLS)
	@$(MAKE) --no-print-directory $(JOBS) $(BUILD)/pindao unit-tests $(BUILD)/tests/sanitise
	@BUILD=$(BUILD) tests/run real

# SOAK_SEED=… is another year; a failed one is kept where it says.
soak: packages-build packages-test
	@$(MAKE) --no-print-directory $(JOBS) $(BUILD)/pindao $(BUILD)/tests/faults.so
	@BUILD=$(BUILD) SOAK_RUNS=$${SOAK_RUNS:-2000} tests/soak/run

bless:
	@BUILD=$(BUILD) tests/cases/run --bless "$(CASE)"

bench: packages-build packages-bench
	@$(MAKE) --no-print-directory $(JOBS) V=release $(BUILD)/pindao $(BUILD)/tests/generate
	@BUILD=$(BUILD) tests/bench/run

# Hostile HTML made up for so many seconds; what was found is left in the build's folder.
FUZZ_SECONDS ?= 60
fuzz: packages-build packages-real
	@$(MAKE) --no-print-directory $(JOBS) V=fuzz CC=clang $(if $(filter file,$(origin BUILD)),,BUILD=$(BUILD)/fuzz) fuzz-sanitiser

fuzz-sanitiser: $(BUILD)/tests/fuzz_sanitiser
	@rm -rf $(BUILD)/corpus && mkdir -p $(BUILD)/corpus
	@python3 -B tests/sanitiser/cases.py corpus $(BUILD)/corpus
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 -rss_limit_mb=1024 -verbosity=0 -print_final_stats=1 \
	    -artifact_prefix=$(BUILD)/ -dict=tests/fuzz/sanitiser.dict $(BUILD)/corpus

$(BUILD)/tests/fuzz_sanitiser: tests/fuzz/sanitiser.c $(BUILD)/generated/sanitiser_list.h $(FUZZ_OBJECTS)
	@mkdir -p $(@D)
	$(call QUIET,test)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $< $(FUZZ_OBJECTS) $(LIBS)

$(BUILD)/generated/sanitiser_list.h: src/text/sanitiser.c tests/sanitiser/cases.py
	@mkdir -p $(@D)
	$(call QUIET,generate)python3 -B tests/sanitiser/cases.py list > $@

# Up to a million articles: about 15 GB of disk, and an hour.
bench-scale: packages-build packages-bench
	@$(MAKE) --no-print-directory $(JOBS) V=release $(BUILD)/pindao $(BUILD)/tests/generate
	@BUILD=$(BUILD) tests/bench/scale

$(BUILD)/tests/faults.so: tests/faults/faults.c
	@mkdir -p $(@D)
	$(call QUIET,test)$(CC) -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -O1 -g -fPIC -shared -o $@ $< -ldl

$(BUILD)/tests/mutant: tests/faults/mutant.c $(BUILD)/main.o $(LIBRARY)
	@mkdir -p $(@D)
	$(call QUIET,test)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Wl,--wrap=xml_attribute -o $@ $^ $(LIBS)

$(BUILD)/tests/mustache_driver: tests/mustache/driver.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call QUIET,test)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) $(LIBS)

$(BUILD)/tests/request_driver: tests/net/driver.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call QUIET,test)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) $(LIBS)

$(BUILD)/tests/publish_driver: tests/publish/driver.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call QUIET,test)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) $(LIBS)

$(BUILD)/tests/sanitise: tests/sanitiser/driver.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call QUIET,test)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) $(LIBS)

$(BUILD)/tests/classify_lines: tests/reference/classify_lines.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call QUIET,test)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) $(LIBS)

$(BUILD)/tests/generate: tests/bench/generate.c
	@mkdir -p $(@D)
	$(call QUIET,test)$(CC) -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -O2 -o $@ $<

format:
	clang-format -i $$(find src tests -name '*.[ch]')

# What is included is looked at too: the tables that are generated.
lint: packages-real
	@$(MAKE) --no-print-directory $(GENERATED)
	@BUILD=$(BUILD) tests/lint

packages-build:
	@.ci/install-missing $(PACKAGES_BUILD)
packages-test:
	@.ci/install-missing $(PACKAGES_TEST)
packages-real:
	@.ci/install-missing $(PACKAGES_REAL)
packages-bench:
	@.ci/install-missing $(PACKAGES_BENCH)
