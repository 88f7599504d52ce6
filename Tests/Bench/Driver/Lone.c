// One request at a time over one kept connection, as a blocking program does it: one write, then
// reads until the answer is whole. Targets take turns, a block of calls each.
#include "Bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct line {
    struct target target;
    int socket;
    struct buffer buffer;
    struct samples median, tail, first;
    /// All calls of all blocks: a block has too few beyond its p99 for a figure.
    struct samples calls;
};

static void run_block(struct line *line, int calls, uint64_t gap) {
    struct samples whole = {0}, first = {0};
    for (int i = 0; i < calls; i++) {
        uint64_t start = now(), piece = 0;
        size_t length = ask(line->socket, &line->target.call, &line->buffer,
                            line->target.call.is_stream ? &piece : NULL);
        double took = (double)(now() - start) / 1e3;
        add_sample(&whole, took);
        add_sample(&line->calls, took);
        if (line->target.call.is_stream) add_sample(&first, (double)(piece - start) / 1e3);
        consume(&line->buffer, length);
        if (gap > 0) pause_for(gap);
    }
    add_sample(&line->median, percentile(&whole, 0.5));
    add_sample(&line->tail, percentile(&whole, 0.99));
    if (first.count > 0) add_sample(&line->first, percentile(&first, 0.5));
    free(whole.values);
    free(first.values);
}

static void record_line(const char *name, struct line *line) {
    char label[160];
    snprintf(label, sizeof label, "%s.%s.p50", name, line->target.name);
    record(label, "us", &line->median);
    snprintf(label, sizeof label, "%s.%s.p99", name, line->target.name);
    record(label, "us", &line->tail);
    struct samples tail = {0};
    add_sample(&tail, percentile(&line->calls, 0.99));
    snprintf(label, sizeof label, "%s.%s.p99.all", name, line->target.name);
    record(label, "us", &tail);
    free(tail.values);
    if (line->first.count == 0) return;
    snprintf(label, sizeof label, "%s.%s.first", name, line->target.name);
    record(label, "us", &line->first);
}

/// A child that asks for something without a pause until it is ended.
static pid_t begin_meanwhile(const char *text) {
    struct target target = parse_target(text);
    pid_t parent = getpid();
    pid_t child = fork();
    if (child != 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    int socket = connect_to(target.address);
    struct buffer buffer = {0};
    while (true) consume(&buffer, ask(socket, &target.call, &buffer, NULL));
}

int run_lone(int count, char **arguments) {
    double calls = 1000, rounds = 15, gap = 0;
    const char *name = "lone", *meanwhile = NULL;
    struct option_value options[] = {
        {"calls", &calls, NULL}, {"rounds", &rounds, NULL},       {"gap-us", &gap, NULL},
        {"name", NULL, &name},   {"meanwhile", NULL, &meanwhile}, {NULL, NULL, NULL},
    };
    int first = read_options(count, arguments, options);
    int kinds = count - first;
    if (kinds < 1) die("usage: lone [--OPTION VALUE...] NAME=KIND@ADDRESS...");
    signal(SIGPIPE, SIG_IGN);
    struct line *lines = calloc((size_t)kinds, sizeof *lines);
    for (int i = 0; i < kinds; i++) {
        lines[i].target = parse_target(arguments[first + i]);
        lines[i].socket = connect_to(lines[i].target.address);
        for (int warm = 0; warm < (int)calls / 5 + 1; warm++) {
            size_t length = ask(lines[i].socket, &lines[i].target.call, &lines[i].buffer, NULL);
            consume(&lines[i].buffer, length);
        }
    }
    pid_t child = meanwhile ? begin_meanwhile(meanwhile) : 0;
    if (child > 0) pause_for(50000000);
    for (int round = 0; round < (int)rounds; round++)
        for (int turn = 0; turn < kinds; turn++)
            run_block(&lines[(turn + round) % kinds], (int)calls, (uint64_t)(gap * 1e3));
    if (child > 0) {
        if (waitpid(child, NULL, WNOHANG) != 0) die("what should run meanwhile has ended");
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    for (int i = 0; i < kinds; i++) record_line(name, &lines[i]);
    return 0;
}
