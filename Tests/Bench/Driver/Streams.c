// Many streams at once, every chunk looked at; and a few streams without a pause, counted.
#include "Bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { streams_per_connection = 20 };

/// One stream that is checked: what must come next.
struct stream {
    int sequence;
    int index;
    bool is_done;
};

struct channel {
    int socket, number, running;
    struct buffer buffer;
    struct stream streams[streams_per_connection + 1];
};

struct check {
    int chunks;
    uint64_t deltas;
    int faults;
};

static long number_at(const char *line, size_t count, const char *name) {
    const char *found = memmem(line, count, name, strlen(name));
    return found ? atol(found + strlen(name)) : -1;
}

/// Reads `MARK.INDEX~` again and again; the index that should come next, or -1.
static int read_marks(const char *text, const char *end, int mark, int index) {
    while (text < end && *text != '"') {
        char *rest;
        if (strtol(text, &rest, 10) != mark || *rest != '.') return -1;
        if (strtol(rest + 1, &rest, 10) != index || *rest != '~') return -1;
        index++;
        text = rest + 1;
    }
    return index;
}

static void check_line(struct check *check, struct channel *channel, const char *line,
                       size_t count) {
    long id = number_at(line, count, "\"id\":");
    const char *content = memmem(line, count, "\"content\":\"", 11);
    if (id < 1 || id > streams_per_connection || !content) {
        if (check->faults++ == 0)
            fprintf(stderr, "not expected: %.*s\n", (int)(count < 300 ? count : 300), line);
        if (id >= 1 && id <= streams_per_connection) channel->running--;
        return;
    }
    struct stream *stream = &channel->streams[id];
    int mark = channel->number * 100 + (int)id;
    const char *text = content + 11;
    if (memmem(line, count < 80 ? count : 80, "complete.delta", 14)) {
        int index = read_marks(text, line + count, mark, stream->index);
        bool follows = number_at(line, count, "\"seq\":") == stream->sequence++;
        if (index < 0 || !follows || stream->is_done) check->faults++;
        else stream->index = index;
        check->deltas++;
        return;
    }
    bool is_whole = stream->index == check->chunks
        && read_marks(text, line + count, mark, 0) == check->chunks;
    if (!is_whole || stream->is_done) check->faults++;
    stream->is_done = true;
    channel->running--;
}

static void ask_streams(struct channel *channel, int number, const char *address, int chunks) {
    memset(channel->streams, 0, sizeof channel->streams);
    if (channel->socket == 0) channel->socket = connect_to(address);
    channel->number = number;
    channel->running = streams_per_connection;
    struct buffer request = {0};
    for (int id = 1; id <= streams_per_connection; id++)
        append_text(&request,
                    "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"complete\",\"params\":{\"model\":"
                    "\"bench-model\",\"prompt\":\"mark:%d.\",\"max_tokens\":%d,\"stream\":true}}\n",
                    id, number * 100 + id, chunks);
    send_all(channel->socket, request.bytes, request.count);
    free(request.bytes);
}

static void take_lines(struct check *check, struct channel *channel) {
    bool would_block;
    if (!receive(channel->socket, &channel->buffer, MSG_DONTWAIT, &would_block))
        die("a connection ended within its streams");
    size_t at = 0;
    const char *bytes = channel->buffer.bytes, *feed;
    while ((feed = memchr(bytes + at, '\n', channel->buffer.count - at))) {
        check_line(check, channel, bytes + at, (size_t)(feed - bytes) - at);
        at = (size_t)(feed - bytes) + 1;
    }
    consume(&channel->buffer, at);
}

