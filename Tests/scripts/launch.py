#!/usr/bin/env python3
"""`crowd-models launch` and `env`: programs that nobody changed use the daemon's models, by a relay
of their own and by the daemon's port, and the user's own files stay as they are.

PyPI's `llm` stands for them all; with $CROWD_MODELS_AGENTS set, real Claude Code and Codex (320 MB).
"""

import os
import pathlib
import subprocess

import environment
from connection import Connection
from programs import Daemon, Folder, Simulator, free_port, program
from verdict import check, conclude

MODEL = "local-chat,state=loaded,ctx=200000,max=200000,caps=tool_use"
NOTES = "things that the user keeps"


def main():
    interpreter = environment.python("llm")
    for port in [None, free_port()]:
        settings = f'[http]\nlisten = "127.0.0.1:{port}"\n' if port else ""
        with Folder() as folder, Simulator(folder, "--model", MODEL) as simulator, \
                Daemon(folder, f'name = "lmstudio"\nendpoint = "{simulator.url}"',
                       settings=settings) as daemon:
            with Connection(daemon.socket) as connection:
                connection.call("models.refresh")
                way = "by the daemon's port" if port else "by a relay"
                user = User(folder, daemon.socket, interpreter)
                plain(user, connection, way)
                variables(user, port)
                if os.environ.get("CROWD_MODELS_AGENTS"):
                    agents(user, connection, way)


class User:
    """Somebody with a home of his own and nothing in it but what llm keeps there."""

    def __init__(self, folder, path, interpreter):
        tools = folder / "bin"
        tools.mkdir()
        (tools / "llm").write_text(f'#!/bin/sh\nexec {interpreter} -m llm "$@"\n')
        (tools / "llm").chmod(0o755)
        self.home = folder / "home"
        self.own = self.home / ".config" / "io.datasette.llm"
        self.own.mkdir(parents=True)
        (self.own / "keys.json").write_text("{}")
        (self.own / "extra-openai-models.yaml").write_text(NOTES)
        self.variables = {
            "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(self.home), "TERM": "dumb",
            "TMPDIR": str(folder), "CROWD_MODELS_SOCKET": str(path), "SHELL": "/bin/sh"}

    def run(self, *words, shell=None):
        command = ["/bin/sh", "-c", shell] if shell else [program("crowd-models"), *words]
        return subprocess.run(
            command, env=self.variables, cwd=self.home, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)


def plain(user, connection, way):
    said = user.run("launch", "llm", "echo:PONG")
    check(said.stdout == "PONG\n" and said.returncode == 0, f"llm is answered {way}", said)
    said = user.run("launch", "-m", "local", "llm", "--no-stream", "echo:PONG")
    check(said.stdout == "PONG\n", f"llm is answered whole {way}", said)
    said = user.run("launch", "llm", "logs", "-n", "1")
    check("echo:PONG" in said.stdout, "its log is its own, and goes on", said)
    check((user.own / "extra-openai-models.yaml").read_text() == NOTES
          and sorted(path.name for path in user.own.iterdir())
          == ["extra-openai-models.yaml", "keys.json", "logs.db"],
          "its configuration is as it was")
    check(not list(pathlib.Path(user.variables["TMPDIR"]).glob("crowd-models-*")),
          "and nothing is left of what was made for it")
    total = connection.call("stats", window="total")["requests"]
    check(total["succeeded"] == 2 and total["rejected"] == 0, "both were counted", total)


def variables(user, port):
    """What `env` prints is what a shell can use, where there is a port."""
    said = user.run("env", "openai")
    if not port:
        check(said.returncode == 78 and "launch openai" in said.stderr,
              "without a port `env` says what does without", said)
        return
    client = program("crowd-models")
    said = user.run(shell=f"""
        eval "$({client} env openai)" && python3 - <<'END'
import json, os, urllib.request
body = {{"model": os.environ["OPENAI_MODEL"], "messages": [{{"role": "user", "content": "echo:hi"}}]}}
request = urllib.request.Request(
    os.environ["OPENAI_BASE_URL"] + "/chat/completions", json.dumps(body).encode(),
    {{"Content-Type": "application/json"}})
print(json.load(urllib.request.urlopen(request))["choices"][0]["message"]["content"])
END
        """)
    check(said.stdout == "hi\n", "a shell that has read `env` reaches the daemon", said)


def agents(user, connection, way):
    """Each ends its turn with what the model said."""
    interpreter = environment.python("claude-agent-sdk", "openai-codex-cli-bin")
    packages = next((interpreter.parent.parent / "lib").glob("python3*/site-packages"))
    bundled = [packages / "claude_agent_sdk" / "_bundled", packages / "codex_cli_bin" / "bin"]
    user.variables["PATH"] = ":".join([*map(str, bundled), user.variables["PATH"]])
    for name, words in [
        ("claude", ["-p", "Say PONG"]),
        ("codex", ["exec", "--skip-git-repo-check", "Say PONG"]),
    ]:
        before = connection.call("stats", window="total")["requests"]["succeeded"]
        said = user.run("launch", name, *words)
        after = connection.call("stats", window="total")["requests"]["succeeded"]
        check(said.returncode == 0 and said.stdout.strip() and after > before,
              f"{name} ends its turn {way if name != 'claude' else 'by the Unix socket'}", said)


if __name__ == "__main__":
    conclude(main, 300)
