#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int ask(int fd, int family) {
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 body;
    } request = {
        .head = {
            .nlmsg_len = sizeof request,
            .nlmsg_type = SOCK_DIAG_BY_FAMILY,
            .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
        },
        .body = {
            .sdiag_family = (uint8_t)family,
            .sdiag_protocol = IPPROTO_TCP,
            // Asked for these alone, the kernel leaves its table of connections out.
            .idiag_states = 1 << TCP_LISTEN,
        },
    };
    return send(fd, &request, sizeof request, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int is_wanted(uint16_t port, const uint16_t *ports, int port_count) {
    for (int index = 0; index < port_count; index++) {
        if (ports[index] == port) return 1;
    }
    return 0;
}

static void keep(const struct inet_diag_msg *message, struct clinux_listener *listener) {
    memcpy(listener->address, message->id.idiag_src, sizeof listener->address);
    listener->port = ntohs(message->id.idiag_sport);
    listener->is_ipv6 = message->idiag_family == AF_INET6;
    listener->uid = message->idiag_uid;
    listener->inode = message->idiag_inode;
}

/// Appends those of one family; answers how many there are by then.
static int collect(
    int fd, const uint16_t *ports, int port_count, struct clinux_listener *found, int room,
    int count) {
    _Alignas(struct nlmsghdr) char bytes[16384];
    for (;;) {
        // What was asked for is there: the kernel answers within the request, and within each read.
        ssize_t length = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (length < 0) return -errno;
        if (length == 0) return -EPROTO;
        int left = (int)length;
        for (struct nlmsghdr *head = (struct nlmsghdr *)bytes; NLMSG_OK(head, left);
             head = NLMSG_NEXT(head, left)) {
            if (head->nlmsg_type == NLMSG_DONE) return count;
            if (head->nlmsg_type == NLMSG_ERROR) {
                return ((struct nlmsgerr *)NLMSG_DATA(head))->error ?: -EPROTO;
            }
            const struct inet_diag_msg *message = NLMSG_DATA(head);
            if (head->nlmsg_len < NLMSG_LENGTH(sizeof *message) || count >= room) continue;
            if (!is_wanted(ntohs(message->id.idiag_sport), ports, port_count)) continue;
            keep(message, &found[count++]);
        }
    }
}

int clinux_listeners(
    const uint16_t *ports, int port_count, struct clinux_listener *found, int room) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0) return -errno;
    const int families[] = {AF_INET, AF_INET6};
    int count = 0;
    for (int index = 0; index < 2 && count >= 0; index++) {
        int error = ask(fd, families[index]);
        count = error < 0 ? error : collect(fd, ports, port_count, found, room, count);
    }
    close(fd);
    return count;
}
