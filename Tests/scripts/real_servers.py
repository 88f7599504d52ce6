#!/usr/bin/env python3
"""Real servers that nobody configured, each on the port that it has anyway: mlx_lm, LiteLLM and
SGLang's router, the last two before a real llama.cpp. Each is found as what it is, answers whole
and streamed, says what is wrong, is told when nobody waits any more, and is missed when it is gone.

Their packages are some 400 MB: skipped unless $CROWD_MODELS_SERVERS is set, to `all` or to the names
of those that are wanted.
"""

import os
import pathlib
import signal
import time
import urllib.request

import environment
from connection import Connection
from llamacpp import CONTEXT, SCRIPTS, LlamaServer
from programs import Daemon, Folder, Program, free_port, own_host
from verdict import Skipped, check, conclude, until

# What a server may take until it listens, on a machine that does other things too.
START = 120


class Server(Program):
    """A program that is to listen at a port of a host."""

    def __init__(self, folder, name, host, port, *command, **environment):
        self.url = f"http://{host}:{port}"
        self.requests = folder / f"{name}.log"
        with open(self.requests, "ab") as out:
            super().__init__(
                command, self.requests, stdout=out, cwd=folder,
                env={**os.environ, "HOME": str(folder), **environment})
        end = time.monotonic() + START
        while not self.listens():
            assert self.process.poll() is None, f"{name} ended: {self.requests.read_text()}"
            assert time.monotonic() < end, f"{name} does not listen within {START} s"
            time.sleep(0.02)

    def listens(self):
        try:
            urllib.request.urlopen(self.url + "/v1/models", timeout=10).close()
            return True
        except OSError:
            return False


def mlx_lm(folder, host, llama):
    interpreter = environment.python("mlx[cpu]", "mlx-lm")
    made = environment.run(interpreter, SCRIPTS / "tiny_hf_model.py", folder / "tiny")
    check(made.returncode == 0, "a model for mlx_lm is written", made.stdout)
    (folder / "hub").mkdir()
    return "mlx_lm", Server(
        folder, "mlx_lm", host, 8080, interpreter, "-m", "mlx_lm", "server", "--model",
        folder / "tiny", "--host", host, "--port", "8080", HF_HUB_OFFLINE="1",
        HF_HUB_CACHE=str(folder / "hub"))


def litellm(folder, host, llama):
    # No later than the newest that was tried: this package has been tampered with before.
    interpreter = environment.python("litellm[proxy]==1.108.7")
    settings = folder / "litellm.yaml"
    settings.write_text(f"""
model_list:
  - model_name: tiny
    litellm_params: {{model: openai/tiny, api_base: "{llama.url}/v1", api_key: none}}
  - model_name: gpt-4o
    litellm_params: {{model: openai/gpt-4o, api_key: none}}
""")
    return "litellm", Server(
        folder, "litellm", host, 4000, interpreter, "-c",
        "from litellm.proxy.proxy_cli import run_server; run_server()", "--config", settings,
        "--host", host, "--port", "4000", "--telemetry", "False",
        LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY="true",
        LITELLM_LOCAL_MODEL_COST_MAP="True")


def sglang_router(folder, host, llama):
    interpreter = environment.python("sglang-router")
    return "openai", Server(
        folder, "sglang-router", host, 30000, interpreter, "-m", "sglang_router.launch_router",
        "--host", host, "--port", "30000", "--prometheus-port", str(free_port()),
        "--worker-urls", llama.url)


def main():
    wanted = os.environ.get("CROWD_MODELS_SERVERS", "")
    servers = {each.__name__: each for each in (mlx_lm, litellm, sglang_router)}
    chosen = servers if wanted == "all" else [name for name in wanted.split() if name in servers]
    if not chosen:
        raise Skipped("set CROWD_MODELS_SERVERS=all: it fetches 400 MB of servers")
    interpreter = environment.python("xllamacpp", "gguf")
    for name in chosen:
        with Folder() as folder:
            model = folder / "tiny.gguf"
            made = environment.run(interpreter, SCRIPTS / "tiny_model.py", model, 512)
            check(made.returncode == 0, "gguf writes a model", made.stdout)
            with LlamaServer(interpreter, folder, model, free_port()) as llama:
                host = own_host()
                with Daemon(folder, discovery=f'hosts = ["{host}"]') as daemon, \
                        Connection(daemon.socket, 60) as client:
                    act(name, servers[name], folder, host, llama, client)


