#ifndef PINDAO_CMD_COMMAND_H
#define PINDAO_CMD_COMMAND_H

/*
 * The commands. To add one: a file cmd/NAME.c with its run function, a row in the table of main.c, a section in
 * pindao(1), a golden case. run gets the words behind the command's name (argv[0] is the name) and returns the exit
 * code.
 *
 * Commands are the only place where stages meet, where problems become exit codes, and where anything is printed.
 */
struct command {
    const char *name;
    const char *arguments; /* for --help */
    const char *summary;
    int (*run)(int argc, char **argv);
};

int build_command(int argc, char **argv);
int check_command(int argc, char **argv);
int clean_command(int argc, char **argv);
int classify_command(int argc, char **argv);
int compact_command(int argc, char **argv);
int explain_command(int argc, char **argv);
int publish_command(int argc, char **argv);
int rollback_command(int argc, char **argv);
int withdraw_command(int argc, char **argv);
int status_command(int argc, char **argv);
int validate_command(int argc, char **argv);

#endif
