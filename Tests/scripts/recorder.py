"""What clients really send: with $UPDATE_CAPTURES set, the requests of a test go through a recorder
and into Tests/Captures/clients, for the tests of the doors to play again.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import threading

CAPTURES = pathlib.Path(__file__).resolve().parents[1] / "Captures" / "clients"
# What is longer says nothing that a shorter one does not.
BYTES_MAX = 16_384


@contextlib.contextmanager
def recorded(folder, daemon, package, version):
    """The path of the daemon's socket, or of the recorder's before it."""
    if not os.environ.get("UPDATE_CAPTURES"):
        yield daemon.socket
        return
    place = folder / f"{package}.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        recorder = Recorder(listener, daemon.socket)
        yield place
    recorder.write(CAPTURES / package / version)


class Recorder:
    """Passes bytes on unread, and keeps what the clients of each connection sent."""

    def __init__(self, listener, daemon):
        self.daemon = str(daemon)
        self.heard = []
        listener.listen()
        self.port = listener.getsockname()[1] if listener.family == socket.AF_INET else None
        threading.Thread(target=self.accept, args=[listener], daemon=True).start()

    def accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.daemon)
            heard = bytearray()
            self.heard.append(heard)
            for ends in [(client, server, heard), (server, client, None)]:
                threading.Thread(target=self.pump, args=ends, daemon=True).start()

    def pump(self, source, sink, heard):
        while True:
            try:
                piece = source.recv(65_536)
                if heard is not None:
                    heard += piece
                if not piece:
                    sink.shutdown(socket.SHUT_WR)
                    return
                sink.sendall(piece)
            except OSError:
                return

    def write(self, place):
        """Writes one of each kind, under names that tell what they ask."""
        shutil.rmtree(place.parent, ignore_errors=True)
        place.mkdir(parents=True)
        kinds = set()
        counts = {}
        for heard in self.heard:
            for request in requests(bytes(heard)):
                name, kind = describe(request)
                if kind in kinds or len(request) > BYTES_MAX:
                    continue
                kinds.add(kind)
                counts[name] = counts.get(name, 0) + 1
                (place / f"{name}-{counts[name]}.request").write_bytes(
                    re.sub(rb"Host: 127.0.0.1:\d+", b"Host: 127.0.0.1:8000", request))


def requests(heard):
    """The requests of a connection: of HTTP, or lines."""
    if heard.startswith(b"{"):
        yield from (line + b"\n" for line in heard.splitlines())
        return
    while b"\r\n\r\n" in heard:
        head, rest = heard.split(b"\r\n\r\n", 1)
        length = next((int(line.split(b":")[1]) for line in head.splitlines()
                       if line.lower().startswith(b"content-length:")), 0)
        assert b"transfer-encoding" not in head.lower(), "a body in chunks"
        yield head + b"\r\n\r\n" + rest[:length]
        heard = rest[length:]


def describe(request):
    """A name, and what makes it a kind of its own: where it goes, and what it says."""
    if request.startswith(b"{"):
        value = json.loads(request)
        return value.get("method", "answer").replace("/", "-"), shape(value)
    head, body = request.split(b"\r\n\r\n", 1)
    method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
    path = target.split("?")[0].strip("/").replace("/", "-") or "root"
    return f"{method.lower()}-{path}", (method, target, shape(json.loads(body or b"null")))


def shape(value):
    """Which members a value has, and of what kinds, however many elements."""
    if isinstance(value, dict):
        return tuple(sorted((name, shape(inner)) for name, inner in value.items()))
    if isinstance(value, list):
        return ("list", *sorted({repr(shape(inner)) for inner in value}))
    return value if isinstance(value, bool) else type(value).__name__
