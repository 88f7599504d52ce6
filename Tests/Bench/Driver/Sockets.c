// Stream sockets on this machine alone: Unix sockets and 127.0.0.1.
#include "Bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_un local;
    struct sockaddr_in internet;
};

static socklen_t parse_address(const char *text, union address *address) {
    memset(address, 0, sizeof *address);
    if (text[0] == '/') {
        address->local.sun_family = AF_UNIX;
        if (strlen(text) >= sizeof address->local.sun_path) die("%s is too long a path", text);
        strcpy(address->local.sun_path, text);
        return sizeof address->local;
    }
    address->internet.sin_family = AF_INET;
    address->internet.sin_port = htons((uint16_t)atoi(text));
    address->internet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof address->internet;
}

int listen_at(const char *text, int *port) {
    union address address;
    socklen_t size = parse_address(text, &address);
    if (text[0] == '/') unlink(text);
    int socket_number = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(socket_number, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (socket_number < 0 || bind(socket_number, &address.any, size) != 0
        || listen(socket_number, 4096) != 0)
        die("cannot listen at %s: %s", text, strerror(errno));
    if (address.any.sa_family == AF_INET && port) {
        getsockname(socket_number, &address.any, &size);
        *port = ntohs(address.internet.sin_port);
    }
    return socket_number;
}

int try_connect(const char *text) {
    union address address;
    socklen_t size = parse_address(text, &address);
    int socket_number = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_number < 0) die("cannot make a socket: %s", strerror(errno));
    if (connect(socket_number, &address.any, size) != 0) {
        close(socket_number);
        return -1;
    }
    int on = 1;
    if (address.any.sa_family == AF_INET)
        setsockopt(socket_number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket_number;
}

int connect_to(const char *text) {
    int socket_number = try_connect(text);
    if (socket_number < 0) die("cannot connect to %s: %s", text, strerror(errno));
    return socket_number;
}

void send_all(int socket_number, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(socket_number, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) die("cannot send: %s", strerror(errno));
        bytes += sent;
        count -= (size_t)sent;
    }
}

void raise_descriptors(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void make_room(struct buffer *buffer, size_t room) {
    if (buffer->capacity - buffer->count >= room) return;
    size_t capacity = buffer->capacity ? buffer->capacity : 4096;
    while (capacity - buffer->count < room) capacity *= 2;
    buffer->bytes = realloc(buffer->bytes, capacity);
    if (!buffer->bytes) die("out of memory");
    buffer->capacity = capacity;
}

bool receive(int socket_number, struct buffer *buffer, int flags, bool *would_block) {
    size_t room = buffer->count < 65536 ? 65536 : buffer->count;
    make_room(buffer, room);
    if (would_block) *would_block = false;
    while (true) {
        ssize_t got = recv(socket_number, buffer->bytes + buffer->count, room, flags);
        if (got > 0) {
            buffer->count += (size_t)got;
            return true;
        }
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN && would_block) {
            *would_block = true;
            return true;
        }
        return false;
    }
}

void consume(struct buffer *buffer, size_t count) {
    buffer->count -= count;
    if (buffer->count > 0) memmove(buffer->bytes, buffer->bytes + count, buffer->count);
}

void append(struct buffer *buffer, const void *bytes, size_t count) {
    make_room(buffer, count + 1);
    memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
    buffer->bytes[buffer->count] = 0;
}

void append_text(struct buffer *buffer, const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (count < 0 || (size_t)count >= sizeof text) die("too long a text");
    append(buffer, text, (size_t)count);
}
