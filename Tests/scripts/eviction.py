#!/usr/bin/env python3
"""Servers that throw out a model to make room for another, with all that it generates or while it
is loading: no request of ours makes them do so, and what a stranger does to us is waited out.
"""

import collections
import http.server
import json
import random
import threading
import time

from connection import Connection
from programs import Daemon, Folder
from verdict import check, conclude

MODELS = ["alpha", "beta", "gamma"]
LOAD_SECONDS = 0.05
TOKEN_SECONDS = 0.004
TOKENS = 12
TEXT = "".join(f"w{number} " for number in range(TOKENS))


class Thrown(Exception):
    """The model was thrown out in the middle."""


class Shelf:
    """What a server has in memory: at most so many models, the one used least lately leaves,
    whatever it does."""

    def __init__(self, most):
        self.most = most
        self.lock = threading.Condition()
        self.state = collections.OrderedDict()
        self.runs = collections.Counter()
        self.loads = []
        # Models that left while they generated, and while they were loaded for somebody.
        self.killed = []
        self.aborted = []

    def use(self, model):
        """Loads it where it is not there, and counts a run; the loading's number."""
        with self.lock:
            if model not in self.state:
                while len(self.state) >= self.most:
                    old, there = self.state.popitem(last=False)
                    if there["loading"]:
                        self.aborted.append(old)
                    elif self.runs[old]:
                        self.killed.append(old)
                self.loads.append(model)
                self.state[model] = {"number": len(self.loads), "loading": True}
                threading.Timer(LOAD_SECONDS, self.loaded, [model, len(self.loads)]).start()
            self.state.move_to_end(model)
            number = self.state[model]["number"]
            while self.there(model, number) and self.state[model]["loading"]:
                self.lock.wait()
            if not self.there(model, number):
                raise Thrown
            self.runs[model] += 1
            return number

    def loaded(self, model, number):
        with self.lock:
            if self.there(model, number):
                self.state[model]["loading"] = False
            self.lock.notify_all()

    def there(self, model, number):
        return self.state.get(model, {}).get("number") == number

    def left(self, model):
        with self.lock:
            self.runs[model] -= 1

    def value(self, model):
        with self.lock:
            if model not in self.state:
                return "unloaded"
            return "loading" if self.state[model]["loading"] else "loaded"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def whole(self, body, status=200, kind="application/json"):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def begin(self, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def piece(self, text):
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def generate(self, model, begin, token, end):
        """Says the words of an answer, until the model is thrown out."""
        shelf = self.server.shelf
        number = shelf.use(model)
        try:
            begin()
            for word in TEXT.split(" ")[:-1]:
                time.sleep(TOKEN_SECONDS)
                if not shelf.there(model, number):
                    # Its process is gone, and the connection with it.
                    self.close_connection = True
                    return
                token(word + " ")
        finally:
            # Before the end is told: whoever hears it may ask for another model at once.
            shelf.left(model)
        end()
        self.piece("")

    def body(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))


class Router(Handler):
    """llama.cpp's server in router mode."""

    kind = "llama.cpp"

    def do_GET(self):
        if self.path in ("/v1/models", "/models"):
            self.whole({"object": "list", "data": [
                {"id": model, "object": "model", "created": 1, "owned_by": "llamacpp",
                 "status": {"value": self.server.shelf.value(model), "args": ["llama-server"]}}
                for model in MODELS]})
        elif self.path == "/props":
            self.whole({"role": "router", "max_instances": self.server.shelf.most,
                        "models_autoload": True})
        elif self.path == "/health":
            self.whole({"status": "ok"})
        else:
            self.whole({"error": {"code": 404, "message": "File Not Found",
                                  "type": "not_found_error"}}, 404)

    def do_POST(self):
        request = self.body()
        if self.path != "/v1/chat/completions":
            return self.whole({"error": {"code": 404, "message": "File Not Found",
                                         "type": "not_found_error"}}, 404)
        model = request["model"]

        def say(delta, finish=None):
            self.piece("data: " + json.dumps({
                "id": "c", "object": "chat.completion.chunk", "created": 1, "model": model,
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}) + "\n\n")

        def end():
            say({}, "stop")
            self.piece("data: [DONE]\n\n")

        try:
            self.generate(model, lambda: self.begin("text/event-stream"),
                          lambda word: say({"content": word}), end)
        except Thrown:
            self.whole({"error": {"code": 500, "type": "server_error", "message":
                                  f"model name={model} is not running"}}, 500)


