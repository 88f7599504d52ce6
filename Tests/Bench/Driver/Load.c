// Many connections, each with a fixed number of requests on the way, from one epoll loop: answers
// per second. Targets take turns, round by round, so that what else the machine does meets all.
#include "Bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct caller {
    int socket;
    int owed;
    struct buffer buffer;
};

/// The connections to one target, and the requests of one turn in one piece.
struct crowd {
    struct caller *callers;
    int count;
    int pipeline;
    int epoll;
    const struct call *call;
    struct buffer batch;
};

/// What one round brought.
struct tally {
    double answers, seconds;
};

static void open_crowd(struct crowd *crowd, const struct target *target, int count, int pipeline) {
    crowd->callers = calloc((size_t)count, sizeof(struct caller));
    crowd->count = count;
    crowd->pipeline = pipeline;
    crowd->call = &target->call;
    crowd->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < pipeline; i++)
        append(&crowd->batch, target->call.request.bytes, target->call.request.count);
    for (int i = 0; i < count; i++) {
        crowd->callers[i].socket = connect_to(target->address);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &crowd->callers[i]};
        epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, crowd->callers[i].socket, &event);
    }
}

static void close_crowd(struct crowd *crowd) {
    for (int i = 0; i < crowd->count; i++) {
        close(crowd->callers[i].socket);
        free(crowd->callers[i].buffer.bytes);
    }
    close(crowd->epoll);
    free(crowd->callers);
    free(crowd->batch.bytes);
    memset(crowd, 0, sizeof *crowd);
}

/// Takes the answers that are there; how many they were.
static int take_answers(struct crowd *crowd, struct caller *caller) {
    bool would_block;
    if (!receive(caller->socket, &caller->buffer, MSG_DONTWAIT, &would_block))
        die("a connection ended before its answers");
    struct buffer rest = caller->buffer;
    int answers = 0;
    size_t length;
    while (rest.count > 0 && (length = answer_length(crowd->call, &rest)) > 0) {
        rest.bytes += length;
        rest.count -= length;
        answers++;
    }
    consume(&caller->buffer, caller->buffer.count - rest.count);
    if (answers > caller->owed) die("more answers than requests");
    caller->owed -= answers;
    return answers;
}

/// Runs until `goal` requests were sent or `seconds` have passed, then waits for what is owed.
static struct tally run_crowd(struct crowd *crowd, double seconds, uint64_t goal) {
    uint64_t start = now(), end = start + (uint64_t)(seconds * 1e9), sent = 0, answered = 0;
    uint64_t patience = end + 20000000000u;
    for (int i = 0; i < crowd->count; i++) {
        send_all(crowd->callers[i].socket, crowd->batch.bytes, crowd->batch.count);
        crowd->callers[i].owed = crowd->pipeline;
        sent += (uint64_t)crowd->pipeline;
    }
    uint64_t time = start;
    while (answered < sent) {
        struct epoll_event events[256];
        int ready = epoll_wait(crowd->epoll, events, 256, 1000);
        time = now();
        if (time > patience) die("an answer did not come within 20 s");
        for (int i = 0; i < ready; i++) {
            struct caller *caller = events[i].data.ptr;
            answered += (uint64_t)take_answers(crowd, caller);
            if (caller->owed > 0 || time >= end || sent >= goal) continue;
            send_all(caller->socket, crowd->batch.bytes, crowd->batch.count);
            caller->owed = crowd->pipeline;
            sent += (uint64_t)crowd->pipeline;
        }
    }
    return (struct tally){(double)answered, (double)(time - start) / 1e9};
}

int run_load(int count, char **arguments) {
    double connections = 8, pipeline = 1, seconds = 0.5, rounds = 7, total = 0;
    const char *name = "load";
    struct option_value options[] = {
        {"connections", &connections, NULL}, {"pipeline", &pipeline, NULL},
        {"seconds", &seconds, NULL},         {"rounds", &rounds, NULL},
        {"total", &total, NULL},             {"name", NULL, &name},
        {NULL, NULL, NULL},
    };
    int first = read_options(count, arguments, options);
    int kinds = count - first;
    if (kinds < 1) die("usage: load [--OPTION VALUE...] NAME=KIND@ADDRESS...");
    raise_descriptors();
    signal(SIGPIPE, SIG_IGN);
    struct target *targets = calloc((size_t)kinds, sizeof *targets);
    struct crowd *crowds = calloc((size_t)kinds, sizeof *crowds);
    struct samples *samples = calloc((size_t)kinds, sizeof *samples);
    struct samples *costs = calloc((size_t)kinds, sizeof *costs);
    for (int i = 0; i < kinds; i++) {
        targets[i] = parse_target(arguments[first + i]);
        open_crowd(&crowds[i], &targets[i], (int)connections, (int)pipeline);
        run_crowd(&crowds[i], seconds / 5, UINT64_MAX);
    }
    uint64_t goal = total > 0 ? (uint64_t)total : UINT64_MAX;
    for (int round = 0; round < (int)rounds; round++)
        for (int turn = 0; turn < kinds; turn++) {
            int i = (turn + round) % kinds, pid = targets[i].pid;
            double before = pid > 0 ? time_on_processor(pid) : 0;
            struct tally tally = run_crowd(&crowds[i], total > 0 ? 600 : seconds, goal);
            add_sample(&samples[i], tally.answers / tally.seconds);
            if (pid > 0)
                add_sample(&costs[i], (time_on_processor(pid) - before) / tally.answers / 1e3);
        }
    for (int i = 0; i < kinds; i++) {
        char label[160];
        snprintf(label, sizeof label, "%s.%s", name, targets[i].name);
        record(label, "/s", &samples[i]);
        snprintf(label, sizeof label, "%s.%s.cpu", name, targets[i].name);
        if (costs[i].count > 0) record(label, "us", &costs[i]);
        close_crowd(&crowds[i]);
    }
    return 0;
}
