// The benchmark's driver: load generators, the servers they are compared with, and the report.
#include "Bench.h"

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int count, char **arguments);
    const char *usage;
} commands[] = {
    {"echo", run_echo, "ADDRESS: an epoll server that echoes lines"},
    {"backend", run_backend,
     "[--models N --silent 1] PORT: a constant-answer LM Studio, or one that answers no chat; "
     "prints its port"},
    {"load", run_load,
     "[--name N --connections C --pipeline P --seconds S --total T --rounds R] TARGET...: answers "
     "per second"},
    {"lone", run_lone,
     "[--name N --calls C --rounds R --gap-us G --meanwhile TARGET] TARGET...: microseconds of "
     "lone calls"},
    {"streams", run_streams,
     "[--streams N --chunks C --rounds R] NAME ADDRESS: streams at once, every chunk checked"},
    {"flood", run_flood, "[--rounds R] TARGET...: chunks per second of streams without a pause"},
    {"start", run_start,
     "[--name N --rounds R] 'TARGET PROGRAM ARGUMENT...'...: milliseconds from start to answer"},
    {"once", run_once,
     "[--name N --rounds R] 'NAME=PROGRAM ARGUMENT...'...: milliseconds of whole runs"},
    {"memory", run_memory, "NAME PID...: resident MiB"},
    {"hold", run_hold, "NAME CONNECTIONS ADDRESS PID: MiB that idle connections add"},
    {"idle", run_idle, "[--seconds S] NAME PID: percent of a processor"},
    {"await", run_await, "TARGET: waits until it answers well"},
    {"queue", run_queue,
     "[--name N --connections C --each E --running R --rounds R] HELD SERVED: microseconds of the "
     "daemon's processor for each of C × E requests that wait: taken in, withdrawn, served"},
    {"longest", run_longest,
     "TARGET: calls every millisecond; for each line of standard input the longest wait in ms since "
     "the last one, and the calls"},
    {"drain", run_drain,
     "CONNECTIONS FILE ADDRESS: sends the file on each and takes what comes until standard input "
     "ends; bytes taken, connections ended"},
    {"pin", run_pin, "PROCESSOR|all PID...: where processes may run"},
    {"report", run_report,
     "--results FILE --goals FILE --machine FILE [--name N --json FILE --method FILE --markdown "
     "FILE]: the table; 1 if a goal is missed"},
    {"compare", run_compare, "A.json B.json: two runs side by side"},
    {"against", run_against,
     "FILE: series .new beside .old and .twin of one run; 1 if the new binary is worse"},
};

int main(int count, char **arguments) {
    size_t known = sizeof commands / sizeof commands[0];
    for (size_t i = 0; count > 1 && i < known; i++)
        if (strcmp(commands[i].name, arguments[1]) == 0)
            return commands[i].run(count - 2, arguments + 2);
    fputs("usage: BenchDriver COMMAND ...\n", stderr);
    for (size_t i = 0; i < known; i++)
        fprintf(stderr, "  %s %s\n", commands[i].name, commands[i].usage);
    fputs("A TARGET is NAME=KIND@ADDRESS[#PID]; an address is /a/path or a port of 127.0.0.1.\n",
          stderr);
    return 64;
}
