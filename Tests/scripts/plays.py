#!/usr/bin/env python3
"""Every kind of model server, played from what was captured of it: found by itself, under its name,
usable and gone within 1.5 s, its models listed, its answers heard whole and streamed, and each of
its faults told as the code that Tests/Captures/KIND.play says.

Each has an address of the loopback network to itself, and the port that such servers use.
"""

import json
import signal
import time

from connection import Connection
from programs import ROOT, Daemon, Folder, Simulator, own_host
from verdict import check, conclude, until

CAPTURES = ROOT / "Tests" / "Captures"
# From the moment that a server listens, or that its port is closed, to the list: contract.
SECONDS = 1.5
TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
# What a play is of, where its name is not that of a kind.
KINDS = {"lmstudio-v0": "lmstudio", "llama.cpp-router": "llama.cpp"}


class Play:
    """A file of Tests/Captures, as its simulator reads it."""

    def __init__(self, path):
        self.name = path.name.removesuffix(".play")
        self.kind = KINDS.get(self.name, self.name)
        self.port, self.texts = None, set()
        self.answers, self.faults, self.passing = [], [], []
        self.locked, self.starting = [], []
        for words in map(str.split, path.read_text().splitlines()):
            match words:
                case ["port", port]: self.port = int(port)
                case ["answer", capture]: self.answers.append(capture)
                case ["fault", code, capture]: self.faults.append((int(code), capture))
                case ["passing", capture]: self.passing.append(capture)
                case ["locked", capture]: self.locked.append(capture)
                case ["starting", capture]: self.starting.append(capture)
                case ["POST", path, *_, capture] if "chat" in path:
                    self.texts.add(heard(capture).get("content"))


def heard(capture):
    """What a caller is to hear of a capture."""
    return json.loads((CAPTURES / f"{capture}.json").read_text())


def backends(client):
    return {entry["name"]: entry for entry in client.call("backends.list")["backends"]}


