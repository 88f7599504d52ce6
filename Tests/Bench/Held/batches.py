"""Rows of batches: a hundred of the dearest calls in one line, and many lines at once."""

import json

from stage import line, row


def batch(calls):
    return b"[" + b",".join(call[:-1] for call in calls) + b"]\n"


def hundred(method, params=None):
    return batch([line(method, params, id=i) for i in range(100)])


def offer(scene, client, data, what, seconds=80):
    client.send(data)
    reply = client.read(seconds)
    scene.mark(what)
    return scene.client() if reply is None else client


def names(count):
    return [f"vendor/some-model-{i}-instruct-q4_k_m" for i in range(count)]


@row("batches: a hundred of every method that needs nothing")
def every_method(scene):
    scene.start(scene.backend(models=names(1000)), models=1000)
    client = scene.client()
    methods = client.call("rpc.discover")["result"]["methods"]
    for method in methods:
        needs = [each["name"] for each in method["params"] if each.get("required")]
        if not needs and method["name"] not in ("subscribe", "shutdown", "config.reload"):
            client = offer(scene, client, hundred(method["name"]), method["name"])


def wrong_models(count):
    def play(scene):
        scene.start(scene.backend(models=names(count)), models=count)
        client = scene.client()
        for wrong in ("vendor/some-modle-1-instruct", "x", "vendor/" + "z" * 900):
            for method in ("complete", "models.get", "check", "route.explain"):
                params = {"model": wrong}
                if method == "complete":
                    params["prompt"] = "x"
                if method == "check":
                    params = {"method": "complete", "params": {"model": wrong, "prompt": "x"}}
                client = offer(scene, client, hundred(method, params), f"{method} {wrong[:20]}")
            client = offer(scene, client, b"".join(
                line("complete", {"model": wrong, "prompt": "x"}, id=i) for i in range(60)),
                "sixty lines")

    return play


for each in (2_000, 100_000):
    row(f"batches: a hundred wrong names among {each} models")(wrong_models(each))


@row("batches: a hundred prompts of 80 KB in escapes")
def prompts(scene):
    scene.start(scene.backend(settings="max_concurrent = 64"))
    client = scene.client()
    one = (b'{"jsonrpc":"2.0","id":%d,"method":"complete","params":{"prompt":"'
           + b"\\u0041" * 13_000 + b'"}}')
    offer(scene, client, b"[" + b",".join(one % i for i in range(100)) + b"]\n", "prompts")


@row("batches: a hundred checks of prompts of 80 KB")
def checks(scene):
    scene.start(scene.backend())
    inner = {"method": "complete", "params": {"prompt": "x\n" * 40_000}}
    offer(scene, scene.client(), hundred("check", inner), "checks")


@row("batches: a hundred calls of 80 KB with unknown parameters")
def unknown(scene):
    scene.start(scene.backend())
    params = {f"promt{i}": 1 for i in range(6_000)}
    offer(scene, scene.client(), hundred("complete", params), "unknown parameters")


@row("batches: fifteen subscriptions on each topic and their snapshots, 20,000 models")
def snapshots(scene):
    scene.start(scene.backend(models=names(20_000)), models=20_000)
    for topic in ("models", "backends", "stats", "requests", "log"):
        with scene.client() as client:
            client.send(b"".join(line("subscribe", {"topics": [topic]}, id=i) for i in range(15)))
            assert b'"result"' in client.read(30)
            for _ in range(5):
                client.read(30)
            scene.mark(topic)


@row("batches: ten clients, each with a hundred lists of 2,000 models")
def many_lists(scene):
    scene.start(scene.backend(models=names(2_000)), models=2_000)
    clients = [scene.client() for _ in range(10)]
    for client in clients:
        client.send_aside(hundred("models.list"))
    for client in clients:
        client.read(60)
    scene.mark("lists")


@row("batches: a hundred cancels among 6,000 requests in flight")
def cancels(scene):
    scene.start(scene.backend(post=lambda body: None, settings="max_concurrent = 4"),
                settings="[limits]\nqueue_max = 20000\nin_flight_per_connection_max = 8000")
    client = scene.client()
    client.send(b"".join(line("complete", {"prompt": "x", "model": "m0"}, id=i)
                         for i in range(6_000)))
    scene.mark("6,000 queued")
    client.send(batch([line("cancel", {"id": i}, id=10_000 + i) for i in range(100)]))
    for _ in range(101):
        client.read(30)
    scene.mark("cancelled")
    other = scene.client()
    offer(scene, other, hundred("requests.list"), "requests.list")
    offer(scene, other, hundred("status"), "status")
    client.close()
    other.call("ping")
    scene.mark("6,000 gone with their client")


@row("batches: a million pings in lines, read late")
def pings(scene):
    scene.start(scene.backend())
    client = scene.client()
    client.send_aside(line("ping") * 1_000_000)
    for _ in range(200_000):
        client.read(30)
    scene.mark("pings")


@row("batches: notifications by the hundred thousand")
def notifications(scene):
    scene.start(scene.backend())
    client = scene.client()
    one = b'{"jsonrpc":"2.0","method":"ping"}\n'
    client.send(one * 200_000)
    client.send(b"[" + b",".join([one[:-1]] * 100) + b"]\n")
    assert json.loads(json.dumps(client.call("ping")))["result"]
    scene.mark("notifications")
