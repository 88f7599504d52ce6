#!/usr/bin/env python3
"""The daemon before a real llama.cpp server, with a tiny model of random weights.

Usage: llamacpp.py [--require]

--require: fail instead of being skipped, unless only the package index does not answer.
"""

import json
import signal
import subprocess
import time
import urllib.request

import environment
from connection import Connection, Refused
from programs import ROOT, Daemon, Folder, Program, free_port, own_host
from verdict import check, conclude, until

SLOTS = 2
CONTEXT = 8192
SCRIPTS = ROOT / "Tests" / "scripts"


class LlamaServer(Program):
    def __init__(self, interpreter, folder, model, address, *key):
        """The address is a port, HOST:PORT or the path of a Unix socket."""
        if isinstance(address, int):
            address = f"127.0.0.1:{address}"
        self.url = f"unix:{address}" if str(address).startswith("/") else f"http://{address}"
        command = [interpreter, SCRIPTS / "llama_server.py", model, address, SLOTS, CONTEXT, *key]
        super().__init__(
            command, folder / "llama.log", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening"), f"the llama.cpp server said {line!r}"

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def busy(self):
        return sum(slot["is_processing"] for slot in self.get("/slots"))


def main():
    interpreter = environment.python("xllamacpp", "gguf")
    version = "import importlib.metadata as m; print(m.version('xllamacpp'), m.version('gguf'))"
    print("xllamacpp and gguf", environment.run(interpreter, "-c", version).stdout.strip())
    with Folder() as folder:
        model = folder / "tiny.gguf"
        made = environment.run(interpreter, SCRIPTS / "tiny_model.py", model)
        check(made.returncode == 0, "gguf writes the model", made.stdout)
        port = free_port()
        with LlamaServer(interpreter, folder, model, port) as server, \
                Daemon(folder, f'name = "tiny"\nendpoint = "{server.url}"') as daemon:
            with Connection(daemon.socket) as client:
                discovery(client, str(model))
                whole(client)
                streamed(client)
                progress(client)
                sampling(client)
                overflow(client)
                conversations(client)
                two_at_once(client, server)
                cancelled(client, server)
                abandoned(daemon, server)
                unknown(client, str(model))
                unembedded(client, str(model))
                killed(client, server)
                stopped(client)
                with LlamaServer(interpreter, folder, model, port):
                    back(client)
            check(daemon.stop() == 0, "the daemon ends in peace")
        path = folder / "llama.sock"
        with LlamaServer(interpreter, folder, model, path) as server, \
                Daemon(folder, f'name = "tiny"\nendpoint = "{server.url}"') as daemon, \
                Connection(daemon.socket) as client:
            on_unix_socket(client)
        found_by_itself(interpreter, folder, model)
        with LlamaServer(interpreter, folder, model, port, "--embedding") as server, \
                Daemon(folder, f'name = "tiny"\nendpoint = "{server.url}"') as daemon, \
                Connection(daemon.socket) as client:
            embedded(client, str(model))
        with LlamaServer(interpreter, folder, model, port, "--reranking") as server, \
                Daemon(folder, f'name = "tiny"\nendpoint = "{server.url}"') as daemon, \
                Connection(daemon.socket) as client:
            ranked(client)
        with LlamaServer(interpreter, folder, model, port, "sesame") as server:
            for key in ("sesame", "wrong"):
                backend = f'name = "tiny"\nendpoint = "{server.url}/v1"\napi_key = "{key}"'
                with Daemon(folder, backend) as daemon, Connection(daemon.socket) as client:
                    keyed(client, key == "sesame")


def found_by_itself(interpreter, folder, model):
    """On a port that is known, and nobody configured it."""
    host = own_host()
    with Daemon(folder, discovery=f'hosts = ["{host}"]') as daemon, \
            Connection(daemon.socket) as client:
        def state():
            return {entry["name"]: entry["kind"] for entry in client.call("backends.list")["backends"]}

        check(state() == {}, "nobody is there")
        for _ in range(2):
            with LlamaServer(interpreter, folder, model, f"{host}:9931") as server:
                began = time.monotonic()
                until(lambda: client.call("models.list")["models"], "a real server is found")
                check(time.monotonic() - began < 1.5, "within 1.5 s of its start")
                check(state() == {"llama.cpp": "llama.cpp"}, "as llama.cpp", state())
                result = client.call("complete", prompt="Hello", max_tokens=8)
                check(result["content"] and result["backend"] == "llama.cpp", "it serves", result)
                server.stop(signal.SIGKILL)
                began = time.monotonic()
                until(lambda: state() == {}, "it is gone when it is killed")
                check(time.monotonic() - began < 1.5, "within 1.5 s")


def discovery(client, model):
    client.call("models.refresh")
    backend, = client.call("backends.list")["backends"]
    check(
        backend["kind"] == "llama.cpp" and backend["state"] == "up" and backend["models"] == 1,
        "it is recognised as llama.cpp", backend)
    listed, = client.call("models.list")["models"]
    expected = {
        "id": model, "backend": "tiny", "type": "llm", "state": "loaded", "format": "gguf",
        "loaded_context_length": CONTEXT, "max_context_length": 16384, "parallel": SLOTS,
    }
    check(expected.items() <= listed.items(), "its model is listed with all it says", listed)
    check(listed["size_bytes"] > 100_000, "with its size", listed)


def whole(client):
    result = client.call("complete", prompt="Hello", max_tokens=24, seed=7)
    check(result["backend"] == "tiny" and result["content"], "a prompt is completed", result)
    check(result["finish_reason"] == "length", "max_tokens ends it: length", result)
    usage, stats = result["usage"], result["stats"]
    check(usage["completion_tokens"] == 24 and usage["prompt_tokens"] > 10
          and usage["total_tokens"] == usage["prompt_tokens"] + 24, "its usage is told", usage)
    check(
        stats["source"] == "backend" and stats["tokens_per_second"] > 0
        and 0 < stats["generation_time"] <= stats["total_time"]
        and 0 < stats["time_to_first_token"] <= stats["total_time"] and stats["queue_time"] < 1,
        "its stats are llama.cpp's timings, in seconds", stats)


def streamed(client):
    deltas = []
    result = client.call(
        "complete", deltas, prompt="Hello", max_tokens=24, seed=7, temperature=0.9, stream=True)
    check([delta["seq"] for delta in deltas] == list(range(len(deltas))) and len(deltas) > 2,
          f"a stream comes in {len(deltas)} numbered deltas", deltas)
    check("".join(delta["content"] for delta in deltas) == result["content"],
          "the deltas make up the result", result)
    again = client.call("complete", prompt="Hello", max_tokens=24, seed=7, temperature=0.9)
    check(again["content"] == result["content"], "whole and streamed, the text is the same", again)
    check(result["usage"]["completion_tokens"] == 24 and "estimated" not in result["usage"]
          and result["usage"]["prompt_tokens"] == again["usage"]["prompt_tokens"],
          "a stream's usage is llama.cpp's own", result["usage"])
    check(result["stats"]["source"] == "backend" and result["stats"]["tokens_per_second"] > 0,
          "and so are its stats", result["stats"])


def progress(client):
    for stream in (False, True):
        # Another text each time: what is in the cache is not read again.
        prompt = "".join(chr(97 + (n * 7 + stream) % 26) for n in range(3000))
        identifier = client.send(
            "complete",
            {"prompt": prompt, "max_tokens": 4, "stream": stream, "progress": True})
        told, deltas = [], []
        while "result" not in (message := client.read()):
            (told if message["method"] == "complete.progress" else deltas).append(message["params"])
        parts = [note["progress"] for note in told if note["phase"] == "prompt" and "progress" in note]
        check(len(parts) > 1 and parts == sorted(parts) and 0 <= parts[0] and parts[-1] == 1,
              f"the prompt's reading is told in {len(parts)} steps (stream: {stream})", told)
        check("".join(delta.get("content", "") for delta in deltas) ==
              (message["result"]["content"] if stream else "") and all(
                  delta.get("content") for delta in deltas),
              "and no delta comes of it", deltas)


def sampling(client):
    def content(**more):
        return client.call("complete", prompt="Sing", max_tokens=40, **more)["content"]

    check(content(seed=1) == content(seed=1), "one seed gives one text")
    check(content(seed=1) != content(seed=2), "two seeds give two")
    greedy = content(temperature=0)
    check(greedy == content(temperature=0, seed=5), "temperature 0 needs no seed")
    check(content(top_k=1, seed=9) == greedy, "top_k 1 chooses the same")
    text = content(seed=3)
    stop = text[10:13]
    result = client.call("complete", prompt="Sing", max_tokens=40, seed=3, stop=[stop])
    check(result["finish_reason"] == "stop" and result["content"] == text[:text.index(stop)],
          "a stop string ends it: stop", text, stop, result)
    forced = client.call(
        "complete", prompt="Sing", max_tokens=60, options={"grammar": 'root ::= "yes" | "no"'})
    check(forced["content"] in ("yes", "no") and forced["finish_reason"] == "stop",
          "options reach llama.cpp: a grammar binds the text", forced)
    schema = {
        "type": "object", "properties": {"n": {"enum": [1, 2]}}, "required": ["n"],
        "additionalProperties": False,
    }
    shaped = client.call(
        "complete", prompt="Sing", max_tokens=200,
        response_format={"type": "json_schema", "json_schema": {"name": "n", "schema": schema}})
    check(json.loads(shaped["content"])["n"] in (1, 2), "response_format binds it too", shaped)
    turns = [
        {"role": "user", "content": "One"}, {"role": "assistant", "content": "Two"},
        {"role": "user", "content": [{"type": "text", "text": "Three"}]},
    ]
    short = client.call("complete", messages=turns[:1], max_tokens=4)
    long = client.call("complete", messages=turns, system_prompt="Be brief.", max_tokens=4)
    check(long["usage"]["prompt_tokens"] > short["usage"]["prompt_tokens"] + 40,
          "messages, parts and system_prompt all arrive", short["usage"], long["usage"])
    tools = [{"type": "function", "function": {"name": "look", "parameters": {
        "type": "object", "properties": {"deep": {"type": "boolean"}}, "required": ["deep"]}}}]
    told = client.call("complete", messages=turns[:1], max_tokens=4, tools=tools)
    check(told["usage"]["prompt_tokens"] > short["usage"]["prompt_tokens"] + 80,
          "and so do tools", short["usage"], told["usage"])


def overflow(client):
    for stream in (False, True):
        error = client.error("complete", prompt="x" * (CONTEXT + 100), stream=stream)
        check(error.code == 1009 and error.data["context_length"] == CONTEXT
              and error.data["prompt_tokens"] > CONTEXT,
              f"a prompt too long is 1009 with both numbers (stream: {stream})",
              str(error), error.data)


def conversations(client):
    """As many conversations as slots, in turns: each finds its prompt where it was read."""
    turns = {name: [] for name in ("left", "right")}
    read, shares = {}, []
    for number in range(5):
        for name, messages in turns.items():
            text = f"{name}, turn {number}: " + f"{name} says a word or two. " * 12
            messages.append({"role": "user", "content": text})
            result = client.call(
                "complete", messages=messages, max_tokens=16, seed=number, session=name)
            messages.append({"role": "assistant", "content": result["content"]})
            usage = result["usage"]
            if name in read:
                shares.append(usage.get("cached_tokens", 0) / read[name])
            read[name] = usage["prompt_tokens"]
    check(min(shares) >= 0.9 and len(shares) == 8,
          f"of two conversations in turns {min(shares):.0%} of each earlier prompt are cached",
          shares, read)


def two_at_once(client, server):
    started = [
        client.send("complete", {"prompt": f"Go {n}", "max_tokens": 2000, "stream": True})
        for n in range(SLOTS + 2)
    ]
    until(lambda: server.busy() == SLOTS, f"{SLOTS} requests run at once")
    with Connection(client.socket.getpeername()) as other:
        listed = other.call("requests.list")["requests"]
        backend, = other.call("backends.list")["backends"]
    phases = sorted(request["phase"] for request in listed)
    check(backend["in_flight"] <= SLOTS and phases.count("queued") == len(listed) - SLOTS,
          "more than its slots are never asked of it", phases, backend)
    texts = [client.answer(identifier) for identifier in started]
    check(all(text["usage"]["completion_tokens"] == 2000 for text in texts), "all are answered")


def cancelled(client, server):
    identifier = client.send("complete", {"prompt": "Go on", "stream": True})
    first = client.read()
    check(first["params"]["seq"] == 0 and server.busy() == 1, "a long text has begun", first)
    client.call("cancel", id=identifier)
    result = client.answer(identifier)
    check(result["finish_reason"] == "cancelled" and result["content"],
          "a cancelled stream is answered with its text", result)
    until(lambda: server.busy() == 0, "llama.cpp's slot is free again", 2)
    # llama.cpp would compute a whole answer to its end, so the daemon asks for a stream all the same.
    identifier = client.send("complete", {"prompt": "Go on"})
    until(lambda: server.busy() == 1, "an endless whole answer is under way")
    client.call("cancel", id=identifier)
    client.settled(identifier)
    until(lambda: server.busy() == 0, "cancelled, and its slot is free", 2)


def abandoned(daemon, server):
    leaver = Connection(daemon.socket)
    leaver.send("complete", {"prompt": "Go on", "stream": True})
    leaver.read()
    check(server.busy() == 1, "a client reads the first delta")
    leaver.close()
    until(lambda: server.busy() == 0, "it goes, and the slot is free", 2)


def unknown(client, model):
    error = client.error("complete", prompt="Hello", model=model + "x")
    check(error.code == 1001 and error.data["nearest"] == [model],
          "a model that it does not have: 1001 and the nearest", str(error), error.data)


def killed(client, server):
    identifier = client.send("complete", {"prompt": "Go on", "stream": True})
    client.read()
    server.stop(signal.SIGKILL)
    error = client.failure(identifier)
    check(error.code == 1014 and error.data["content"],
          "killed in the middle of a stream: 1014 with the text so far", str(error), error.data)


def on_unix_socket(client):
    client.call("models.refresh")
    backend, = client.call("backends.list")["backends"]
    check(backend["kind"] == "llama.cpp" and backend["state"] == "up",
          "llama.cpp on a Unix socket is recognised", backend)
    deltas = []
    result = client.call("complete", deltas, prompt="Hello", max_tokens=24, stream=True)
    check(result["usage"]["completion_tokens"] == 24 and len(deltas) > 2, "and serves", result)


def unembedded(client, model):
    """As it was started, it has no embeddings."""
    try:
        client.call("embed", model=model, input=["Hello"])
        check(False, "it has no embeddings")
    except Refused as refusal:
        check(
            refusal.code == 1010 and "--embedding" in str(refusal),
            "it has no embeddings, and says how to have them", refusal)
    refusal = client.error("rerank", query="x", documents=["y"])
    check(
        refusal.code == 1010 and "--reranking" in str(refusal),
        "it ranks nothing, and says how it would", refusal)


def embedded(client, model):
    client.call("models.refresh")
    texts = ["Hello", "a longer text of several words", "Hello"]
    result = client.call("embed", model=model, input=texts)
    first, other, again = result["embeddings"]
    check(len(first) == len(other) > 1, "three texts have three vectors of one length", result)

    def distance(left, right):
        return sum((a - b) ** 2 for a, b in zip(left, right))

    check(distance(first, again) * 100 < distance(first, other), "the same text has the same one")
    check(result["usage"]["prompt_tokens"] > len(texts), "and their tokens are counted", result)
    unnamed = client.call("embed", input="Hello")
    check(unnamed["model"] == model and len(unnamed["embeddings"]) == 1,
          "without a name the only model that may embed does", unnamed)


def ranked(client):
    client.call("models.refresh")
    documents = ["a stone", "a cat", "a dog and more"]
    result = client.call("rerank", query="a pet", documents=documents)
    scores = [each["relevance_score"] for each in result["results"]]
    check(sorted(each["index"] for each in result["results"]) == [0, 1, 2]
          and scores == sorted(scores, reverse=True) and len(set(scores)) == 3,
          "three documents are ranked, best first, though no model was named", result)
    check(result["usage"]["prompt_tokens"] > 3 and result["backend"] == "tiny",
          "and their tokens are counted", result)
    best = client.call("rerank", query="a pet", documents=documents, top_n=1)
    check(best["results"] == result["results"][:1], "or only the best", best)


def keyed(client, right):
    client.call("models.refresh")
    backend, = client.call("backends.list")["backends"]
    if right:
        check(backend["state"] == "up", "with its key it is up", backend)
        check(client.call("complete", prompt="Hello", max_tokens=5)["content"], "and serves")
    else:
        check(backend["state"] == "auth_failed", "with a wrong one it is auth_failed", backend)
        error = client.error("complete", prompt="Hello")
        check(error.code == 1005, "and a request is 1005", str(error), error.data)
        check("wrong" not in json.dumps(error.data) + str(error), "without the key", str(error))


def stopped(client):
    error = client.error("complete", prompt="Hello")
    check(error.code == 1003 and error.data["backend"] == "tiny" and error.data["retryable"],
          "the server is gone: 1003", str(error), error.data)
    until(lambda: client.call("backends.list")["backends"][0]["state"] == "down",
          "the backend is down")
    error = client.error("complete", prompt="Hello")
    check(error.code == 1003, "and stays 1003", str(error), error.data)


def back(client):
    began = time.monotonic()
    until(lambda: client.call("backends.list")["backends"][0]["state"] == "up",
          "the server is back: the daemon sees it by itself")
    print(f"    after {time.monotonic() - began:.2f} s")
    check(client.call("complete", prompt="Hello", max_tokens=5)["content"], "it is served again")


if __name__ == "__main__":
    conclude(main, 900)
