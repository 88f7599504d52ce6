#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int fill(struct sockaddr_un *address, const char *path) {
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address->sun_path) return -ENAMETOOLONG;
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length);
    return 0;
}

static int failed(int fd) {
    int error = errno;
    close(fd);
    return -error;
}

int clinux_peer(int fd, int32_t *pid, uint32_t *uid, uint32_t *gid) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -errno;
    *pid = peer.pid;
    *uid = peer.uid;
    *gid = peer.gid;
    return 0;
}

void clinux_end_output(int fd) { shutdown(fd, SHUT_WR); }

int clinux_unread(int fd) {
    int bytes = 0;
    return ioctl(fd, SIOCOUTQ, &bytes) < 0 ? -errno : bytes;
}

int clinux_listen_unix(const char *path, uint32_t mode, int backlog) {
    struct sockaddr_un address;
    int error = fill(&address, path);
    if (error < 0) return error;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    // The file is born with no more rights than its socket has: nobody connects in between. Unlike
    // umask this is no other thread's affair (Linux takes the mode of the unbound socket).
    if (fchmod(fd, mode) < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return failed(fd);
    if (chmod(path, mode) < 0 || listen(fd, backlog) < 0) return failed(fd);
    return fd;
}

int clinux_connect_unix(const char *path, int blocking, int *descriptor) {
    struct sockaddr_un address;
    int error = fill(&address, path);
    if (error < 0) return error;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK), 0);
    if (fd < 0) return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS)
        return failed(fd);
    *descriptor = fd;
    return 0;
}

static int is_loopback(const struct sockaddr *any) {
    if (any->sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)any)->sin6_addr);
    return any->sa_family == AF_INET
        && ntohl(((const struct sockaddr_in *)any)->sin_addr.s_addr) >> 24 == 127;
}

int clinux_connect_address(const void *address, uint32_t length, int *descriptor) {
    const struct sockaddr *any = address;
    int fd = socket(any->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int on = 1;
    // Without it a stream stalls 40 ms at a time, waiting for delayed acknowledgements.
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Nothing is congested within the machine, yet BBR, where that is the system's, paces: a prompt
    // of 1 MB took a third longer on every other connection. Everybody may use reno.
    if (is_loopback(any)) setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
    if (connect(fd, any, length) < 0 && errno != EINPROGRESS) return failed(fd);
    *descriptor = fd;
    return 0;
}

int clinux_listen_address(const void *address, uint32_t length, int backlog) {
    const struct sockaddr *any = address;
    int fd = socket(any->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(fd, any, length) < 0 || listen(fd, backlog) < 0) return failed(fd);
    return fd;
}

static int unpack(const struct sockaddr_storage *any, uint8_t *bytes, uint16_t *port) {
    if (any->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)any;
        memcpy(bytes, &six->sin6_addr, 16);
        *port = ntohs(six->sin6_port);
        return 0;
    }
    if (any->ss_family != AF_INET) return -EAFNOSUPPORT;
    const struct sockaddr_in *four = (const struct sockaddr_in *)any;
    memset(bytes, 0, 10);
    memset(bytes + 10, 0xFF, 2);
    memcpy(bytes + 12, &four->sin_addr, 4);
    *port = ntohs(four->sin_port);
    return 0;
}

int clinux_endpoints(int fd, uint8_t *own, uint16_t *own_port, uint8_t *peer, uint16_t *peer_port) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) return -errno;
    int result = unpack(&address, own, own_port);
    if (result < 0 || peer == NULL) return result;
    length = sizeof address;
    if (getpeername(fd, (struct sockaddr *)&address, &length) < 0) return -errno;
    return unpack(&address, peer, peer_port);
}

int clinux_connect_result(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
    return -error;
}
