"""Rows of many clients: subscriptions, connections, lines that never end."""

import contextlib
import socket
import threading
import time

from stage import answer, completion, event, line, row, stream


def busy(scene, seconds):
    """Short requests by four clients, one after another, while the innocent watches."""
    end = time.monotonic() + seconds
    done = []

    def ask():
        client = scene.client()
        while time.monotonic() < end:
            client.call("complete", {"prompt": "x", "model": "m0"}, seconds=60)
            done.append(1)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    scene.mark(f"{len(done) / seconds:.0f} requests/s")


def subscriptions(topic, count=15, **params):
    return b"".join(line("subscribe", {"topics": [topic], **params}, id=i) for i in range(count))


@row("crowds: 7,500 subscriptions on requests, all read")
def requests(scene):
    scene.start(scene.backend())
    end = scene.drain(500, subscriptions("requests"))
    scene.mark("subscribed")
    busy(scene, 6)
    taken, _ = end()
    assert taken > 10_000_000, f"the subscribers were told {taken} bytes"
    scene.mark("all gone")


@row("crowds: 7,500 subscriptions of every kind, all read")
def every_topic(scene):
    scene.start(scene.backend())
    mixed = b"".join(subscriptions(topic, 3) for topic in
                     ("requests", "stats", "log", "models", "backends"))
    end = scene.drain(500, mixed)
    scene.mark("subscribed")
    busy(scene, 6)
    end()


@row("crowds: 3,000 subscriptions on requests, never read")
def never_read(scene):
    scene.start(scene.backend(), settings="[limits]\nwrite_stall = 5")
    clients = [scene.client() for _ in range(200)]
    for client in clients:
        client.send(subscriptions("requests"))
    scene.mark("subscribed")
    busy(scene, 8)


@row("crowds: 1,000 subscriptions on statistics every 10 ms")
def statistics(scene):
    scene.start(scene.backend())
    end = scene.drain(100, subscriptions("stats", 10, interval_ms=10))
    busy(scene, 4)
    end()


@row("crowds: a stream that 15 × 200 subscribers watch")
def watched_stream(scene):
    scene.start(scene.backend(post=stream(event({"content": "a"}) * 20_000)))
    end = scene.drain(200, subscriptions("requests"))
    client = scene.client()
    client.send(line("complete", {"prompt": "x", "model": "m0", "stream": True}))
    while b'"result"' not in client.read(60)[:80]:
        pass
    scene.mark("streamed")
    end()


@row("crowds: 20,000 connects, one after another")
def connects(scene):
    scene.start(scene.backend())
    for _ in range(20_000):
        with socket.socket(socket.AF_UNIX) as each:
            with contextlib.suppress(BlockingIOError):
                each.connect(scene.socket)
    scene.mark("connects")


@row("crowds: as many connections as the daemon takes, and more")
def connections(scene):
    scene.start(scene.backend(), settings="[limits]\nconnections_per_uid_max = 4096")
    held = []
    for _ in range(4_200):
        each = socket.socket(socket.AF_UNIX)
        each.connect(scene.socket)
        held.append(each)
    scene.mark("connected")
    time.sleep(1)
    scene.mark("held")
    for each in held:
        with contextlib.suppress(OSError):
            each.sendall(line("models.list"))
    time.sleep(1)
    scene.mark("all ask at once")
    for each in held:
        each.close()
    time.sleep(1)
    scene.mark("all gone at once")


@row("crowds: 100 clients with 7 MB of a line that never ends")
def unfinished(scene):
    scene.start(scene.backend())
    clients = [scene.client() for _ in range(100)]
    data = b'{"jsonrpc":"2.0","id":1,"method":"complete","params":{"prompt":"' + b"a" * 7_000_000
    for client in clients:
        client.send(data)
    scene.mark("held")
    for client in clients:
        client.close()
    time.sleep(1)
    scene.mark("all gone at once")


@row("crowds: 1,000 clients that write a byte at a time")
def slow_writers(scene):
    scene.start(scene.backend())
    clients = [scene.client() for _ in range(1_000)]
    data = line("ping")
    for at in range(len(data)):
        for client in clients:
            client.send(data[at:at + 1])
    scene.mark("bytes")


@row("crowds: 200 clients with 64 requests each, all gone at once")
def vanish(scene):
    scene.start(scene.backend(post=lambda body: None, settings="max_concurrent = 64"),
                settings="[limits]\nqueue_max = 20000")
    clients = [scene.client() for _ in range(200)]
    for client in clients:
        client.send(b"".join(line("complete", {"prompt": "x", "model": "m0"}, id=i)
                             for i in range(64)))
    scene.client().call("status")
    scene.mark("12,800 queued")
    for client in clients:
        client.close()
    scene.client().call("status")
    scene.mark("all gone")


@row("crowds: 64 large answers that nobody reads")
def unread(scene):
    body = answer(completion("a" * 7_000_000))
    scene.start(scene.backend(post=body, settings="max_concurrent = 64"))
    clients = [scene.client() for _ in range(64)]
    for client in clients:
        client.send(line("complete", {"prompt": "x", "model": "m0"}))
    time.sleep(3)
    scene.mark("unread")
