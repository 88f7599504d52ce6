"""Rows of long queues: their servers go, their clients go, their time is over."""

import os
import threading
import time

from stage import answer, completion, line, model_list, row, wait_until

SETTINGS = "[limits]\nqueue_max = 100000\nin_flight_per_connection_max = 10000"


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
    for client in clients:
        left = count // len(clients)
        while left > 0:
            reply = client.read(60)
            assert reply is not None, "the connection ended"
            left -= b'"method":' not in reply[:60]
    scene.mark(what)


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


@row("queues: 20,000 for a model that is listed no more")
def unlisted(scene):
    models = [model_list(["m0"])]
    backend = scene.backend(post=lambda body: None, models=lambda: models[0],
                            settings="max_concurrent = 1")
    scene.start(backend, settings=SETTINGS)
    clients = fill(scene, 20_000)
    models[0] = model_list(["other"])
    watcher = scene.client()
    wait_until(lambda: queued(watcher) == 0, 60, "the queue is empty")
    scene.mark("the model is gone")
    backend.stop()
    drain_all(scene, clients, 20_000, "all answered")


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


@row("queues: 8,000 that are served at once")
def served(scene):
    opened = threading.Event()

    def post(_):
        opened.wait(60)
        return answer(completion())

    scene.start(scene.backend(post=post, settings="max_concurrent = 4"), settings=SETTINGS)
    clients = fill(scene, 8_000)
    opened.set()
    drain_all(scene, clients, 8_000, "all answered")


@row("queues: 9,000 cancelled one by one")
def cancelled(scene):
    scene.start(scene.backend(post=lambda body: None, settings="max_concurrent = 1"),
                settings=SETTINGS)
    (client,) = fill(scene, 9_000, connections=1)
    client.send_aside(b"".join(
        b'{"jsonrpc":"2.0","method":"cancel","params":{"id":%d}}\n' % i for i in range(9_000)))
    drain_all(scene, [client], 9_000, "all answered")


@row("queues: 3,000 that 300 subscribers watch")
def watched(scene):
    backend = scene.backend(post=lambda body: time.sleep(0.01) or answer(completion()),
                            settings="max_concurrent = 1")
    scene.start(backend, settings=SETTINGS)
    stop_watching = scene.drain(20, b"".join(
        line("subscribe", {"topics": ["requests"]}, id=i) for i in range(15)))
    fill(scene, 3_000, connections=50)
    watcher = scene.client()
    wait_until(lambda: queued(watcher) < 2_800, 60, "two hundred are served")
    scene.mark("two hundred served")
    stop_watching()


@row("queues: 3,000 that are told their position")
def positions(scene):
    backend = scene.backend(post=lambda body: time.sleep(0.01) or answer(completion()),
                            settings="max_concurrent = 1")
    scene.start(backend, settings=SETTINGS)
    params = {"prompt": "x", "model": "m0", "stream": True, "progress": True}
    end = scene.drain(50, b"".join(line("complete", params, id=i) for i in range(60)))
    watcher = scene.client()
    wait_until(lambda: queued(watcher) > 2_500, 30, "they are queued")
    scene.mark("queued")
    wait_until(lambda: queued(watcher) < 2_400, 60, "a hundred are served")
    scene.mark("a hundred served")
    end()
    wait_until(lambda: queued(watcher) == 0, 30, "the queue is empty")
    scene.mark("all gone")
