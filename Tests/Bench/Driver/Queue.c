// What a request costs that has to wait: the daemon's processor time for taking it in, for letting
// it go again, and for serving it, with so many that wait.
#include "Bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/// Connections that ask, each with the same number of requests.
struct askers {
    int *sockets;
    int count, each, epoll;
};

static void open_askers(struct askers *askers, const char *address) {
    askers->sockets = calloc((size_t)askers->count, sizeof(int));
    askers->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < askers->count; i++) {
        askers->sockets[i] = connect_to(address);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = askers->sockets[i]};
        epoll_ctl(askers->epoll, EPOLL_CTL_ADD, askers->sockets[i], &event);
    }
}

/// Sends so many lines on each connection; `format` takes the id.
static void send_lines(const struct askers *askers, const char *format) {
    struct buffer lines = {0};
    for (int id = 1; id <= askers->each; id++) {
        char line[512];
        int count = snprintf(line, sizeof line, format, id);
        append(&lines, line, (size_t)count);
    }
    for (int i = 0; i < askers->count; i++)
        send_all(askers->sockets[i], lines.bytes, lines.count);
    free(lines.bytes);
}

/// Takes one answer for each request, whatever it says.
static void take_lines(const struct askers *askers) {
    static char bytes[1 << 16];
    int owed = askers->count * askers->each;
    uint64_t patience = now() + 60000000000u;
    while (owed > 0) {
        struct epoll_event events[64];
        int ready = epoll_wait(askers->epoll, events, 64, 1000);
        if (now() > patience) die("%d answers did not come within 60 s", owed);
        for (int i = 0; i < ready; i++) {
            ssize_t got = recv(events[i].data.fd, bytes, sizeof bytes, MSG_DONTWAIT);
            if (got == 0) die("a connection ended before its answers");
            for (const char *at = bytes; got > 0; at++, got--) owed -= *at == '\n';
        }
    }
}

/// Waits until so many requests are waiting.
static void await_queued(int watcher, int wanted) {
    static const char status[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}\n";
    uint64_t patience = now() + 60000000000u;
    while (true) {
        char bytes[8192];
        send_all(watcher, status, sizeof status - 1);
        ssize_t got = recv(watcher, bytes, sizeof bytes - 1, 0);
        if (got <= 0) die("the daemon does not tell its status");
        bytes[got] = 0;
        const char *queued = strstr(bytes, "\"queued\":");
        if (queued && atoi(queued + 9) >= wanted) return;
        if (now() > patience) die("not so many are waiting: %s", bytes);
        pause_for(2000000);
    }
}

static const char request[] =
    "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"complete\",\"params\":{\"model\":\"bench-model\","
    "\"prompt\":\"Say hello.\"}}\n";
static const char withdrawal[] =
    "{\"jsonrpc\":\"2.0\",\"method\":\"cancel\",\"params\":{\"id\":%d}}\n";

int run_queue(int count, char **arguments) {
    double connections = 200, each = 50, rounds = 5, running = 4;
    const char *name = "queue";
    struct option_value options[] = {
        {"connections", &connections, NULL}, {"each", &each, NULL},
        {"rounds", &rounds, NULL},           {"running", &running, NULL},
        {"name", NULL, &name},               {NULL, NULL, NULL},
    };
    int first = read_options(count, arguments, options);
    if (count - first != 2) die("usage: queue [--OPTION VALUE...] HELD=KIND@ADDRESS#PID SERVED=...");
    struct target held = parse_target(arguments[first]);
    struct target served = parse_target(arguments[first + 1]);
    struct askers waiting = {.count = (int)connections, .each = (int)each}, fed = waiting;
    raise_descriptors();
    signal(SIGPIPE, SIG_IGN);
    open_askers(&waiting, held.address);
    open_askers(&fed, served.address);
    int watcher = connect_to(held.address), total = waiting.count * waiting.each;
    struct samples taken = {0}, withdrawn = {0}, answered = {0};
    for (int round = 0; round <= (int)rounds; round++) {
        double start = time_on_processor(held.pid);
        send_lines(&waiting, request);
        await_queued(watcher, total - (int)running);
        double full = time_on_processor(held.pid);
        send_lines(&waiting, withdrawal);
        take_lines(&waiting);
        double empty = time_on_processor(held.pid), before = time_on_processor(served.pid);
        send_lines(&fed, request);
        take_lines(&fed);
        // The first round grows what later ones use again.
        if (round == 0) continue;
        add_sample(&taken, (full - start) / total / 1e3);
        add_sample(&withdrawn, (empty - full) / total / 1e3);
        add_sample(&answered, (time_on_processor(served.pid) - before) / total / 1e3);
    }
    char label[160];
    snprintf(label, sizeof label, "%s.taken", name);
    record(label, "us", &taken);
    snprintf(label, sizeof label, "%s.withdrawn", name);
    record(label, "us", &withdrawn);
    snprintf(label, sizeof label, "%s.served", name);
    record(label, "us", &answered);
    return 0;
}
