"""Rows of long queues: their servers go, their clients go, their time is over."""

import os
import time

from stage import line, row, wait_until

SETTINGS = "[limits]\nqueue_max = 100000\nin_flight_per_connection_max = 20000"


def fill(scene, count, connections=4, **params):
    clients = [scene.client() for _ in range(connections)]
    for index, client in enumerate(clients):
        client.send(b"".join(line("complete", {"prompt": "x", "model": "m0", **params}, id=i)
                             for i in range(index, count, connections)))
    watcher = scene.client()
    wait_until(lambda: queued(watcher) >= count - 8, 60, f"{count} are queued")
    scene.mark(f"{count} queued")
    return clients


def queued(client):
    return client.call("status")["result"]["queued"]


def drain_all(scene, clients, count, what):
    """Each is answered once, whatever the answer is."""
    ids = []
    for client in clients:
        while len(ids) < count:
            reply = client.read(60)
            assert reply is not None, "the connection ended"
            if b'"method":' in reply[:60]:
                continue
            ids.append(reply)
            if queued_share(ids, count, len(clients)):
                break
    scene.mark(what)


def queued_share(ids, count, connections):
    return len(ids) % (count // connections) == 0


def server_that_goes(path_kind):
    def play(scene):
        path = scene.folder / "u" if path_kind == "unix:" else None
        backend = scene.backend(post=lambda body: None, settings="max_concurrent = 1", path=path)
        scene.start(backend, settings=SETTINGS)
        clients = fill(scene, 20_000)
        backend.stop()
        if path:
            os.unlink(path)
        drain_all(scene, clients, 20_000, "all answered")

    return play


row("queues: 20,000 for a unix: server that goes")(server_that_goes("unix:"))
row("queues: 20,000 for a TCP server that goes")(server_that_goes("tcp"))


@row("queues: 20,000 whose time is over at once")
def expired(scene):
    scene.start(scene.backend(post=lambda body: None, settings="max_concurrent = 1"),
                settings=SETTINGS)
    clients = fill(scene, 20_000, timeout_ms=4_000)
    drain_all(scene, clients, 20_000, "all answered")


@row("queues: 20,000 whose clients go")
def clients_go(scene):
    scene.start(scene.backend(post=lambda body: None, settings="max_concurrent = 1"),
                settings=SETTINGS)
    clients = fill(scene, 20_000, connections=200)
    for client in clients:
        client.close()
    watcher = scene.client()
    wait_until(lambda: queued(watcher) == 0, 30, "the queue is empty")
    scene.mark("all gone")


@row("queues: 20,000 that are served at once")
def served(scene):
    from stage import answer, completion
    body = answer(completion())

    def post(_):
        if not served_now:
            time.sleep(0.02)
        return body

    served_now = []
    scene.start(scene.backend(post=post, settings="max_concurrent = 4"), settings=SETTINGS)
    clients = fill(scene, 8_000)
    served_now.append(1)
    drain_all(scene, clients, 8_000, "all answered")


@row("queues: 20,000 cancelled one by one")
def cancelled(scene):
    scene.start(scene.backend(post=lambda body: None, settings="max_concurrent = 1"),
                settings=SETTINGS)
    (client,) = fill(scene, 19_000, connections=1)
    client.send_aside(b"".join(
        b'{"jsonrpc":"2.0","method":"cancel","params":{"id":%d}}\n' % i for i in range(19_000)))
    drain_all(scene, [client], 19_000, "all answered")


@row("queues: 5,000 that want to be told their position")
def positions(scene):
    scene.start(scene.backend(post=lambda body: None, settings="max_concurrent = 1"),
                settings=SETTINGS)
    clients = fill(scene, 5_000, connections=50, stream=True, progress=True)
    for client in clients[:25]:
        client.close()
    watcher = scene.client()
    wait_until(lambda: queued(watcher) < 2_600, 30, "half of them are gone")
    scene.mark("half of them gone")
