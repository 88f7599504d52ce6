#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int clinux_notify(const char *socket_name, const char *message) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(socket_name);
    if (length < 2 || length >= sizeof address.sun_path) return -EINVAL;
    memcpy(address.sun_path, socket_name, length);
    if (socket_name[0] == '@') address.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    socklen_t size = offsetof(struct sockaddr_un, sun_path) + length;
    ssize_t sent = sendto(fd, message, strlen(message), MSG_NOSIGNAL, (void *)&address, size);
    int error = errno;
    close(fd);
    return sent < 0 ? -error : 0;
}

/// One lookup; the thread owns it and its descriptor, and shares nothing else.
struct lookup {
    int fd;
    char *port;
    char host[];
};

static void answer(int fd, const void *bytes, uint32_t length) {
    char record[4 + sizeof(struct sockaddr_storage)];
    memcpy(record, &length, 4);
    if (length == 0) {
        memcpy(record + 4, bytes, 4);
        length = 4;
    } else if (length <= sizeof(struct sockaddr_storage)) {
        memcpy(record + 4, bytes, length);
    } else {
        return;
    }
    // A record is smaller than PIPE_BUF, so it is written whole; a reader that is gone is no fault.
    (void)!send(fd, record, 4 + length, MSG_NOSIGNAL);
}

static void *look_up(void *argument) {
    struct lookup *lookup = argument;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    int32_t error = getaddrinfo(lookup->host, lookup->port, &hints, &found);
    if (error == EAI_SYSTEM && errno > 0) error = errno;
    if (error != 0) {
        answer(lookup->fd, &error, 0);
    } else {
        int left = 16;
        for (struct addrinfo *each = found; each && left > 0; each = each->ai_next, left--)
            answer(lookup->fd, each->ai_addr, each->ai_addrlen);
        freeaddrinfo(found);
    }
    close(lookup->fd);
    free(lookup->port);
    free(lookup);
    return NULL;
}

int clinux_resolve(const char *host, const char *port) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
    size_t length = strlen(host) + 1;
    struct lookup *lookup = malloc(sizeof *lookup + length);
    char *port_copy = strdup(port);
    pthread_attr_t attributes;
    pthread_t thread;
    int error = ENOMEM;
    if (lookup && port_copy) {
        lookup->fd = ends[1];
        lookup->port = port_copy;
        memcpy(lookup->host, host, length);
        pthread_attr_init(&attributes);
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        pthread_attr_setstacksize(&attributes, 256 * 1024);
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        error = pthread_create(&thread, &attributes, look_up, lookup);
        pthread_attr_destroy(&attributes);
        if (error == 0) return ends[0];
    }
    free(lookup);
    free(port_copy);
    close(ends[0]);
    close(ends[1]);
    return -error;
}
