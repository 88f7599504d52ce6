"""Rows of lists of models: long, wide, and new each second."""

import itertools
import json
import time

from stage import MEBIBYTE, line, model_list, row


def changing(make, count=4):
    """A list that is another one at each look."""
    made = itertools.cycle([make(i) for i in range(count)])
    return lambda: next(made)


def watch(scene, seconds, clients=()):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for client in clients:
            client.call("models.list", seconds=60)
        time.sleep(0.05)
    scene.mark(f"{seconds} s")


def over(scene, models, seconds=5, settings=""):
    scene.start(scene.backend(models=models), settings=settings)
    watch(scene, seconds)
    client = scene.client()
    client.call("models.refresh", seconds=60)
    scene.mark("models.refresh")
    client.call("models.list", seconds=60)
    scene.mark("models.list")
    client.call("models.get", {"model": "m-77"}, seconds=60)
    scene.mark("models.get")


@row("lists: 100,000 models, one of them new each second")
def one_new(scene):
    names = [f"m-{i}" for i in range(100_000)]
    over(scene, changing(lambda i: model_list(names[:-1] + [f"new-{i}"])))


@row("lists: 100,000 models, all new each second")
def all_new(scene):
    over(scene, changing(lambda i: model_list([f"m{i}-{j}" for j in range(100_000)])))


@row("lists: 100,000 models that turn and change their order")
def turning(scene):
    names = [f"m-{i}" for i in range(100_000)]
    over(scene, changing(lambda i: model_list(names[i * 9_999:] + names[:i * 9_999])))


@row("lists: 10,000 names of 1 KB, all new each second")
def long_names(scene):
    over(scene, changing(lambda i: model_list([f"{i}-{j}-" + "n" * 1000 for j in range(10_000)])))


@row("lists: 4 MB of members nobody reads, new each second")
def four_megabytes(scene):
    over(scene, changing(lambda i: json.dumps({"object": "list", "data": [
        {"id": "m-77", "x": list(range(i, 500_000))}]}).encode()))


@row("lists: 15 MB in escapes, new each second")
def fifteen_megabytes(scene):
    over(scene, changing(lambda i: b'{"object":"list","data":[' + b",".join(
        b'{"id":"%s%d"}' % (b"\\u006d" * 40, j + i) for j in range(60_000)) + b"]}"))


@row("lists: 40 MB, new each second")
def forty_megabytes(scene):
    over(scene, changing(lambda i: json.dumps({"object": "list", "data": [
        {"id": "m-77", "x": [i] * (40 * MEBIBYTE // 3)}]}).encode()), seconds=6,
         settings=f"[limits]\nlist_bytes_max = {64 * MEBIBYTE}\n")


@row("lists: eight servers of 100,000 models each, all new each second")
def eight_servers(scene):
    backends = [scene.backend(models=changing(
        lambda i, k=k: model_list([f"k{k}-{i}-{j}" for j in range(100_000)]), 2))
        for k in range(8)]
    scene.start(*backends)
    watch(scene, 6)


@row("lists: twenty subscribers and lists of 20,000 models that change")
def subscribers(scene):
    names = [f"m-{i}" for i in range(20_000)]
    scene.start(scene.backend(models=changing(lambda i: model_list(names[:-1] + [f"new-{i}"]))))
    end = scene.drain(20, b"".join(line("subscribe", {"topics": [topic]}, id=i) for i, topic in
                                   enumerate(("models", "backends", "log", "stats"))))
    watch(scene, 5)
    end()


@row("lists: 100,000 models, listed by ten clients at once")
def ten_clients(scene):
    names = [f"m-{i}" for i in range(60_000)]
    scene.start(scene.backend(models=names), models=60_000)
    end = scene.drain(10, b"".join(line("models.list", id=i) for i in range(8)))
    watch(scene, 3)
    end()


@row("lists: an embedding model asked to chat among 100,000")
def embedding(scene):
    names = ["text-embedding-nomic"] + [f"m-{i}" for i in range(99_999)]
    scene.start(scene.backend(models=names), models=100_000)
    client = scene.client()
    for _ in range(20):
        client.call("complete", {"prompt": "x", "model": "text-embedding-nomic"})
    scene.mark("refused")
    for _ in range(20):
        client.call("complete", {"prompt": "x"})
    scene.mark("no model named")
