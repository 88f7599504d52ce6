#!/usr/bin/env python3
"""The daemon finds the model servers of this machine by itself, and leaves all others alone.

Each part has an address of the loopback network to itself, so that the ports that model servers use
are free there whatever runs on this machine.
"""

import json
import os
import signal
import time

import decoys
from connection import Connection
from programs import Daemon, Folder, Simulator, own_host
from verdict import check, conclude, until

LIST = json.dumps({"object": "list", "data": [{"id": "m", "object": "model", "created": 1}]})
# From the moment that a server listens, or that its port is closed, to the list: contract.
SECONDS = 1.5
# What a kind is played on: its own port where that is known.
KINDS = {
    "lmstudio": 1234, "ollama": 11434, "llama.cpp": 9931, "llama-swap": 8080, "vllm": 8000,
    "sglang": 30000, "koboldcpp": 5001, "text-generation-webui": 5000, "gpt4all": 4891, "jan": 1337,
    "docker-model-runner": 12434, "lemonade": 13305, "litellm": 4000, "mlx_lm": 6001,
    "localai": 6002, "openai": 6003,
}


def main():
    parts = [kinds, coming_and_going, twice, keys, in_flight, configured, executor, kin, zoo]
    for part in parts:
        with Folder() as folder:
            part(folder, own_host())


def search(host, *ports):
    return f'hosts = ["{host}"]\nports = {list(ports)}'


def backends(client):
    return {entry["name"]: entry for entry in client.call("backends.list")["backends"]}


def models(client):
    return [entry["id"] for entry in client.call("models.list")["models"]]


def paths(simulator):
    """What the simulator was asked, and by which method."""
    import urllib.request
    with urllib.request.urlopen(simulator.url + "/simulator/log", timeout=10) as answer:
        return {(entry["method"], entry["path"]) for entry in json.load(answer)["requests"]}


def play(folder, kind, host, port, *more):
    return Simulator(folder, "--kind", kind, "--host", host, "--port", port, *more)


def kinds(folder, host):
    servers = {
        kind: play(folder, kind, host, port, "--model", f"model-of-{kind},state=loaded")
        for kind, port in KINDS.items()}
    try:
        with Daemon(folder, discovery=search(host, 6001, 6002, 6003)) as daemon, \
                Connection(daemon.socket) as client:
            until(lambda: len(models(client)) == len(KINDS), "every kind of server is found")
            found = backends(client)
            check(
                {name: entry["kind"] for name, entry in found.items()}
                == {kind: kind for kind in KINDS}, "each under its own name", found)
            check(
                all(entry["origin"] == "discovered" and entry["state"] == "up"
                    for entry in found.values()), "all are up and discovered", found)
            for kind, server in servers.items():
                asked = paths(server)
                check(
                    {method for method, _ in asked} == {"GET"}
                    and ("/health" not in {path for _, path in asked} or kind == "mlx_lm"),
                    f"{kind} was only asked what is harmless", asked)
                for stream in (False, True):
                    answer = client.call(
                        "complete", prompt="echo:hi", model=f"model-of-{kind}", stream=stream)
                    check(
                        answer["content"] == "hi" and answer["backend"] == kind,
                        f"{kind} serves, {'streamed' if stream else 'whole'}", answer)
            asked = {path for method, path in paths(servers["ollama"]) if method == "POST"}
            check(asked == {"/api/chat"}, "Ollama in its own form", asked)
    finally:
        for server in servers.values():
            server.stop()