class Server(Simulator):
    """A play's server, at its own port of a host."""

    def __init__(self, folder, play, host, *more):
        super().__init__(folder, "--play", play.name, "--host", host, "--port", play.port, *more)

    def set(self, *faults):
        import urllib.request
        request = urllib.request.Request(
            self.url + "/simulator/faults", json.dumps(faults).encode(), method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def asked(self):
        import urllib.request
        with urllib.request.urlopen(self.url + "/simulator/log", timeout=10) as answer:
            return json.load(answer)["requests"]


def main():
    plays = [Play(path) for path in sorted(CAPTURES.glob("*.play"))]
    check(len(plays) >= 17 and all(play.faults for play in plays), f"there are {len(plays)} plays")
    host = own_host()
    with Folder() as folder, Daemon(folder, discovery=f'hosts = ["{host}"]') as daemon, \
            Connection(daemon.socket) as client:
        for play in plays:
            act(folder, client, play, host)
        refusals = [play for play in plays if play.locked]
        for play in refusals:
            locked(folder, client, play, host)
        for play in plays:
            if play.starting:
                starting(folder, client, play, host)
        check(daemon.stop() == 0, "the daemon ends well")


def act(folder, client, play, host):
    name = play.kind
    with Server(folder, play, host) as server:
        began = time.monotonic()
        until(lambda: client.call("models.list")["models"], f"{play.name} is found")
        check(time.monotonic() - began < SECONDS, f"{play.name}: usable within {SECONDS} s")
        found = backends(client)
        check(
            list(found) == [name] and found[name]["kind"] == play.kind
            and found[name]["origin"] == "discovered" and found[name]["state"] == "up",
            f"{play.name}: under its name, as what it is", found)
        asked = server.asked()
        check(
            {entry["method"] for entry in asked} == {"GET"}
            and (name == "mlx_lm" or "/health" not in {entry["path"] for entry in asked}),
            f"{play.name}: it was only asked what is harmless", asked)
        model = listed(client, play)
        for stream in (False, True):
            serves(client, play, model, stream)
        for capture in play.answers:
            answers(client, server, play, model, capture)
        for code, capture in play.faults:
            fails(client, server, play, model, code, capture)
        for capture in play.passing:
            server.set(f"capture={capture},times=1")
            serves(client, play, model, False)
        server.stop(signal.SIGKILL)
    began = time.monotonic()
    until(lambda: not backends(client), f"{play.name} is gone")
    check(time.monotonic() - began < SECONDS, f"{play.name}: within {SECONDS} s")


def listed(client, play):
    models = client.call("models.list")["models"]
    chat = [entry for entry in models if entry["type"] != "embeddings" and not entry.get("remote")]
    check(chat and all(entry["backend"] == play.kind for entry in models),
          f"{play.name}: its {len(models)} models are listed", models)
    return next((entry for entry in chat if entry["state"] == "loaded"), chat[0])["id"]


def serves(client, play, model, stream):
    deltas = []
    answer = client.call("complete", deltas, prompt="Hello", model=model, stream=stream)
    text = "".join(delta.get("content", "") for delta in deltas)
    check(
        answer["backend"] == play.kind and answer["content"] in play.texts and answer["content"]
        and text == (answer["content"] if stream else ""),
        f"{play.name}: serves, {'streamed' if stream else 'whole'}", answer, play.texts)


def answers(client, server, play, model, capture):
    server.set(f"capture={capture}")
    said = heard(capture)
    answer = client.call("complete", prompt="Hello", model=model, stream=True, tools=TOOLS)
    calls = [" ".join([call["id"], call["function"]["name"], call["function"]["arguments"]])
             for call in answer.get("tool_calls", [])]
    check(
        answer["content"] == said.get("content", "")
        and answer.get("reasoning", "") == said.get("reasoning", "")
        and [unnamed(call) for call in calls] == [unnamed(call) for call in said.get("calls", [])],
        f"{play.name}: {capture.split('/')[-1]} is heard as what it means", answer, said)
    server.set()


def unnamed(call):
    """A call without its id, where that is one of ours: `call_1` is told as another number."""
    identifier, rest = call.split(" ", 1)
    return rest if identifier.startswith("call_") else call


def fails(client, server, play, model, code, capture):
    server.set(f"capture={capture}")
    stream = bool(heard(capture).get("content"))
    told = client.error("complete", prompt="Hello", model=model, stream=stream)
    check(told.code == code, f"{play.name}: {capture.split('/')[-1]} is {code}", str(told), told.data)
    said = heard(capture)
    if words := said.get("words"):
        check(words in str(told) + json.dumps(told.data), f"{play.name}: in its words", told.data)
    if said.get("content"):
        check(told.data["content"] == said["content"], f"{play.name}: with the text so far", told.data)
    server.set()
    client.call("models.refresh")
    until(lambda: backends(client)[play.kind]["state"] == "up", f"{play.name}: it is up again")
    serves(client, play, model, True)


def locked(folder, client, play, host):
    """Its list is for who has a key: it is there, and says so."""
    for capture in play.locked:
        paths = ["/v1/models", "/api/v0/models"]
        faults = [word for path in paths for word in ("--fault", f"capture={capture},path={path}")]
        with Server(folder, play, host, *faults) as server:
            until(lambda: [(each["name"], each["state"]) for each in backends(client).values()]
                  == [(play.kind, "auth_failed")], f"{play.name}: locked, it is known all the same")
            error = client.error("complete", prompt="x")
            check(error.code in (1001, 1005), f"{play.name}: and serves nothing", str(error))
            headers = [name.lower() for each in server.asked() for name in each["headers"]]
            check("authorization" not in headers, f"{play.name}: no key is sent to it", headers)
        until(lambda: not backends(client), f"{play.name} is gone")


def starting(folder, client, play, host):
    """It says that it is not ready yet, and is found when it is."""
    for capture in play.starting:
        with Server(folder, play, host, "--fault", f"capture={capture},path=/v1/models") as server:
            until(lambda: len(server.asked()) > 1, f"{play.name}: starting, it is asked again")
            check(not backends(client), f"{play.name}: and is no backend yet")
            server.set()
            began = time.monotonic()
            until(lambda: client.call("models.list")["models"], f"{play.name}: ready, it is found")
            check(time.monotonic() - began < SECONDS, f"{play.name}: within {SECONDS} s")
        until(lambda: not backends(client), f"{play.name} is gone")


if __name__ == "__main__":
    conclude(main, 300)
