// The floor: a bare epoll loop that sends back every line as it came. Nothing that answers lines
// over a Unix socket on this kernel can be faster by much.
#include "Bench.h"

#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

int run_echo(int count, char **arguments) {
    if (count != 1) die("usage: echo ADDRESS");
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    raise_descriptors();
    int listener = listen_at(arguments[0], NULL);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    puts("ready");
    fflush(stdout);
    static char bytes[65536];
    struct epoll_event events[256];
    while (true) {
        int ready = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int number = events[i].data.fd;
            if (number == listener) {
                int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
                event.data.fd = client;
                if (client >= 0) epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event);
                continue;
            }
            ssize_t got = recv(number, bytes, sizeof bytes, 0);
            if (got <= 0) close(number);
            else send(number, bytes, (size_t)got, MSG_NOSIGNAL);
        }
    }
}
