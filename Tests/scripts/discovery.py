#!/usr/bin/env python3
"""The daemon finds the model servers of this machine by itself, and leaves all others alone.

Each part has an address of the loopback network to itself, so that the ports that model servers use
are free there whatever runs on this machine.
"""

import json
import os
import signal
import subprocess
import time

import decoys
from connection import Connection
from programs import Daemon, Folder, Program, Simulator, own_host, program
from verdict import check, conclude, until

LIST = json.dumps({"object": "list", "data": [{"id": "m", "object": "model", "created": 1}]})
# From the moment that a server listens, or that its port is closed, to the list: contract.
SECONDS = 1.5


def main():
    parts = [
        coming_and_going, twice, files, socket_file, keys, in_flight, configured, executor, kin, zoo]
    for part in parts:
        with Folder() as folder:
            part(folder, own_host())


def search(host, *ports):
    return f'hosts = ["{host}"]\nports = {list(ports)}'


def backends(client):
    return {entry["name"]: entry for entry in client.call("backends.list")["backends"]}


def models(client):
    return [entry["id"] for entry in client.call("models.list")["models"]]


def play(folder, kind, host, port, *more):
    return Simulator(folder, "--play", kind, "--host", host, "--port", port, *more)


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


def files(folder, host):
    """LM Studio's own settings say at which port its server is."""
    home = folder / "home"
    settings = home / ".lmstudio" / ".internal"
    settings.mkdir(parents=True)
    with Simulator(folder, "--play", "lmstudio", "--host", host) as server:
        port = int(server.url.rsplit(":", 1)[1])
        with Daemon(folder, discovery=search(host), env={**os.environ, "HOME": str(home)}) as daemon, \
                Connection(daemon.socket) as client:
            time.sleep(1.2)
            check(not backends(client), f"nobody searches at {port}")
            (settings / "http-server-config.json").write_text(json.dumps({"port": port}))
            until(lambda: models(client), "but LM Studio's own files name it")
            check(list(backends(client)) == ["lmstudio"], "and it is LM Studio", backends(client))


def socket_file(folder, host):
    path = folder / "models.sock"
    settings = search(host) + f'\nsockets = ["{path}"]'
    with Daemon(folder, discovery=settings) as daemon, Connection(daemon.socket) as client:
        for _ in range(2):
            command = [program("lmstudio-simulator"), "--exit-with-parent", "--play", "llama.cpp",
                       "--unix", path]
            with Program(command, folder / "unix.log", stdin=subprocess.PIPE,
                         stdout=subprocess.DEVNULL) as server:
                began = time.monotonic()
                until(lambda: models(client), "a server on a Unix socket is found")
                check(time.monotonic() - began < SECONDS, f"within {SECONDS} s")
                check(list(backends(client)) == ["llama.cpp"], "by its kind", backends(client))
                answer = client.call("complete", prompt="Hello")
                check(answer["content"], "and serves", answer)
                server.stop(signal.SIGKILL)
                began = time.monotonic()
                until(lambda: not backends(client), "killed, it is gone though its file is there")
                check(time.monotonic() - began < SECONDS, f"within {SECONDS} s")


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
    with play(folder, "vllm", host, 8000, "--first-token-delay", 30) as first, \
            Daemon(folder, discovery=search(host)) as daemon, Connection(daemon.socket) as client:
        until(lambda: models(client), "one server has the model")
        asked = client.send("complete", {"prompt": "Hello", "model": models(client)[0]})
        with Connection(daemon.socket) as other:
            until(lambda: backends(other)["vllm"]["in_flight"] == 1, "a request runs there")
            with play(folder, "vllm", host, 30000):
                until(lambda: len(models(other)) == 2, "another server has it too")
                first.stop(signal.SIGKILL)
                result = client.answer(asked)
                check(
                    result["content"] and result["backend"] == "vllm-30000"
                    and result["attempts"] == 2, "what ran on the one goes on to the other", result)
                until(lambda: list(backends(other)) == ["vllm-30000"], "and the one is gone")
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


def worked(daemon):
    """Seconds of a core that it has taken."""
    return int(open(f"/proc/{daemon.process.pid}/schedstat").read().split()[0]) / 1e9


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
        until(lambda: decoys.quiet(animals, 1), "to the end of what it is asked")
        before = worked(daemon)
        check(decoys.quiet(animals, 10), "and then left alone")
        part = (worked(daemon) - before) / 10
        check(part <= 0.002, f"looking who listens takes {part:.3%} of a core")
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
