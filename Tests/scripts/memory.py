#!/usr/bin/env python3
"""At the bounds: as many connections and backends as the daemon takes, each with as much as it can
make the daemon hold. Whatever they do, it stays under memory_max + 64 MiB, and answers.

The kernel says how much it held at most (VmHWM), and ends a daemon that goes far beyond it
(RLIMIT_DATA).
The figures are those of a release build, which `make memory` gives it; a word chooses a kind of load.
"""

import contextlib
import itertools
import json
import pathlib
import re
import resource
import selectors
import socket
import sys
import threading
import time

from connection import Connection
from programs import Daemon, Folder, die_with_parent
from verdict import check, conclude, until

MEBIBYTE = 1 << 20
# Of the defaults only how many connections one user may have is raised: there is but one here.
MEMORY_MAX = 1024 * MEBIBYTE
BESIDES = 64 * MEBIBYTE
# The kernel counts address space here, and heap that is freed in its midst keeps its addresses when
# its memory goes back: with all that may be held once in small pieces and then in large ones.
CAP = 2 * MEMORY_MAX + BESIDES
CONNECTIONS = 4096
BACKENDS = 64
# MiB that it may rest at above what it held before any load: the numbers of an hour of requests to
# 64 backends, and pieces of the heap.
RESTING_MORE = 48
# Seconds in which the most that was ever held has to stay as it is: what comes then is more of the
# same.
SETTLED = 4
# Seconds after which a state that is waited for will not come, however busy the machine is.
PATIENCE = 900
LETTERS = b"a" * (60 * MEBIBYTE)
NUMBERS = b"0.123456789," * (5 * MEBIBYTE - 1) + b"1"


def models(count, name):
    entries = b",".join(b'{"id":"m-%d-%s"}' % (i, name) for i in range(count))
    return b'{"object":"list","data":[' + entries + b"]}"


SHORT, LONG = models(1_000, b"n" * 100), models(90_000, b"n" * 150)
MODEL = "m-0-" + "n" * 100


def head(fields):
    return b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n"


def whole(body):
    return [head(b"Content-Length: %d" % len(body)), body]