def act(name, start, folder, host, llama, client):
    check(not client.call("backends.list")["backends"], f"{name}: nobody is there")
    kind, server = start(folder, host, llama)
    with server:
        began = time.monotonic()
        models = until(lambda: client.call("models.list")["models"], f"{name} is found")
        seconds = time.monotonic() - began
        check(seconds < 1.5, f"{name}: {seconds:.2f} s after it answered")
        backend, = client.call("backends.list")["backends"]
        check(backend["name"] == backend["kind"] == kind, f"{name}: as {kind}", backend)
        asked = server.requests.read_text(errors="replace")
        check("POST" not in asked and "/health " not in asked or kind == "mlx_lm",
              f"{name}: only harmless questions were asked", asked)
        remote = {each["id"] for each in models if each.get("remote")}
        check(remote == ({"gpt-4o"} if name == "litellm" else set()),
              f"{name}: what runs elsewhere is told as such", models)
        model, = (each["id"] for each in models if each["id"] not in remote)
        answers(name, client, model)
        cancels(name, client, model, server if name == "mlx_lm" else llama)
        error = client.error("complete", model=model + "x", prompt="Hello")
        check(error.code == 1001 and model in error.data["nearest"],
              f"{name}: a model that it does not have is 1001", error.data)
        if kind != "mlx_lm":
            error = client.error("complete", model=model, prompt="x" * (CONTEXT + 100))
            check(error.code == 1009 and error.data["context_length"] == CONTEXT
                  and error.data["prompt_tokens"] > CONTEXT,
                  f"{name}: a prompt too long is 1009 with both numbers", error.data)
        server.stop(signal.SIGKILL)
        began = time.monotonic()
        until(lambda: not client.call("backends.list")["backends"], f"{name} is gone")
        check(time.monotonic() - began < 1.5, f"{name}: within 1.5 s")


def load(program):
    """How much of a core it takes, its threads together."""
    def worked():
        fields = pathlib.Path(f"/proc/{program.process.pid}/stat").read_text().rsplit(")", 1)[1]
        return sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")

    before, began = worked(), time.monotonic()
    time.sleep(0.3)
    return (worked() - before) / (time.monotonic() - began)


def answers(name, client, model):
    whole = client.call("complete", prompt="Hello", max_tokens=8, temperature=0)
    deltas = []
    stream = client.call(
        "complete", deltas, model=model, prompt="Hello", max_tokens=8, temperature=0, stream=True)
    check(whole["content"] and whole["finish_reason"] == "length"
          and whole["usage"]["completion_tokens"] == 8, f"{name}: answers whole", whole)
    check("".join(delta.get("content", "") for delta in deltas) == stream["content"]
          and stream["usage"]["completion_tokens"] == 8 and len(deltas) > 1,
          f"{name}: and streamed", stream)
    raw = client.call("complete", model=model, prompt="Once", raw=True, max_tokens=4)
    check(raw["content"] and raw["usage"]["prompt_tokens"] < whole["usage"]["prompt_tokens"],
          f"{name}: a text is continued without a template", raw)


def cancels(name, client, model, worker):
    """However it was asked for an answer, the server works for nobody who has gone."""
    for stream in (False, True):
        asked = client.send(
            "complete", {"model": model, "prompt": "Go on", "stream": stream, "max_tokens": 100_000})
        until(lambda: load(worker) > 0.5, f"{name}: it is at work")
        client.call("cancel", id=asked)
        client.settled(asked)
        # LiteLLM passes on first what it has read; the whole answer would take longer still.
        until(lambda: load(worker) < 0.1, f"{name}: cancelled, it stops (stream: {stream})", 7)
    result = client.call("complete", model=model, prompt="Hello", max_tokens=2)
    check(result["content"], f"{name}: and serves the next", result)


if __name__ == "__main__":
    conclude(main, 600)
