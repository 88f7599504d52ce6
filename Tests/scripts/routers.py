#!/usr/bin/env python3
"""More than one server: two real llama.cpp servers behind a real router as one backend, and the
same two side by side. The daemon fills both, keeps what is above that in its own queue, and bears
that one of them dies.

Usage: routers.py
"""

import signal
import subprocess
import urllib.request

import environment
from connection import Connection
from llamacpp import CONTEXT, SCRIPTS, SLOTS, LlamaServer
from programs import Daemon, Folder, Program, free_port
from verdict import check, conclude, until

# Some tenths of a second each.
TOKENS = 2000


class Router(Program):
    """vLLM's router, which the production stack's is akin to, with these servers behind it."""

    def __init__(self, folder, *servers):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        interpreter = environment.python("vllm-router")
        super().__init__(
            [interpreter, "-m", "vllm_router.launch_router", "--host", "127.0.0.1", "--port", port,
             "--prometheus-port", free_port(), "--policy", "round_robin",
             "--worker-urls", *[server.url for server in servers]],
            folder / "router.log", stdout=subprocess.DEVNULL)
        until(self.answers, "a router with two servers is up", 30)

    def answers(self):
        assert self.process.poll() is None, "the router ended"
        try:
            urllib.request.urlopen(self.url + "/v1/models", timeout=10).close()
            return True
        except OSError:
            return False


def main():
    interpreter = environment.python("xllamacpp", "gguf")
    environment.python("vllm-router")
    with Folder() as folder:
        model = folder / "tiny.gguf"
        made = environment.run(interpreter, SCRIPTS / "tiny_model.py", model)
        check(made.returncode == 0, "gguf writes the model", made.stdout)
        with LlamaServer(interpreter, folder, model, free_port()) as first, \
                LlamaServer(interpreter, folder, model, free_port()) as second:
            with Router(folder, first, second) as router:
                behind_one_address(folder, router, first, second)
            side_by_side(folder, first, second)


def table(name, url, slots):
    return f'name = "{name}"\nendpoint = "{url}/v1"\nkind = "openai"\nmax_concurrent = {slots}'


def fill(client, servers):
    """Two requests more than the servers have slots, all at once; their results."""
    asked = [
        client.send("complete", {"prompt": f"Go {n}", "max_tokens": TOKENS, "stream": True})
        for n in range(2 * SLOTS + 2)]
    until(lambda: all(server.busy() == SLOTS for server in servers), "both servers are filled")
    with Connection(client.socket.getpeername()) as other:
        listed = other.call("requests.list")["requests"]
        queued = [each["phase"] for each in listed].count("queued")
        check(len(listed) - queued <= 2 * SLOTS, "and what is above that waits here", listed)
    results = [client.answer(identifier) for identifier in asked]
    check(all(result["usage"]["completion_tokens"] == TOKENS for result in results),
          "all are answered in full")
    return results


def behind_one_address(folder, router, *servers):
    with Daemon(folder, table("cluster", router.url, 2 * SLOTS)) as daemon, \
            Connection(daemon.socket) as client:
        model, = until(lambda: client.call("models.list")["models"], "a cluster is one backend")
        result = client.call("complete", prompt="Hello", max_tokens=8)
        check(result["backend"] == "cluster" and result["content"], "it answers whole", result)
        deltas = []
        result = client.call("complete", deltas, prompt="Hello", max_tokens=8, stream=True)
        check("".join(delta["content"] for delta in deltas) == result["content"] != ""
              and result["usage"]["completion_tokens"] == 8, "and streamed", result)
        fill(client, servers)
        for stream in (False, True):
            error = client.error("complete", prompt="x" * (CONTEXT + 100), stream=stream)
            check(error.code == 1009 and error.data["context_length"] == CONTEXT,
                  f"a prompt too long for its servers is 1009 (stream: {stream})", error.data)
        refusal = client.error("embed", model=model["id"], input="Hello")
        check(refusal.code == 1010 and "--embedding" in str(refusal),
              "what its servers cannot do is said in their words", str(refusal))
        asked = client.send("complete", {"prompt": "Go on", "stream": True})
        until(lambda: sum(server.busy() for server in servers) == 1, "one of them is at work")
        client.call("cancel", id=asked)
        until(lambda: sum(server.busy() for server in servers) == 0,
              "a cancel reaches it through the router", 2)
        client.settled(asked)
        check(daemon.stop() == 0, "the daemon ends well")


def side_by_side(folder, *servers):
    tables = [table(f"host{n}", server.url, SLOTS) for n, server in enumerate(servers, 1)]
    with Daemon(folder, *tables) as daemon, Connection(daemon.socket) as client:
        until(lambda: len(client.call("models.list")["models"]) == 2, "two hosts have one model")
        results = fill(client, servers)
        served = [result["backend"] for result in results]
        check(min(served.count("host1"), served.count("host2")) >= SLOTS,
              "each gets its share", served)
        turns = [
            client.call("complete", prompt="Hello " * 20, max_tokens=8, session="one")["backend"]
            for _ in range(4)]
        check(len(set(turns)) == 1, "a conversation stays where its prompt is cached", turns)
        asked = client.send("complete", {"prompt": "Go on", "stream": True})
        client.read()
        dying, = (server for server in servers if server.busy())
        dying.stop(signal.SIGKILL)
        error = client.failure(asked)
        check(error.code == 1014 and error.data["content"],
              "one dies: what it had begun is 1014 with the text so far", str(error))
        results = [client.call("complete", prompt="Hello", max_tokens=8) for _ in range(4)]
        left = {result["backend"] for result in results}
        check(len(left) == 1 and all(result["content"] for result in results),
              "and the other one serves all", results)
        check(daemon.stop() == 0, "the daemon ends well")


if __name__ == "__main__":
    conclude(main, 120)
