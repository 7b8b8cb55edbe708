#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/secret.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/pindao-secret-XXXXXX";

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    unlink(file_join(&arena, folder, "secret"));
    return rmdir(folder);
}

static void write_secret(struct slice bytes, mode_t mode) {
    CLEANUP(arena_release) struct arena arena = {0};
    const char *path = file_join(&arena, folder, "secret");
    unlink(path);
    CLEANUP(file_close) int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(descriptor >= 0);
    assert_true(file_write(descriptor, bytes));
    assert_int_equal(fchmod(descriptor, mode), 0);
}

static void expect(const char *reference, const char *wanted) {
    CLEANUP(secret_release) struct buf secret = BUF(1 << 20);
    CLEANUP(buf_release) struct buf problem = BUF(1 << 20);
    if (!secret_read(slice_of(reference), folder, &secret, &problem))
        fail_msg("%s: %s", reference, buf_string(&problem));
    assert_string_equal(buf_string(&secret), wanted);
    assert_int_equal(problem.size, 0);
}

/* What was read before stays as it was, and no part of the secret is said. */
static void expect_problem(const char *reference, const char *words) {
    CLEANUP(secret_release) struct buf secret = BUF(1 << 20);
    CLEANUP(buf_release) struct buf problem = BUF(1 << 20);
    buf_append_string(&secret, "before");
    assert_false(secret_read(slice_of(reference), folder, &secret, &problem));
    assert_string_equal(buf_string(&secret), "before");
    if (!strstr(buf_string(&problem), words) || strstr(buf_string(&problem), "sesame"))
        fail_msg("%s: \"%s\" instead of \"%s\"", reference, buf_string(&problem), words);
}

static void test_references(void **state) {
    (void)state;
    static const char *const good[] = {"env:A", "file:a/b", "file:/a", "credential:a.b"};
    static const char *const bad[] = {"",        "sesame", "env:",   "file:",          "credential:",   "ENV:A",
                                      "env:A=B", "http:x", " env:A", "credential:a/b", "credential:..", "credential:."};
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
        assert_true(secret_is_reference(slice_of(good[i])));
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(secret_is_reference(slice_of(bad[i])));
    assert_false(secret_is_reference((struct slice){"env:A\0B", 7}));
    expect_problem("sesame", "env:NAME, file:PATH or credential:NAME");
}

static void test_environment(void **state) {
    (void)state;
    setenv("PINDAO_TEST_SECRET", "sesame", 1);
    expect("env:PINDAO_TEST_SECRET", "sesame");
    setenv("PINDAO_TEST_SECRET", "", 1);
    expect_problem("env:PINDAO_TEST_SECRET", "PINDAO_TEST_SECRET is empty");
    setenv("PINDAO_TEST_SECRET", "sesame\nX: y", 1);
    expect_problem("env:PINDAO_TEST_SECRET", "more than one line");
    unsetenv("PINDAO_TEST_SECRET");
    expect_problem("env:PINDAO_TEST_SECRET", "PINDAO_TEST_SECRET is not set");
}

static void test_files(void **state) {
    (void)state;
    write_secret(SLICE("sesame"), 0600);
    expect("file:secret", "sesame");
    write_secret(SLICE("sesame\n"), 0640);
    expect("file:secret", "sesame");
    write_secret(SLICE(" sesame \r\n"), 0600);
    expect("file:secret", " sesame ");
    write_secret(SLICE("sesame\n\n"), 0600);
    expect_problem("file:secret", "more than one line");
    write_secret(SLICE("ses\0ame"), 0600);
    expect_problem("file:secret", "more than one line");
    write_secret(SLICE("\n"), 0600);
    expect_problem("file:secret", "is empty");
    write_secret(SLICE("sesame"), 0604);
    expect_problem("file:secret", "can be read by everybody");
    expect_problem("file:no-such", "No such file");
    expect_problem("file:.", "is no file");
    CLEANUP(buf_release) struct buf much = BUF(1 << 20);
    for (int i = 0; i < 20000; i++)
        buf_append_string(&much, "sesame");
    write_secret(buf_slice(&much), 0600);
    expect_problem("file:secret", "cannot be read");
}

static void test_credentials(void **state) {
    (void)state;
    unsetenv("CREDENTIALS_DIRECTORY");
    expect_problem("credential:secret", "CREDENTIALS_DIRECTORY is not set");
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    /* systemd's folder is closed itself. */
    write_secret(SLICE("sesame\n"), 0444);
    expect("credential:secret", "sesame");
    expect_problem("credential:other", "No such file");
    expect_problem("credential:../secret", "credential:NAME");
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void test_forgotten(void **state) {
    (void)state;
    struct buf secret = BUF(100);
    buf_append_string(&secret, "sesame");
    secret_release(&secret);
    assert_int_equal(secret.size, 0);
    secret_release(&secret);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references),  cmocka_unit_test(test_environment), cmocka_unit_test(test_files),
        cmocka_unit_test(test_credentials), cmocka_unit_test(test_forgotten),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
