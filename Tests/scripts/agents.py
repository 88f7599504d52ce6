#!/usr/bin/env python3
"""Real agents do a piece of work through the daemon: Claude Code and Codex, unchanged.

Each is asked something, gets a call of its own shell from a scripted model, runs it, and ends its
turn with what that said. Their packages are 320 MB: skipped unless $CROWD_MODELS_AGENTS is set.
"""

import http.server
import json
import os
import socket
import subprocess
import threading

import environment
from programs import Daemon, Folder
from verdict import Skipped, check, conclude

MODEL = "agent-model"
CLAUDE = "claude-local"
WORD = "pong-4711"
# The shells that the agents offer, and what each wants to be told.
SHELLS = {
    "Bash": lambda command: {"command": command, "description": "say a word"},
    "exec_command": lambda command: {"cmd": command},
    "shell_command": lambda command: {"command": command},
    "shell": lambda command: {"command": ["sh", "-c", command]},
}


def main():
    if not os.environ.get("CROWD_MODELS_AGENTS"):
        raise Skipped("set CROWD_MODELS_AGENTS=1: it fetches 320 MB of agents")
    interpreter = environment.python("claude-agent-sdk", "openai-codex-cli-bin")
    packages = next((interpreter.parent.parent / "lib").glob("python3*/site-packages"))
    with Folder() as folder, Model() as model, \
            Daemon(folder, f'name = "model"\nendpoint = "{model.url}/v1"',
                   settings=f'[aliases]\n"{CLAUDE}" = "{MODEL}"\n') as daemon, \
            Relay(daemon.socket) as relay:
        claude(packages / "claude_agent_sdk" / "_bundled" / "claude", folder, relay, model)
        codex(packages / "codex_cli_bin" / "bin" / "codex", folder, relay, model)


def claude(program, folder, relay, model):
    variables = {
        "ANTHROPIC_BASE_URL": relay.url, "ANTHROPIC_AUTH_TOKEN": "none", "ANTHROPIC_API_KEY": "",
        "ANTHROPIC_DEFAULT_HAIKU_MODEL": CLAUDE, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
    words = [program, "-p", "Say the word.", "--model", CLAUDE, "--allowedTools", "Bash"]
    turn("Claude Code", words, folder, variables, model)


def codex(program, folder, relay, model):
    settings = {
        "model_provider": "executor", "model_providers.executor.name": "executor",
        "model_providers.executor.base_url": f"{relay.url}/v1",
        "model_providers.executor.wire_api": "responses"}
    words = [program, "exec", "--skip-git-repo-check",
             "--dangerously-bypass-approvals-and-sandbox", "-m", MODEL]
    for name, value in settings.items():
        words += ["-c", f'{name}="{value}"']
    turn("Codex", [*words, "Say the word."], folder, {}, model)


def turn(name, words, folder, variables, model):
    home = folder / name.split()[0].lower()
    home.mkdir()
    model.requests.clear()
    done = subprocess.run(
        [str(word) for word in words], cwd=home, stdin=subprocess.DEVNULL, text=True,
        capture_output=True, timeout=180,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb", **variables})
    check(done.returncode == 0 and f"It said {WORD}" in done.stdout,
          f"{name} ends its turn with what its tool said", done.stdout[-2000:], done.stderr[-2000:])
    answered = [request for request in model.requests if request["messages"][-1]["role"] == "tool"]
    check(len(answered) == 1 and WORD in answered[0]["messages"][-1]["content"],
          f"{name} told the model, once", [request["messages"][-1] for request in model.requests])
    roles = [message["role"] for message in answered[0]["messages"]]
    check("system" not in roles[1:] and roles[-2] == "assistant",
          f"{name}: a conversation that any chat template takes", roles)


class Model(http.server.ThreadingHTTPServer):
    """A server with one model, which calls the shell first and then tells what that said."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Exchange)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.requests = []

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def answer(self, request):
        """The message to answer with, and why it ends."""
        self.requests.append(request)
        last = request["messages"][-1]
        if last["role"] == "tool":
            found = WORD if WORD in last["content"] else "something else"
            return {"content": f"It said {found}."}, "stop"
        offered = [tool["function"]["name"] for tool in request.get("tools", [])]
        for name, arguments in SHELLS.items():
            if name in offered:
                function = {
                    "name": name, "arguments": json.dumps(arguments(f"echo {WORD}"))}
                call = {"index": 0, "id": "call_1", "type": "function", "function": function}
                return {"content": "", "tool_calls": [call]}, "tool_calls"
        return {"content": "There is no shell."}, "stop"


class Exchange(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.reply("application/json", json.dumps(
            {"object": "list", "data": [{"id": MODEL, "object": "model"}]}))

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message, reason = self.server.answer(request)
        whole = {"id": "1", "object": "chat.completion", "model": MODEL,
                 "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}}
        if not request.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", **message},
                      "finish_reason": reason}
            return self.reply("application/json", json.dumps({**whole, "choices": [choice]}))
        chunks = [{"index": 0, "delta": {"role": "assistant", **message}, "finish_reason": None},
                  {"index": 0, "delta": {}, "finish_reason": reason}]
        events = [json.dumps({**whole, "choices": [chunk]}) for chunk in chunks] + ["[DONE]"]
        self.reply("text/event-stream", "".join(f"data: {event}\n\n" for event in events))

    def reply(self, kind, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Relay:
    """A port that passes bytes on to the daemon's socket, for who knows no Unix socket."""

    def __init__(self, path):
        self.path = str(path)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.path)
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self.copy, args=pair, daemon=True).start()

    @staticmethod
    def copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            target.close()


if __name__ == "__main__":
    conclude(main, 900)