class Ollama(Handler):
    """Ollama, with room for so many models."""

    kind = "ollama"

    def do_HEAD(self):
        self.whole(b"")

    def do_GET(self):
        def described(model):
            return {"name": f"{model}:latest", "model": f"{model}:latest", "size": 1,
                    "modified_at": "2026-01-01T00:00:00Z", "digest": "0" * 64,
                    "details": {"format": "gguf", "family": "llama", "families": ["llama"],
                                "parameter_size": "3B", "quantization_level": "Q4_K_M"}}

        answers = {
            "/api/version": {"version": "0.24.0"},
            "/api/tags": {"models": [described(model) for model in MODELS]},
            "/api/ps": {"models": [
                {**described(model), "expires_at": "2318-01-01T00:00:00Z", "size_vram": 1,
                 "context_length": 4096}
                for model in MODELS if self.server.shelf.value(model) == "loaded"]},
            "/v1/models": {"object": "list", "data": [
                {"id": f"{model}:latest", "object": "model", "created": 1, "owned_by": "library"}
                for model in MODELS]}}
        if self.path == "/":
            self.whole(b"Ollama is running", kind="text/plain; charset=utf-8")
        elif self.path in answers:
            self.whole(answers[self.path])
        else:
            self.whole(b"404 page not found", 404, "text/plain")

    def do_POST(self):
        request = self.body()
        if self.path != "/api/chat":
            return self.whole(b"404 page not found", 404, "text/plain")
        model = request["model"].removesuffix(":latest")

        def say(word, more):
            self.piece(json.dumps({
                "model": request["model"], "created_at": "2026-01-01T00:00:00Z",
                "message": {"role": "assistant", "content": word}, **more}) + "\n")

        try:
            self.generate(
                model, lambda: self.begin("application/x-ndjson"),
                lambda word: say(word, {"done": False}),
                lambda: say("", {"done": True, "done_reason": "stop", "eval_count": TOKENS,
                                 "prompt_eval_count": 3, "eval_duration": 1, "total_duration": 2,
                                 "load_duration": 0, "prompt_eval_duration": 1}))
        except Thrown:
            self.whole({"error": "model failed to load, aborted"}, 500)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler, most):
        super().__init__(("127.0.0.1", 0), handler)
        self.shelf = Shelf(most)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        """A client that left is no trouble."""

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def main():
    for handler in (Router, Ollama):
        for most in (1, 2):
            with Folder() as folder, Server(handler, most) as server, \
                    Daemon(folder, f'name = "s"\nendpoint = "{server.url}/v1"\n'
                           f'kind = "{handler.kind}"\nmax_concurrent = 3') as daemon:
                crowd(server, daemon, f"{handler.kind} with room for {most}")
    with Folder() as folder, Server(Router, 1) as server, \
            Daemon(folder, f'name = "s"\nendpoint = "{server.url}/v1"\nkind = "llama.cpp"'
                   ) as daemon:
        stranger(server, daemon)


def crowd(server, daemon, name):
    """Several callers want several models, all at once."""
    chance = random.Random(7)
    connections = [Connection(daemon.socket, 60) for _ in range(5)]
    asked = []
    for _ in range(12):
        for connection in connections:
            model = chance.choice(MODELS)
            asked.append((connection, model, connection.send(
                "complete", {"model": model, "prompt": "x", "stream": True})))
    for connection, model, identifier in asked:
        answer = connection.answer(identifier)
        check_quietly(answer["content"] == TEXT and "attempts" not in answer, name, answer)
    check(not server.shelf.killed, f"{name}: nothing was thrown out while it generated",
          server.shelf.killed)
    check(not server.shelf.aborted, f"{name}: nor while it was loaded for somebody",
          server.shelf.aborted)
    check(len(server.shelf.loads) <= 30, f"{name}: those that want one model go together "
          f"({len(server.shelf.loads)} loads for {len(asked)} requests)", server.shelf.loads)
    for connection in connections:
        connection.__exit__(None, None, None)


def check_quietly(condition, sentence, *evidence):
    if not condition:
        check(False, f"{sentence}: every answer is whole", *evidence)


def stranger(server, daemon):
    """Somebody who goes past the daemon makes a model leave that is being loaded for us."""
    with Connection(daemon.socket, 60) as connection:
        identifier = connection.send("complete", {"model": "alpha", "prompt": "x"})
        end = time.monotonic() + 10
        while server.shelf.value("alpha") != "loading":
            assert time.monotonic() < end, "alpha is not loaded"
            time.sleep(0.001)
        try:
            server.shelf.use("beta")
        finally:
            server.shelf.left("beta")
        check(server.shelf.aborted == ["alpha"], "a load of ours was called off")
        answer = connection.answer(identifier)
        check(answer["content"] == TEXT, "it is waited out, and tried again", answer)
        check("attempts" not in answer, "which counts as no attempt", answer)
        [backend] = connection.call("backends.list")["backends"]
        check(backend["breaker"] == "closed", "and as no failure", backend)


if __name__ == "__main__":
    conclude(main, 300)
