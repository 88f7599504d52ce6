"""What a row plays on: a daemon with a socket of its own, fake servers, clients, and the innocent
one, which pings every millisecond from a process in C.

Everything listens on Unix sockets or 127.0.0.1, has a deadline and is ended by its process id.
"""

import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
MEBIBYTE = 1 << 20
LINE_BYTES = 8 * MEBIBYTE - 64
# What a row may take of the machine: a daemon that grows is stopped before the machine is.
ADDRESS_SPACE = 6 << 30
ENOUGH_MS = 1000
# The daemon and the innocent have the last processor, what attacks them the others.
PROCESSORS = sorted(os.sched_getaffinity(0))


def products():
    return pathlib.Path(os.environ.get("HELD_PRODUCTS", ROOT / ".build/install/release"))


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.01)


class Enough(Exception):
    """A wait so long that the rest of the row would tell nothing more."""


class Ahead:
    """Processes that run before other work, where that is allowed: what else the machine does
    should not look like a wait of ours. Each has a session of its own, whose share the kernel
    weighs first."""

    @staticmethod
    def prepare(processor):
        def prepare_child():
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, 0, -15)
                pathlib.Path("/proc/self/autogroup").write_text("-15")
            with contextlib.suppress(OSError, ValueError):
                os.sched_setaffinity(0, {processor})
            resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))

        return prepare_child


