// A model server that costs as little as one can: one epoll loop, a request read at once and
// answered with bytes that were written beforehand, one write. Only a stream whose prompt says
// `mark:N` is written frame by frame, one a tick, so that many streams are really under way at
// once.
#include "Backend.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { connections_max = 4096, tick_nanoseconds = 2000000 };

struct exchange {
    int socket;
    struct buffer input;
    /// What the socket did not take yet; the bytes belong to an answer that lasts.
    const char *waiting;
    size_t waiting_count;
    /// A marked stream under way: its mark, the next frame, and how many there are.
    int mark, next, chunks;
};

static struct exchange *exchanges[connections_max];
static int epoll, ticker, marked;
static struct buffer models, missing, whole[wholes], stream, flood;
static int flood_chunks;
/// Chat requests get no answer at all.
static bool is_silent;

static void watch(int socket, uint32_t events, int operation) {
    struct epoll_event event = {.events = events, .data.fd = socket};
    epoll_ctl(epoll, operation, socket, &event);
}

static void set_ticker(bool on) {
    struct itimerspec time = {0};
    if (on) time.it_interval.tv_nsec = time.it_value.tv_nsec = tick_nanoseconds;
    timerfd_settime(ticker, 0, &time, NULL);
}

static void end(struct exchange *exchange) {
    if (exchange->mark > 0 && --marked == 0) set_ticker(false);
    exchanges[exchange->socket] = NULL;
    close(exchange->socket);
    free(exchange->input.bytes);
    free(exchange);
}

/// Writes what waits; false when the connection is over, and the exchange with it.
static bool push(struct exchange *exchange) {
    bool was_blocked = exchange->waiting_count > 0;
    while (exchange->waiting_count > 0) {
        ssize_t sent = send(exchange->socket, exchange->waiting, exchange->waiting_count,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN) {
            watch(exchange->socket, EPOLLOUT, EPOLL_CTL_MOD);
            return true;
        }
        if (sent < 0) {
            end(exchange);
            return false;
        }
        exchange->waiting += sent;
        exchange->waiting_count -= (size_t)sent;
    }
    if (was_blocked) watch(exchange->socket, EPOLLIN, EPOLL_CTL_MOD);
    return true;
}

static bool answer(struct exchange *exchange, const struct buffer *bytes) {
    ssize_t sent = send(exchange->socket, bytes->bytes, bytes->count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == (ssize_t)bytes->count) return true;
    if (sent < 0 && errno != EAGAIN) {
        end(exchange);
        return false;
    }
    size_t done = sent < 0 ? 0 : (size_t)sent;
    exchange->waiting = bytes->bytes + done;
    exchange->waiting_count = bytes->count - done;
    return push(exchange);
}

static int number_after(const char *bytes, size_t count, const char *name) {
    const char *found = memmem(bytes, count, name, strlen(name));
    return found ? atoi(found + strlen(name)) : 0;
}

static void make_flood(int chunks) {
    flood.count = 0;
    write_stream_head(&flood);
    for (int i = 0; i < chunks; i++) write_frame(&flood, 0, i);
    write_stream_end(&flood, chunks);
    flood_chunks = chunks;
}

static bool answer_chat(struct exchange *exchange, const char *body, size_t count) {
    // Its members stand at the end; a long prompt is not searched for them.
    size_t tail = count < 600 ? count : 600;
    const char *last = body + count - tail;
    if (!memmem(last, tail, "\"stream\":true", 13)) {
        static unsigned next;
        return answer(exchange, &whole[next++ % wholes]);
    }
    int chunks = number_after(last, tail, "\"max_tokens\":");
    int mark = number_after(body, count < 600 ? count : 600, "mark:");
    if (mark > 0) {
        exchange->mark = mark;
        exchange->next = 0;
        exchange->chunks = chunks > 0 ? chunks : chunks_default;
        if (marked++ == 0) set_ticker(true);
        return true;
    }
    if (chunks <= 0 || chunks == chunks_default) return answer(exchange, &stream);
    if (flood_chunks == 0) make_flood(chunks);
    if (flood_chunks != chunks) die("one length of flood at a time");
    return answer(exchange, &flood);
}