def coming_and_going(folder, host):
    with Daemon(folder, discovery=search(host)) as daemon, Connection(daemon.socket) as client:
        nothing = client.error("complete", prompt="x")
        check(
            nothing.code == 1002 and f"http://{host}:1234" in nothing.data["probed"],
            "without a server the error says where was looked", nothing.data)
        for round in range(2):
            server = play(folder, "ollama", host, 11434)
            began = time.monotonic()
            until(lambda: models(client), "a server that starts is found")
            check(time.monotonic() - began < SECONDS, f"within {SECONDS} s", round)
            check(list(backends(client)) == ["ollama"], "and has its name, again too")
            server.stop(signal.SIGKILL)
            began = time.monotonic()
            until(lambda: not backends(client), "a server that is killed is gone from the list")
            check(time.monotonic() - began < SECONDS, f"within {SECONDS} s", round)
            check(models(client) == [], "with its models")
        lines = daemon.log.read_text().splitlines()
        check(len([line for line in lines if "Found Ollama" in line]) == 2, "each is told once")
        check(len([line for line in lines if "is gone" in line]) == 2, "and each end", lines)
        check(not [line for line in lines if line.startswith("ERROR")], "none is an error", lines)


def twice(folder, host):
    with play(folder, "ollama", host, 11434), \
            Daemon(folder, discovery=search(host, 11500)) as daemon, \
            Connection(daemon.socket) as client:
        until(lambda: list(backends(client)) == ["ollama"], "the first has the plain name")
        with play(folder, "ollama", host, 11500):
            until(lambda: len(backends(client)) == 2, "two servers of a kind are two")
            check(set(backends(client)) == {"ollama", "ollama-11500"}, "the second has its port")


def keys(folder, host):
    environment = {**os.environ, "JAN_API_KEY": "sesame", "OPENAI_API_KEY": "sesame"}
    refusal = json.dumps({"error": {"message": "no key", "type": "invalid_request_error"}})
    with decoys.Web(host, 1337, 401, refusal) as jan, decoys.Web(host, 8000, 401, refusal) as other, \
            Daemon(folder, discovery=search(host), env=environment) as daemon, \
            Connection(daemon.socket) as client:
        until(
            lambda: [entry["state"] for entry in backends(client).values()] == ["auth_failed"] * 2,
            "a server that wants a key is listed as such")
        check(set(backends(client)) == {"jan", "openai"}, "by its name", backends(client))
        sent = b"".join(jan.received + other.received).lower()
        check(b"sesame" not in sent and b"authorization" not in sent, "no key is sent to it")
        check(client.error("complete", prompt="x").code in (1001, 1005), "it serves nothing")


def in_flight(folder, host):
    model = ("--model", "shared,state=loaded", "--first-token-delay", 30)
    with play(folder, "vllm", host, 8000, *model) as first, \
            Daemon(folder, discovery=search(host)) as daemon, Connection(daemon.socket) as client:
        until(lambda: models(client), "one server has the model")
        asked = client.send("complete", {"prompt": "echo:moved", "model": "shared"})
        with Connection(daemon.socket) as other:
            until(lambda: backends(other)["vllm"]["in_flight"] == 1, "a request runs there")
            with play(folder, "sglang", host, 30000, "--model", "shared,state=loaded"):
                until(lambda: len(backends(other)) == 2, "another server has it too")
                first.stop(signal.SIGKILL)
                result = client.answer(asked)
                check(
                    result["content"] == "moved" and result["backend"] == "sglang"
                    and result["attempts"] == 2, "what ran on the one goes on to the other", result)
                until(lambda: list(backends(other)) == ["sglang"], "and the one is gone")
            until(lambda: not backends(other), "so is the other in the end")
        check(client.error("complete", prompt="x").code == 1002, "nobody is left")


def configured(folder, host):
    with play(folder, "ollama", host, 11434) as server, \
            Daemon(folder, f'name = "mine"\nendpoint = "{server.url}/v1"',
                   discovery=search(host)) as daemon, Connection(daemon.socket) as client:
        until(lambda: models(client), "a configured server is used")
        time.sleep(1.2)
        found = backends(client)
        check(
            list(found) == ["mine"] and found["mine"]["origin"] == "configured",
            "and is not found once more", found)
        server.stop(signal.SIGKILL)
        until(lambda: backends(client)["mine"]["state"] == "down", "without its server it is down")
        check(list(backends(client)) == ["mine"], "and stays")
    with play(folder, "ollama", host, 11434), \
            Daemon(folder, discovery=f"enabled = false\n{search(host)}") as daemon, \
            Connection(daemon.socket) as client:
        time.sleep(1.2)
        check(not backends(client), "without discovery nobody is searched for")


