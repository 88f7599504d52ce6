// How long an innocent client waits while others misbehave; and clients that only take what comes.
#include "Bench.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/// Answers the marks that came on standard input, one line each with the longest wait since the
/// last mark and the number of calls; false when there will be no more.
static bool take_marks(double *longest, uint64_t *calls) {
    char bytes[64];
    ssize_t got = read(0, bytes, sizeof bytes);
    if (got <= 0) return false;
    for (ssize_t i = 0; i < got; i++) {
        if (bytes[i] != '\n') continue;
        printf("%.3f %llu\n", *longest, (unsigned long long)*calls);
        *longest = 0;
        *calls = 0;
    }
    fflush(stdout);
    return true;
}

int run_longest(int count, char **arguments) {
    if (count != 1) die("usage: longest TARGET");
    struct target target = parse_target(arguments[0]);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    int socket = connect_to(target.address);
    struct timeval patience = {.tv_sec = 120};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct buffer buffer = {0};
    struct pollfd input = {.fd = 0, .events = POLLIN};
    double longest = 0;
    uint64_t calls = 0;
    while (true) {
        uint64_t start = now();
        consume(&buffer, ask(socket, &target.call, &buffer, NULL));
        double wait = (double)(now() - start) / 1e6;
        if (wait > longest) longest = wait;
        calls++;
        if (poll(&input, 1, 1) > 0 && !take_marks(&longest, &calls)) return 0;
    }
}

/// All of a file, or of standard input up to its end.
static struct buffer read_whole(const char *path) {
    struct buffer bytes = {0};
    FILE *file = fopen(path, "r");
    if (!file) die("cannot read %s", path);
    char piece[65536];
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;) append(&bytes, piece, got);
    fclose(file);
    return bytes;
}

int run_drain(int count, char **arguments) {
    if (count != 3) die("usage: drain CONNECTIONS FILE ADDRESS");
    int connections = atoi(arguments[0]);
    struct buffer request = read_whole(arguments[1]);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    raise_descriptors();
    signal(SIGPIPE, SIG_IGN);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = 0};
    epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event);
    for (int i = 0; i < connections; i++) {
        event.data.fd = connect_to(arguments[2]);
        send_all(event.data.fd, request.bytes, request.count);
        epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
    }
    puts("ready");
    fflush(stdout);
    static char bytes[1 << 18];
    uint64_t taken = 0;
    int ended = 0;
    while (true) {
        struct epoll_event events[256];
        int ready = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            ssize_t got = read(events[i].data.fd, bytes, sizeof bytes);
            if (events[i].data.fd == 0 && got <= 0) {
                printf("%llu %d\n", (unsigned long long)taken, ended);
                return 0;
            }
            if (got > 0) taken += (uint64_t)got;
            if (got > 0 || events[i].data.fd == 0) continue;
            close(events[i].data.fd);
            ended++;
        }
    }
}