/// Bytes of the request that stands whole in the buffer, 0 if none does; answers it.
static size_t take_request(struct exchange *exchange, bool *alive) {
    const char *bytes = exchange->input.bytes;
    size_t count = exchange->input.count;
    const char *blank = memmem(bytes, count, "\r\n\r\n", 4);
    if (!blank) return 0;
    size_t head = (size_t)(blank - bytes) + 4;
    if (memcmp(bytes, "POST ", 5) != 0) {
        *alive = answer(exchange, memmem(bytes, head, "/api/v0/models ", 15) ? &models : &missing);
        return head;
    }
    size_t length = 0;
    for (const char *line = bytes; line < blank;) {
        line = (const char *)memchr(line, '\n', (size_t)(blank - line) + 2) + 1;
        if (strncasecmp(line, "content-length:", 15) == 0) length = strtoul(line + 15, NULL, 10);
    }
    if (count < head + length) return 0;
    if (!is_silent) *alive = answer_chat(exchange, bytes + head, length);
    return head + length;
}

static void ready(struct exchange *exchange, uint32_t events) {
    if (events & EPOLLOUT && !push(exchange)) return;
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    bool would_block;
    if (!receive(exchange->socket, &exchange->input, MSG_DONTWAIT, &would_block)) {
        end(exchange);
        return;
    }
    bool alive = true;
    size_t used;
    while (exchange->waiting_count == 0 && (used = take_request(exchange, &alive)) > 0) {
        if (!alive) return;
        consume(&exchange->input, used);
    }
}

/// Sends the next frame of every marked stream.
static void tick(void) {
    uint64_t expired;
    if (read(ticker, &expired, sizeof expired) < 0) return;
    static struct buffer out;
    for (int i = 0; i < connections_max; i++) {
        struct exchange *exchange = exchanges[i];
        if (!exchange || exchange->mark == 0) continue;
        out.count = 0;
        if (exchange->next == 0) write_stream_head(&out);
        write_frame(&out, exchange->mark, exchange->next++);
        if (exchange->next == exchange->chunks) {
            write_stream_end(&out, exchange->chunks);
            exchange->mark = 0;
            if (--marked == 0) set_ticker(false);
        }
        if (send(exchange->socket, out.bytes, out.count, MSG_NOSIGNAL) < 0) end(exchange);
    }
}

static void welcome(int listener) {
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0) return;
    if (client >= connections_max) die("too many connections");
    int on = 1;
    setsockopt(client, 6 /* TCP */, 1 /* TCP_NODELAY */, &on, sizeof on);
    exchanges[client] = calloc(1, sizeof(struct exchange));
    exchanges[client]->socket = client;
    watch(client, EPOLLIN, EPOLL_CTL_ADD);
}

int run_backend(int count, char **arguments) {
    double model_count = 1, silent = 0;
    struct option_value options[] = {
        {"models", &model_count, NULL}, {"silent", &silent, NULL}, {NULL, NULL, NULL}};
    int first = read_options(count, arguments, options);
    if (count - first != 1) die("usage: backend [--models N --silent 1] PORT");
    is_silent = silent > 0;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    raise_descriptors();
    write_models(&models, (int)model_count);
    write_missing(&missing);
    for (int i = 0; i < wholes; i++) write_whole(&whole[i], i);
    write_stream_head(&stream);
    for (int i = 0; i < chunks_default; i++) write_frame(&stream, 0, i);
    write_stream_end(&stream, chunks_default);
    int port = 0, listener = listen_at(arguments[first], &port);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    ticker = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    watch(listener, EPOLLIN, EPOLL_CTL_ADD);
    watch(ticker, EPOLLIN, EPOLL_CTL_ADD);
    printf("%d\n", port);
    fflush(stdout);
    struct epoll_event events[256];
    while (true) {
        int fired = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < fired; i++) {
            int number = events[i].data.fd;
            if (number == listener) welcome(listener);
            else if (number == ticker) tick();
            else if (exchanges[number]) ready(exchanges[number], events[i].events);
        }
    }
}