def executor(folder, host):
    server = "Server: crowd-models-executor\r\n"
    with decoys.Web(host, 11434, 200, LIST, fields=server) as other, \
            Daemon(folder, f'name = "loop"\nendpoint = "{other.url}/v1"\nkind = "openai"',
                   discovery=search(host)) as daemon, Connection(daemon.socket) as client:
        until(lambda: backends(client)["loop"]["state"] == "down",
              "a configured endpoint of our own kind is down")
        check("Crowd Models Executor" in backends(client)["loop"]["last_error"], "and says why",
              backends(client))


def kin(folder, host):
    """Two real daemons whose listeners for HTTP stand where Ollama and llama.cpp would."""
    for name in ("one", "two"):
        (folder / name).mkdir()
    listen = '[http]\nlisten = "{}:{}"'
    with Daemon(folder / "one", settings=listen.format(host, 11434)) as other, \
            Daemon(folder / "two", discovery=search(host), settings=listen.format(host, 8080),
                   options=["--log-level", "debug"]) as daemon, \
            Connection(daemon.socket) as client, Connection(other.socket) as second:
        left = "A Crowd Models Executor listens at http://{}:{}; it is left alone"
        until(lambda: left.format(host, 11434) in daemon.log.read_text(),
              "another daemon's listener is asked, and known by what it says")
        time.sleep(1.5)
        log = daemon.log.read_text()
        check(log.count(left.format(host, 11434)) == 1, "once", log)
        check(f"{host}:8080; it is left" not in log, "its own listener it does not even ask", log)
        check(not backends(client), "neither is a backend", backends(client))
        counted = second.call("stats", window="total")["requests"]["total"]
        check(counted == 0, "and the other daemon was asked for nothing that counts", counted)
        with play(folder, "vllm", host, 8000):
            until(lambda: list(backends(client)) == ["vllm"], "a model server beside them is found")


def zoo(folder, host):
    html = "<!doctype html><title>Hi</title>"
    server = "Server: crowd-models-executor\r\n"
    animals = [
        decoys.Web(host, 8080, 404, html, "text/html"), decoys.Echo(host, 8000),
        decoys.TLSOnly(host, 5000), decoys.Silent(host, 6767), decoys.Slow(host, 5001),
        decoys.Web(host, 4891, 200, html, "text/html"), decoys.Web(host, 12434, 200, '{"ok":true}'),
        decoys.Web(host, 30000, 200, LIST), decoys.Deaf(host, 13305),
        decoys.Web(host, 4000, 401, html, "text/html"),
        decoys.Web(host, 11434, 200, LIST, fields=server), decoys.Web(host, 9931, 500, "{}"),
    ]
    allowed = {"/v1/models", "/lmstudio-greeting", "/engines/v1/models"}
    with Daemon(folder, discovery=search(host)) as daemon, Connection(daemon.socket) as client:
        until(lambda: all(animal.received for animal in animals), "every listener is asked")
        check(decoys.quiet(animals, 3), "and then left alone")
        check(not backends(client), "none is taken for a model server", backends(client))
        for animal in animals:
            name = f"{type(animal).__name__} at {animal.port}"
            lines = animal.requests
            check(
                all(line.split(" ")[0] == "GET" and line.split(" ")[1] in allowed
                    for line in lines) and 1 <= len(lines) <= 2,
                f"{name} was asked once or twice, for nothing that does anything", lines)
        told = [line for line in daemon.log.read_text().splitlines() if host in line]
        check(not told, "the log says nothing of them", told)
        animals[0].close()
        with play(folder, "llama.cpp", host, 8080) as real:
            until(lambda: models(client), "a model server in the place of one is found")
            check(list(backends(client)) == ["llama.cpp"], "for what it is")
            real.stop()
    for animal in animals:
        animal.close()


if __name__ == "__main__":
    conclude(main, 240)