int run_streams(int count, char **arguments) {
    double rounds = 3, streams = 200, chunks = 100;
    struct option_value options[] = {{"rounds", &rounds, NULL},
                                     {"streams", &streams, NULL},
                                     {"chunks", &chunks, NULL},
                                     {NULL, NULL, NULL}};
    int first = read_options(count, arguments, options);
    if (count - first != 2) die("usage: streams [--streams N --chunks C] NAME ADDRESS");
    int channel_count = (int)streams / streams_per_connection;
    struct channel *channels = calloc((size_t)channel_count, sizeof *channels);
    struct samples faults = {0}, times = {0};
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int round = 0; round < (int)rounds; round++) {
        struct check check = {.chunks = (int)chunks};
        uint64_t start = now();
        for (int i = 0; i < channel_count; i++) {
            ask_streams(&channels[i], i + 1, arguments[first + 1], check.chunks);
            struct epoll_event event = {.events = EPOLLIN, .data.ptr = &channels[i]};
            if (round == 0) epoll_ctl(epoll, EPOLL_CTL_ADD, channels[i].socket, &event);
        }
        for (int running = 1; running > 0;) {
            struct epoll_event events[64];
            int ready = epoll_wait(epoll, events, 64, 1000);
            if (now() - start > 30000000000u) die("the streams did not end within 30 s");
            for (int i = 0; i < ready; i++) take_lines(&check, events[i].data.ptr);
            running = 0;
            for (int i = 0; i < channel_count; i++) running += channels[i].running;
        }
        add_sample(&faults, check.faults);
        add_sample(&times, (double)(now() - start) / 1e6);
    }
    char label[128];
    snprintf(label, sizeof label, "%s.faults", arguments[first]);
    record(label, "chunks", &faults);
    snprintf(label, sizeof label, "%s.time", arguments[first]);
    record(label, "ms", &times);
    return 0;
}

static int count_chunks(const char *bytes, size_t count) {
    int found = 0;
    const char *end = bytes + count;
    while ((bytes = memchr(bytes, '~', (size_t)(end - bytes)))) {
        found++;
        bytes++;
    }
    return found;
}

/// One flood on every connection, each counted as it comes; chunks per second.
static double flood_once(const struct target *target, int *sockets, struct buffer *buffers,
                         int count, int chunks) {
    int epoll = epoll_create1(EPOLL_CLOEXEC), running = count;
    const struct call *call = &target->call;
    uint64_t start = now();
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        epoll_ctl(epoll, EPOLL_CTL_ADD, sockets[i], &event);
        send_all(sockets[i], call->request.bytes, call->request.count);
    }
    while (running > 0) {
        struct epoll_event events[16];
        int ready = epoll_wait(epoll, events, 16, 1000);
        if (now() - start > 30000000000u) die("the flood did not end within 30 s");
        for (int i = 0; i < ready; i++) {
            struct buffer *buffer = &buffers[events[i].data.u32];
            bool would_block;
            if (!receive(sockets[events[i].data.u32], buffer, MSG_DONTWAIT, &would_block))
                die("a connection ended within its flood");
            size_t tail = buffer->count < 400000 ? buffer->count : 400000;
            bool is_whole = call->framing == framed_by_body
                ? tail > 7 && !memcmp(buffer->bytes + buffer->count - 7, "\r\n0\r\n\r\n", 7)
                : buffer->bytes[buffer->count - 1] == '\n'
                    && memmem(buffer->bytes + buffer->count - tail, tail, "\"result\":", 9);
            if (is_whole) running--;
        }
    }
    double seconds = (double)(now() - start) / 1e9;
    // The result of a stream repeats all of its text once more.
    int expected = call->framing == framed_by_body ? chunks : 2 * chunks;
    for (int i = 0; i < count; i++) {
        if (count_chunks(buffers[i].bytes, buffers[i].count) != expected)
            die("a flood of %s lost chunks", target->name);
        buffers[i].count = 0;
    }
    close(epoll);
    return (double)chunks * count / seconds;
}

int run_flood(int count, char **arguments) {
    enum { connections = 4, chunks = 20000, kinds_max = 4 };
    double rounds = 7;
    struct option_value options[] = {{"rounds", &rounds, NULL}, {NULL, NULL, NULL}};
    int first = read_options(count, arguments, options);
    int kinds = count - first;
    if (kinds < 1 || kinds > kinds_max) die("usage: flood [--rounds R] NAME=KIND@ADDRESS...");
    struct target targets[kinds_max];
    struct samples samples[kinds_max] = {0};
    int sockets[kinds_max][connections];
    struct buffer buffers[kinds_max][connections] = {0};
    for (int i = 0; i < kinds; i++) {
        targets[i] = parse_target(arguments[first + i]);
        for (int j = 0; j < connections; j++) sockets[i][j] = connect_to(targets[i].address);
    }
    for (int round = 0; round <= (int)rounds; round++)
        for (int turn = 0; turn < kinds; turn++) {
            int i = (turn + round) % kinds;
            double rate = flood_once(&targets[i], sockets[i], buffers[i], connections, chunks);
            if (round > 0) add_sample(&samples[i], rate);
        }
    for (int i = 0; i < kinds; i++) {
        char label[128];
        snprintf(label, sizeof label, "flood.%s", targets[i].name);
        record(label, "chunks/s", &samples[i]);
    }
    return 0;
}
