// The Linux calls that Swift's Glibc module lacks or cannot say. Each answers as its system call
// does: a negative number is -errno, so that no caller has to read errno after the fact.
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>

/// One event of epoll as a plain struct; the kernel's own is a packed union.
struct clinux_event {
    uint64_t data;
    uint32_t events;
};

enum {
    CLINUX_IN = 0x001,
    CLINUX_OUT = 0x004,
    CLINUX_ERR = 0x008,
    CLINUX_HUP = 0x010,
    CLINUX_RDHUP = 0x2000,
};
/// What is ready is told once, until it is asked for anew.
static const uint32_t CLINUX_EDGE = UINT32_C(1) << 31;

int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t data);
int clinux_epoll_change(int epoll, int fd, uint32_t events, uint64_t data);
int clinux_epoll_remove(int epoll, int fd);
/// Answers what is ready, at once or, if `waits`, when something is; interrupted by a signal
/// answers 0.
int clinux_epoll_wait(int epoll, struct clinux_event *events, int count, int waits);

/// A timer of the monotonic clock, added to `epoll`, which tells of it as `data` each time that it
/// goes off.
int clinux_timer_create(int epoll, uint64_t data);
/// Sets it to a moment of that clock, in nanoseconds, instead of the one before.
void clinux_timer_set(int timer, uint64_t moment);

/// Accepts one connection, close-on-exec and non-blocking.
int clinux_accept(int listener);
int clinux_close(int fd);
long clinux_read(int fd, void *bytes, size_t count);
/// Reads from a socket, in less time; falls back to read for what is none.
long clinux_receive(int fd, void *bytes, size_t count);
/// Sends without SIGPIPE; falls back to write for what is no socket.
long clinux_send(int fd, const void *bytes, size_t count);
/// Sends the first and then the second as one, without SIGPIPE; `fd` is a socket.
long clinux_send_both(
    int fd, const void *first, size_t first_count, const void *second, size_t second_count);
/// The same, but answers -EAGAIN instead of waiting for a reader, though `fd` may be blocking, as a
/// standard error shared with others is; may write less than `count`.
long clinux_send_now(int fd, const void *bytes, size_t count);

/// Blocks `signals` and answers a descriptor that tells of them.
int clinux_signalfd(const int *signals, int count);
/// The next signal number from that descriptor, 0 when there is none.
int clinux_read_signal(int fd);

/// Who is at the other end of a Unix socket, as the kernel saw it at connect.
int clinux_peer(int fd, int32_t *pid, uint32_t *uid, uint32_t *gid);

/// Binds and listens on a Unix socket whose file has `mode` from its first moment on.
int clinux_listen_unix(const char *path, uint32_t mode, int backlog);
/// Connects to a Unix socket, non-blocking; -EINPROGRESS and -EAGAIN are answers, too.
int clinux_connect_unix(const char *path, int blocking, int *descriptor);
/// Starts connecting to an address given as sockaddr bytes; TCP gets TCP_NODELAY, and within the
/// machine reno.
int clinux_connect_address(const void *address, uint32_t length, int *descriptor);
/// Binds a TCP socket to an address given as sockaddr bytes and listens on it; what it accepts has
/// TCP_NODELAY.
int clinux_listen_address(const void *address, uint32_t length, int backlog);
/// Both ends of a connected TCP socket, or the own one of a listener (`peer` null): each 16 bytes
/// of address, an IPv4 one as IPv6 maps it, and a port.
int clinux_endpoints(
    int fd, uint8_t *own, uint16_t *own_port, uint8_t *peer, uint16_t *peer_port);
/// What became of a connect that was in progress: 0 or -errno.
int clinux_connect_result(int fd);

/// Shuts the writing side of a socket down.
void clinux_end_output(int fd);

/// Opens `path` and takes an exclusive lock that lasts as long as the descriptor.
int clinux_lock_file(const char *path);
/// 1 if `fd` is a Unix stream socket that listens, 2 if it is a connected one, 3 if it is a TCP
/// socket that listens, 0 if none of these.
int clinux_socket_role(int fd);
/// Makes an inherited descriptor non-blocking and close-on-exec.
int clinux_adopt(int fd);
/// Raises the soft limit on descriptors towards `wanted`; answers the limit in force.
long clinux_raise_descriptors(long wanted);
/// Lowers the limit on the size of a core to nothing, for good.
int clinux_forbid_cores(void);

/// A TCP socket that listens; an IPv4 address stands in the first four bytes.
struct clinux_listener {
    uint8_t address[16];
    uint64_t inode;
    uint32_t uid;
    uint16_t port;
    uint16_t is_ipv6;
};
/// Who listens on one of `ports`, at most `room` of them; answers how many. The kernel is asked for
/// those that listen alone (sock_diag(7)).
int clinux_listeners(
    const uint16_t *ports, int port_count, struct clinux_listener *found, int room);

/// Bytes that were sent on a socket and not read yet, as the kernel counts their memory.
int clinux_unread(int fd);

/// Unmaps the pages of all code, which come back from the page cache as they are needed; answers
/// how many bytes they span.
long clinux_drop_code(void);
/// Keeps up to `bytes` of freed memory on the heap, and blocks of that size on it too.
void clinux_keep_freed(int bytes);
/// Gives the heap's free pages back to the kernel.
void clinux_trim_heap(void);

/// Unpacks what is compressed with gzip or zlib, or, if `raw`, with deflate alone; -ENOSYS without
/// zlib on this system.
struct clinux_inflater;
int clinux_inflater_open(int raw, struct clinux_inflater **inflater);
/// Unpacks into `room`; answers how many bytes it wrote and says how many it used. -EBADMSG for
/// what is not compressed.
long clinux_inflate(
    struct clinux_inflater *inflater, const void *bytes, size_t count, size_t *used, void *room,
    size_t room_count);
void clinux_inflater_close(struct clinux_inflater *inflater);

/// Sends one datagram to the socket of NOTIFY_SOCKET, which may be abstract ("@name").
int clinux_notify(const char *socket_name, const char *message);

/// Looks `host` up on a thread of its own. The descriptor answered becomes readable with
/// records {uint32 length, sockaddr bytes}, or one record of length 0 and an int32 (a gai error,
/// which is negative, or an errno), and then ends.
int clinux_resolve(const char *host, const char *port);

#endif