class Stage:
    """One row's daemon and what surrounds it; `with` ends all of it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="held-"))
        self.socket = str(self.folder / "s")
        self.daemon = self.pinger = None
        self.ending = []
        self.waits = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for end in reversed(self.ending):
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                end()
        for process in (self.pinger, self.daemon):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *backends, settings="", models=None):
        """Starts the daemon with these servers and waits until each has `models` models."""
        text = settings + "\n[discovery]\nenabled = false\ninterval = 1\n" if (
            "[discovery]" not in settings) else settings
        for index, backend in enumerate(backends):
            text += (f'\n[[llm_backends]]\nname = "b{index}"\nendpoint = "{backend.endpoint}"\n'
                     f'kind = "openai"\n{backend.settings}\n')
        (self.folder / "config.toml").write_text(text)
        log = open(self.folder / "log", "wb")
        self.daemon = subprocess.Popen(
            [products() / "crowd-models-executor", "--config", self.folder / "config.toml",
             "--socket", self.socket], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, preexec_fn=Ahead.prepare(PROCESSORS[-1]),
            env={"HOME": str(self.folder), "PATH": os.environ["PATH"],
                 "SWIFT_BACKTRACE": "enable=no"})
        wait_until(self.is_answering, 10, f"the daemon answers; {self.log()[-500:]}")
        for index, backend in enumerate(backends):
            if backend.models is not None or models:
                wait_until(lambda index=index: self.models_of(index) >= (models or 1), 20,
                           "the models are known")
        self.watch()

    def watch(self):
        driver = products() / "BenchDriver"
        self.pinger = subprocess.Popen(
            [driver, "longest", f"innocent=ping@{self.socket}"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, start_new_session=True,
            preexec_fn=Ahead.prepare(PROCESSORS[-1]))
        self.mark("start")
        self.waits.clear()

    def is_answering(self):
        if self.daemon.poll() is not None:
            raise AssertionError(f"the daemon ended: {self.log()[-500:]}")
        try:
            with Client(self.socket) as client:
                client.call("ping")
            return True
        except OSError:
            return False

    def models_of(self, index):
        with Client(self.socket) as client:
            backends = client.call("backends.list")["result"]["backends"]
            return next(each["models"] for each in backends if each["name"] == f"b{index}")

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def mark(self, what):
        """Keeps the innocent's longest wait since the last mark, in ms, under a name."""
        self.pinger.stdin.write("\n")
        self.pinger.stdin.flush()
        words = self.pinger.stdout.readline().split()
        if not words:
            raise AssertionError(f"the daemon let the innocent client go ({what}); "
                                 f"exit {self.daemon.poll()}: {self.log()[-300:]}")
        self.waits.append((float(words[0]), what))
        if float(words[0]) > ENOUGH_MS:
            raise Enough

    def longest(self):
        return max(self.waits)

    def peak(self):
        """MiB the daemon held at most."""
        text = pathlib.Path(f"/proc/{self.daemon.pid}/status").read_text()
        assert "VmHWM" in text, "the daemon has ended"
        return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) / 1024

    def client(self):
        client = Client(self.socket)
        self.ending.append(client.close)
        return client

    def drain(self, connections, requests):
        """Clients that send the requests and take whatever comes, in C; returns what ends them."""
        path = self.folder / f"drain-{len(self.ending)}"
        path.write_bytes(requests)
        process = subprocess.Popen(
            [products() / "BenchDriver", "drain", str(connections), path, self.socket],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.ending.append(lambda: (process.kill(), process.wait()))
        assert process.stdout.readline() == "ready\n"

        def end():
            process.stdin.close()
            return [int(word) for word in process.stdout.readline().split()]

        return end

    def backend(self, **options):
        backend = Backend(**options)
        self.ending.append(backend.stop)
        return backend


def line(method, params=None, id=1):
    request = {"jsonrpc": "2.0", "id": id, "method": method}
    if params is not None:
        request["params"] = params
    return json.dumps(request, separators=(",", ":")).encode() + b"\n"


class Client:
    """A connection of lines. What it does not read stays in the daemon's way on purpose."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(90)
        self.socket.connect(path)
        self.rest = b""

    def send(self, data):
        """Sends; a daemon that has had enough may close, which is its good right, and a row may end
        before all is sent."""
        with contextlib.suppress(OSError):
            self.socket.sendall(data)

    def send_aside(self, data):
        threading.Thread(target=self.send, args=(data,), daemon=True).start()

    def read(self, seconds=60):
        self.socket.settimeout(seconds)
        pieces = [self.rest]
        while b"\n" not in pieces[-1]:
            piece = self.socket.recv(1 << 20)
            if not piece:
                return None
            pieces.append(piece)
        whole, self.rest = b"".join(pieces).split(b"\n", 1)
        return whole

    def call(self, method, params=None, seconds=30):
        self.send(line(method, params))
        while True:
            answer = self.read(seconds)
            if answer is None:
                raise AssertionError(f"{method}: the connection ended without an answer")
            message = json.loads(answer)
            if message.get("id") == 1 and "method" not in message:
                return message

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def head(count, status=200, kind="application/json"):
    return (f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {count}\r\n\r\n").encode()


def answer(body, status=200):
    return head(len(body), status) + body


STREAM_HEAD = (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
               b"Transfer-Encoding: chunked\r\n\r\n")


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(delta, finish=None, **more):
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return (b"data: " + json.dumps({"choices": [choice], **more}, separators=(",", ":")).encode()
            + b"\n\n")


def stream(events):
    return STREAM_HEAD + chunk(events + event({}, "stop") + b"data: [DONE]\n\n") + b"0\r\n\r\n"


def completion(text="hi", model="m0", **message):
    return json.dumps({
        "id": "x", "object": "chat.completion", "model": model,
        "choices": [{"index": 0, "finish_reason": "stop",
                     "message": {"role": "assistant", "content": text, **message}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}).encode()


def model_list(names):
    return json.dumps({"object": "list", "data": [
        {"id": name, "object": "model", "owned_by": "me"} for name in names]}).encode()


class Backend:
    """An OpenAI-compatible server that answers with bytes as they are.

    `post` is bytes, or a function of the request's body that returns bytes, None (no answer) or
    an iterable of pieces; `models` likewise, as the answer's body.
    """

    def __init__(self, post=None, models=("m0",), settings="", path=None):
        self.post = answer(completion()) if post is None else post
        self.models = model_list(models) if isinstance(models, (list, tuple)) else models
        self.settings = settings
        self.posts = 0
        self.connections = []
        if path:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(str(path))
            self.endpoint = f"unix:{path}:/v1"
        else:
            self.listener = socket.socket()
            self.listener.bind(("127.0.0.1", 0))
            self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"
        self.listener.listen(1024)
        threading.Thread(target=self.welcome, daemon=True).start()

    def welcome(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(client)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with contextlib.suppress(OSError, EOFError), client:
            rest = b""
            while True:
                while b"\r\n\r\n" not in rest:
                    rest += self.receive(client)
                request, rest = rest.split(b"\r\n\r\n", 1)
                size = re.search(rb"(?i)content-length: *(\d+)", request)
                pieces, missing = [rest], (int(size[1]) if size else 0) - len(rest)
                while missing > 0:
                    pieces.append(self.receive(client))
                    missing -= len(pieces[-1])
                body = b"".join(pieces)
                end = len(body) + min(missing, 0)
                rest = body[end:]
                self.answer(client, request, body[:end])

    @staticmethod
    def receive(client):
        piece = client.recv(1 << 18)
        if not piece:
            raise EOFError
        return piece

    def answer(self, client, request, body):
        if request.startswith(b"GET"):
            models = self.models() if callable(self.models) else self.models
            known = models is not None and request.split(b" ")[1] == b"/v1/models"
            client.sendall(answer(models) if known else answer(b'{"error":"no"}', 404))
            return
        self.posts += 1
        said = self.post(body) if callable(self.post) else self.post
        if said is None:
            return
        for piece in [said] if isinstance(said, bytes) else said:
            client.sendall(piece)

    def stop(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for client in self.connections:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)


ROWS = {}


def row(name):
    """Makes a function of a stage a row of the table, in the order of the files."""

    def add(play):
        assert name not in ROWS, name
        ROWS[name] = play
        return play

    return add