def events(size):
    event = b'data: {"choices":[{"delta":{"content":"%s"}}]}\n\n' % LETTERS[:size]
    return itertools.chain([head(b"Content-Type: text/event-stream")],
                           itertools.repeat(event, 64 * MEBIBYTE // size))


# What is answered, by the word that stands in a request.
ANSWERS = {
    b"letters": lambda: whole(
        b'{"choices":[{"message":{"content":"%s"},"finish_reason":"stop"}]}' % LETTERS),
    b"numbers": lambda: whole(b'{"data":[{"index":0,"embedding":[%s]}]}' % NUMBERS),
    b"deltas": lambda: events(4_000),
    b"frames": lambda: events(3 * MEBIBYTE),
    b"fields": lambda: [b"HTTP/1.1 200 OK\r\n" + b"X-Y: zzzzzzzzzzzzzzzzzzzzzz\r\n" * 2_000],
}


class Backend:
    """An OpenAI-compatible server: a list of models, and answers as large as are read."""

    def __init__(self):
        self.models = SHORT
        self.asked = 0
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.welcome, daemon=True).start()

    def welcome(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with contextlib.suppress(OSError), client:
            while True:
                found = self.read(client)
                if found is None:
                    return
                request, body = found
                if request.startswith(b"GET"):
                    self.asked += 1
                    answer = whole(self.models)
                else:
                    answer = next((make() for word, make in ANSWERS.items() if word in body), [])
                for piece in answer:
                    client.sendall(piece)
                if not isinstance(answer, list) or len(answer) < 2:
                    # It thinks for ever, or has ended.
                    client.recv(1)
                    return

    @staticmethod
    def read(client):
        """The head of the next request, and the front of its body."""
        rest = b""
        while b"\r\n\r\n" not in rest:
            piece = client.recv(65536)
            if not piece:
                return None
            rest += piece
        request, rest = rest.split(b"\r\n\r\n", 1)
        size = re.search(rb"(?i)content-length: *(\d+)", request)
        missing = int(size[1]) - len(rest) if size else 0
        while missing > 0:
            missing -= len(client.recv(65536)) or missing
        return request, rest[-200:] + rest[:200]


def status(daemon, field):
    """MiB of /proc/PID/status."""
    text = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", text)[1]) / 1024


def capped():
    die_with_parent()
    resource.setrlimit(resource.RLIMIT_DATA, (CAP, CAP))


class Crowd:
    """Clients that send and do not read."""

    def __init__(self, daemon, count):
        self.clients = []
        for _ in range(count):
            client = socket.socket(socket.AF_UNIX)
            client.connect(str(daemon.socket))
            client.setblocking(False)
            self.clients.append(client)

    def push(self, text, watcher):
        """Sends a text of its own on each, as far as the daemon takes it, until nothing moves though
        it answers the watcher; how many bytes."""
        waiting = selectors.DefaultSelector()
        left = {}
        for index, client in enumerate(self.clients):
            left[client] = memoryview(text(index))
            waiting.register(client, selectors.EVENT_WRITE)
        total = still = 0
        while waiting.get_map() and still < 3:
            ready = waiting.select(0.5)
            if ready:
                still = 0
            else:
                watcher.call("ping")
                still += 1
            for key, _ in ready:
                client = key.fileobj
                try:
                    count = client.send(left[client][:262_144])
                except BlockingIOError:
                    continue
                except OSError:
                    count = len(left[client])
                total += count
                left[client] = left[client][count:]
                if not left[client]:
                    waiting.unregister(client)
        waiting.close()
        return total

    def leave(self):
        for client in self.clients:
            client.close()


class Trial:
    """One kind of load after the other on one daemon."""

    def __init__(self, daemon, watcher, backends):
        self.daemon, self.watcher, self.backends = daemon, watcher, backends
        # MiB of its own that it holds when nobody asks for anything.
        self.resting = 0

    def settles(self):
        """Asks again and again until no more is held than before: a daemon that has died does not
        answer."""
        peak, since = 0, time.monotonic()
        end = since + PATIENCE
        while time.monotonic() < since + SETTLED:
            assert self.watcher.call("ping") == {"ok": True}
            assert time.monotonic() < end, f"it holds more and more: {peak:.0f} MiB"
            time.sleep(0.1)
            # Not by less than a MiB: that much is the allocator's, not the load's.
            if status(self.daemon, "VmHWM") > peak + 1:
                peak, since = status(self.daemon, "VmHWM"), time.monotonic()

    def conclude(self, name):
        peak = status(self.daemon, "VmHWM")
        print(f"    {name}: {status(self.daemon, 'VmRSS'):.0f} MiB, at most {peak:.0f} so far, "
              f"data {status(self.daemon, 'VmData'):.0f}")
        check(peak < (MEMORY_MAX + BESIDES) / MEBIBYTE, f"{name}: it answers, and stays below")

    def rests(self):
        """What was held goes back to the kernel, but for what the models take that are known."""
        until(lambda: self.watcher.call("status")["connections"] == 1, "    they are gone", PATIENCE)
        until(lambda: self.watcher.call("status")["in_flight"] == 0, "    and their requests",
              PATIENCE)
        until(lambda: status(self.daemon, "RssAnon") < self.resting + RESTING_MORE,
              "    and what they held", PATIENCE)
        print(f"    rests at {status(self.daemon, 'RssAnon'):.0f} MiB of its own, at the beginning "
              f"{self.resting:.0f}; data {status(self.daemon, 'VmData'):.0f}")

    def lines(self):
        crowd = Crowd(self.daemon, CONNECTIONS - 8)
        text = line("complete", {"prompt": "a" * (2 * MEBIBYTE)})[:-10]
        sent = crowd.push(lambda _: text, self.watcher)
        self.settles()
        self.conclude(f"unfinished lines on {CONNECTIONS - 8} connections, {sent >> 20} MiB sent")
        crowd.leave()
        self.rests()

    def asks(self, name, method, params, clients, each=1):
        """`each` requests of every client, spread over the backends."""
        crowd = Crowd(self.daemon, clients)
        crowd.push(lambda index: b"".join(
            line(method, {**params, "model": MODEL, "backend": f"b{(index + i) % BACKENDS}"}, i)
            for i in range(each)), self.watcher)
        self.settles()
        self.conclude(name)
        crowd.leave()
        self.rests()

    def batches(self):
        crowd = Crowd(self.daemon, 192)
        wish = json.loads(line("complete", {"prompt": "wait", "model": MODEL, "backend": "b0"}, 0))
        lists = [json.loads(line("models.list", {"backend": f"b{i % BACKENDS}"}, i + 1))
                 for i in range(40)]
        text = json.dumps([wish, *lists]).encode() + b"\n"
        crowd.push(lambda _: text, self.watcher)
        self.settles()
        self.conclude("batches with large answers that wait for one more")
        crowd.leave()
        self.rests()

    def lists(self):
        many = self.backends[:16]
        before = [each.asked for each in many]
        for each in many:
            each.models = LONG
        # Whoever is asked for a third one has told two to their ends, or as far as they were read.
        until(lambda: all(each.asked > count + 2 for each, count in zip(many, before)),
              "    the long lists were read", PATIENCE)
        self.settles()
        self.conclude("lists of 90,000 models")
        for each in many:
            each.models = SHORT
        self.knows_short_lists()
        self.rests()

    def knows_short_lists(self):
        until(lambda: all(each["models"] == 1_000 for each
                          in self.watcher.call("backends.list")["backends"]),
              f"    {BACKENDS} backends with 1,000 models each are known", PATIENCE)


def line(method, params, identifier=1):
    return json.dumps({"jsonrpc": "2.0", "id": identifier, "method": method,
                       "params": params}).encode() + b"\n"


def main():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    check(hard >= 3 * CONNECTIONS, "this test may open the files that it needs", hard)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(Folder())
        backends = [Backend() for _ in range(BACKENDS)]
        daemon = stack.enter_context(Daemon(
            folder, *(f'name = "b{i}"\nendpoint = "http://127.0.0.1:{each.port}/v1"\n'
                      'kind = "openai"\nmax_concurrent = 64' for i, each in enumerate(backends)),
            settings=f'[limits]\nconnections_per_uid_max = {CONNECTIONS}\n[log]\nlevel = "error"',
            prepare=capped))
        with Connection(daemon.socket, seconds=PATIENCE) as watcher:
            trial = Trial(daemon, watcher, backends)
            trial.knows_short_lists()
            trial.resting = status(daemon, "RssAnon")
            print(f"    {status(daemon, 'VmRSS'):.0f} MiB, of it heap and the like "
                  f"{status(daemon, 'VmData'):.0f}")
            loads = {
                "lines": trial.lines,
                "many": lambda: trial.asks(
                    "prompts of 40 KiB for servers that think", "complete",
                    {"prompt": "wait " * 8_192}, 1024, 20),
                "prompts": lambda: trial.asks(
                    "prompts of 7 MiB", "complete", {"prompt": "wait " * 1_468_006}, 256),
                "short": lambda: trial.asks(
                    "short requests, as many as may wait", "complete", {"prompt": "wait"},
                    1024, 20),
                "letters": lambda: trial.asks(
                    "answers of 60 MiB", "complete", {"prompt": "letters"}, 1024),
                "numbers": lambda: trial.asks(
                    "vectors of 60 MiB", "embed", {"input": "numbers"}, 1024),
                "deltas": lambda: trial.asks(
                    "streams for clients that do not read", "complete",
                    {"prompt": "deltas", "stream": True}, 1024),
                "frames": lambda: trial.asks(
                    "events of 3 MiB", "complete", {"prompt": "frames", "stream": True}, 1024),
                "fields": lambda: trial.asks(
                    "heads that do not end", "complete", {"prompt": "fields"}, 1024, 4),
                "batches": trial.batches,
                "lists": trial.lists,
            }
            for name in sys.argv[1:] or loads:
                loads[name]()
        check(daemon.stop(seconds=PATIENCE) == 0, "it ends well")


if __name__ == "__main__":
    conclude(main, seconds=4 * PATIENCE)
