#!/usr/bin/env python3
"""What agents count on beside their answers, by HTTP on the Unix socket: a conversation stays with
the server that knows it, a retry does not double the work, and a wait can be seen."""

import http.server
import json
import socket
import threading

from connection import Connection
from programs import Daemon, Folder
from verdict import check, conclude, until

MODEL = "agent-model"


def main():
    with Folder() as folder, Model() as one, Model() as two:
        backends = [f'name = "{name}"\nendpoint = "{model.url}/v1"\nkind = "openai"\n'
                    f"max_concurrent = 1" for name, model in (("one", one), ("two", two))]
        with Daemon(folder, *backends) as daemon:
            rpc = Connection(daemon.socket)
            until(lambda: len(rpc.call("models.list")["models"]) == 2, "both servers are known")
            for ask in (ask_claude, ask_codex):
                sessions(daemon, ask, one, two)
            retries(daemon, rpc, one, two)
            waits(daemon, rpc, one, two)


def ask_claude(daemon, session, text="hello", stream=False):
    """One turn as Claude Code asks it; the client."""
    return post(daemon, "/v1/messages?beta=true", {
        "model": MODEL, "max_tokens": 9, "stream": stream,
        "messages": [{"role": "user", "content": text}]},
        f"X-Claude-Code-Session-Id: {session}\r\nUser-Agent: claude-cli/2.1 (external)\r\n")


def ask_codex(daemon, session, text="hello", stream=False):
    """The same as Codex asks it."""
    return post(daemon, "/v1/responses", {
        "model": MODEL, "input": text, "stream": stream, "prompt_cache_key": session},
        "User-Agent: codex_exec/0.163\r\n")


def post(daemon, path, body, fields):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(30)
    client.connect(str(daemon.socket))
    text = json.dumps(body)
    client.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{fields}Connection: close\r\n"
                   f"Content-Length: {len(text)}\r\n\r\n{text}".encode())
    return client


def read(client):
    pieces = []
    while piece := client.recv(65536):
        pieces.append(piece)
    client.close()
    return b"".join(pieces).decode()


def backend(answer):
    assert answer.startswith("HTTP/1.1 200 "), answer
    field = next(line for line in answer.split("\r\n") if line.startswith("x-crowd-models-backend"))
    return field.split(": ")[1]


def sessions(daemon, ask, *models):
    """While the first server of a conversation is free, it answers every turn of it."""
    name = ask.__name__
    first = backend(read(ask(daemon, f"{name}-1")))
    # Who comes while that one is busy is answered by the other, and from then on stays there.
    model = models[first == "two"]
    busy = ask(daemon, f"{name}-1", "hold")
    model.wait()
    second = backend(read(ask(daemon, f"{name}-2")))
    model.release()
    read(busy)
    check(second != first, f"{name}: two conversations at once, each at a server of its own")
    for _ in range(4):
        turns = backend(read(ask(daemon, f"{name}-1"))), backend(read(ask(daemon, f"{name}-2")))
        assert turns == (first, second), turns
    check(True, f"{name}: each conversation stays where its cache is")


def retries(daemon, rpc, *models):
    """A client that gives up and asks again: its first try ends, there too."""
    asked = sum(model.asked for model in models)
    ended = sum(model.ended for model in models)
    clients = []
    for each in range(3):
        clients.append(ask_claude(daemon, "retry", "hold", stream=True))
        until(lambda: sum(model.asked for model in models) == asked + each + 1,
              f"try {each + 1} reaches a server")
        clients[-1].close()
        until(lambda: sum(model.ended for model in models) == ended + each + 1,
              "and ends there when its client goes")
    check(rpc.call("status")["in_flight"] == 0, "nothing of them is left")
    for model in models:
        while model.holding.acquire(blocking=False):
            pass


def waits(daemon, rpc, *models):
    """Who waits is told of, by the name of its program and its place."""
    busy = [ask_codex(daemon, f"wait-{each}", "hold") for each in range(2)]
    for model in models:
        model.wait()
    queued = ask_claude(daemon, "wait-2", "hello", stream=True)

    def waiting():
        return [each for each in rpc.call("requests.list")["requests"]
                if each["phase"] == "queued"]

    found = until(waiting, "a request that waits is listed")[0]
    check(found["client"].endswith(" claude-cli/2.1") and found["position"] == 1,
          "with its program and its place", found)
    for model in models:
        model.release()
    text = read(queued)
    check("event: message_stop" in text, "and is answered in the end", text)
    for client in busy:
        read(client)


class Model(http.server.ThreadingHTTPServer):
    """A server that answers at once, but a prompt `hold` when it is released."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Exchange)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked = self.ended = 0
        self.holding = threading.Semaphore(0)
        self.going_on = threading.Semaphore(0)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def wait(self):
        """Until it holds a request."""
        assert self.holding.acquire(timeout=10), "nobody asked to be held"

    def release(self):
        self.going_on.release()


class Exchange(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.reply(json.dumps({"object": "list", "data": [{"id": MODEL, "object": "model"}]}))

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked += 1
        if request["messages"][-1]["content"] == "hold":
            self.server.holding.release()
            if not self.is_released():
                self.close_connection = True
                return
        if request.get("stream"):
            choice = {"index": 0, "delta": {"content": "hi"}, "finish_reason": "stop"}
            data = json.dumps({"model": MODEL, "choices": [choice]})
            return self.reply(f"data: {data}\n\ndata: [DONE]\n\n", "text/event-stream")
        message = {"role": "assistant", "content": "hi"}
        self.reply(json.dumps({"model": MODEL, "choices": [
            {"index": 0, "message": message, "finish_reason": "stop"}]}))

    def is_released(self):
        """Waits for that; false when whoever asked is gone before."""
        self.connection.settimeout(0.02)
        while not self.server.going_on.acquire(blocking=False):
            try:
                if not self.connection.recv(1, socket.MSG_PEEK):
                    self.server.ended += 1
                    return False
            except TimeoutError:
                continue
        self.connection.settimeout(None)
        return True

    def reply(self, text, kind="application/json"):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    conclude(main, 120)
