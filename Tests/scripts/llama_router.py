#!/usr/bin/env python3
"""A real llama.cpp server as a router of three tiny models, of which it keeps one: found by itself,
its models loaded and unloaded, and none that generates is made to leave by another request of ours.

Usage: LLAMA_SERVER=/path/to/llama-server llama_router.py

Skipped where neither $LLAMA_SERVER nor the path has a `llama-server` that knows `--models-dir`.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import time
import urllib.request

import environment
from connection import Connection
from llamacpp import SCRIPTS
from programs import Daemon, Folder, Program, own_host
from verdict import Skipped, check, conclude, until

MODELS = ["alpha", "beta", "gamma"]
TOKENS = 100
CONTEXT = 4096


def binary():
    path = os.environ.get("LLAMA_SERVER") or shutil.which("llama-server")
    if not path:
        raise Skipped("there is no llama-server, and $LLAMA_SERVER names none")
    told = subprocess.run([path, "--help"], capture_output=True, text=True, timeout=60).stdout
    if "--models-dir" not in told:
        raise Skipped(f"{path} has no router mode (--models-dir)")
    return path


class Router(Program):
    def __init__(self, folder, path, models, host, most):
        self.url = f"http://{host}:9931"
        super().__init__(
            [path, "--models-dir", models, "--models-max", most, "--host", host, "--port", 9931,
             "--ctx-size", 2 * CONTEXT, "--parallel", 2, "--threads", 1, "--no-warmup"],
            folder / "router.log", stdout=subprocess.DEVNULL)

    def states(self):
        with urllib.request.urlopen(self.url + "/v1/models", timeout=10) as answer:
            return {each["id"]: each["status"]["value"] for each in json.load(answer)["data"]}


def main():
    path = binary()
    with Folder() as folder:
        models = folder / "models"
        models.mkdir()
        interpreter = environment.python("xllamacpp", "gguf")
        first = models / f"{MODELS[0]}.gguf"
        made = environment.run(interpreter, SCRIPTS / "tiny_model.py", first)
        check(made.returncode == 0, "gguf writes a model", made.stdout)
        for name in MODELS[1:]:
            shutil.copy(first, models / f"{name}.gguf")
        host = own_host()
        with Daemon(folder, discovery=f'hosts = ["{host}"]') as daemon, \
                Connection(daemon.socket, 60) as client:
            for most in (1, 2):
                with Router(folder, path, models, host, most) as router:
                    found(client)
                    loads(client, router)
                    crowd(daemon, router, most)
                    gone(client, router)
            check(daemon.stop() == 0, "the daemon ends well")


def found(client):
    models = until(lambda: client.call("models.list")["models"], "a real router is found")
    backend, = client.call("backends.list")["backends"]
    check(backend["name"] == backend["kind"] == "llama.cpp", "as llama.cpp", backend)
    check({each["id"]: each["state"] for each in models} == dict.fromkeys(MODELS, "not-loaded"),
          "with all its models, none of them loaded", models)


def loads(client, router):
    told = []
    identifier = client.send("models.load", {"model": "alpha", "progress": True})
    while "result" not in (message := client.read()):
        told.append(message["params"])
    model = message["result"]
    check(message["id"] == identifier and model["state"] == "loaded"
          and model["loaded_context_length"] == CONTEXT,
          "a load is answered when it is done, with the context that came of it", model)
    check({note["phase"] for note in told} == {"loading"}, "and its progress is told", told)
    check(router.states()["alpha"] == "loaded", "the router says so, too")
    count = client.call("tokens.count", model="alpha", prompt="Hello")
    guess = client.call("tokens.count", model="beta", prompt="Hello")
    check(not count["estimated"] and guess["estimated"], "what is loaded counts tokens", count)
    check(router.states()["alpha"] == "loaded", "and nothing is loaded only for that")
    model = client.call("models.unload", model="alpha")
    check(model["state"] == "not-loaded" and router.states()["alpha"] != "loaded",
          "and it is unloaded", model)
    deltas = []
    result = client.call("complete", deltas, model="beta", prompt="Hello", max_tokens=8, stream=True)
    check(result["usage"]["completion_tokens"] == 8 and router.states()["beta"] == "loaded",
          "a request loads its model", result)
    error = client.error("complete", model="delta", prompt="Hello")
    check(error.code == 1001 and error.data["nearest"], "one that it does not have is 1001", error)


def crowd(daemon, router, most):
    """Several callers want several models, all at once."""
    chance = random.Random(7)
    connections = [Connection(daemon.socket, 60) for _ in range(4)]
    asked = []
    for _ in range(8):
        for connection in connections:
            asked.append((connection, connection.send("complete", {
                "model": chance.choice(MODELS), "prompt": "x", "max_tokens": TOKENS,
                "stream": True})))
    crowded = 0
    for connection, identifier in asked:
        result = connection.answer(identifier)
        loaded = list(router.states().values())
        crowded += len(loaded) - loaded.count("unloaded") > most
        if result["usage"]["completion_tokens"] != TOKENS or "attempts" in result:
            check(False, "every answer is whole", result)
    check(not crowded, f"room for {most}: all of {len(asked)} requests are answered whole, at once")
    for connection in connections:
        connection.__exit__(None, None, None)


def gone(client, router):
    router.stop(signal.SIGKILL)
    began = time.monotonic()
    until(lambda: not client.call("backends.list")["backends"], "killed, it is gone")
    check(time.monotonic() - began < 1.5, "within 1.5 s")


if __name__ == "__main__":
    conclude(main, 120)
