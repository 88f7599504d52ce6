#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

_Static_assert((int)CLINUX_IN == (int)EPOLLIN && (int)CLINUX_OUT == (int)EPOLLOUT, "epoll");
_Static_assert((int)CLINUX_ERR == (int)EPOLLERR && (int)CLINUX_HUP == (int)EPOLLHUP, "epoll");
_Static_assert((int)CLINUX_RDHUP == (int)EPOLLRDHUP, "epoll");
_Static_assert(UINT32_C(1) << 31 == (uint32_t)EPOLLET, "epoll");

int clinux_epoll_create(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int control(int epoll, int what, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data = {.u64 = data}};
    return epoll_ctl(epoll, what, fd, &event) < 0 ? -errno : 0;
}

int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t data) {
    return control(epoll, EPOLL_CTL_ADD, fd, events, data);
}

int clinux_epoll_change(int epoll, int fd, uint32_t events, uint64_t data) {
    return control(epoll, EPOLL_CTL_MOD, fd, events, data);
}

int clinux_epoll_remove(int epoll, int fd) {
    return control(epoll, EPOLL_CTL_DEL, fd, 0, 0);
}

int clinux_epoll_wait(int epoll, struct clinux_event *events, int count, int waits) {
    struct epoll_event batch[128];
    if (count > 128) count = 128;
    int ready = epoll_wait(epoll, batch, count, waits ? -1 : 0);
    if (ready < 0) return errno == EINTR ? 0 : -errno;
    for (int index = 0; index < ready; index++) {
        events[index].data = batch[index].data.u64;
        events[index].events = batch[index].events;
    }
    return ready;
}

int clinux_timer_create(int epoll, uint64_t data) {
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timer < 0) return -errno;
    // By edge: what it has to tell is told once, and needs no reading.
    int error = control(epoll, EPOLL_CTL_ADD, timer, EPOLLIN | EPOLLET, data);
    if (error == 0) return timer;
    close(timer);
    return error;
}

void clinux_timer_set(int timer, uint64_t moment) {
    if (moment == 0) moment = 1;  // All zeros would disarm it.
    struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(moment / 1000000000), .tv_nsec = moment % 1000000000}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

int clinux_accept(int listener) {
    int fd;
    do {
        fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    return fd < 0 ? -errno : fd;
}

int clinux_close(int fd) {
    return close(fd) < 0 ? -errno : 0;
}

long clinux_read(int fd, void *bytes, size_t count) {
    long got;
    do {
        got = read(fd, bytes, count);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

long clinux_receive(int fd, void *bytes, size_t count) {
    long got;
    do {
        got = recv(fd, bytes, count, 0);
        if (got < 0 && errno == ENOTSOCK) got = read(fd, bytes, count);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

long clinux_send(int fd, const void *bytes, size_t count) {
    long sent;
    do {
        sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == ENOTSOCK) sent = write(fd, bytes, count);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

long clinux_send_both(
    int fd, const void *first, size_t first_count, const void *second, size_t second_count) {
    // The kernel takes two pieces for more than it costs to put small ones together.
    char joined[1024];
    if (first_count + second_count <= sizeof joined) {
        memcpy(joined, first, first_count);
        memcpy(joined + first_count, second, second_count);
        return clinux_send(fd, joined, first_count + second_count);
    }
    struct iovec parts[2] = {{(void *)first, first_count}, {(void *)second, second_count}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    long sent;
    do {
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

long clinux_send_now(int fd, const void *bytes, size_t count) {
    long sent;
    do {
        sent = send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0 || errno != ENOTSOCK) return sent < 0 ? -errno : sent;
    // A pipe that is ready takes this much without waiting (pipe(7)).
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    if (poll(&room, 1, 0) <= 0) return -EAGAIN;
    do {
        sent = write(fd, bytes, count < PIPE_BUF ? count : PIPE_BUF);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

int clinux_signalfd(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int index = 0; index < count; index++) sigaddset(&set, signals[index]);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -errno;
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int clinux_read_signal(int fd) {
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}
