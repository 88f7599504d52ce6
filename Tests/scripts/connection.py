"""A connection to the daemon, for tests: requests go out, answers and notifications come in."""

import json
import socket


class Refused(Exception):
    """The daemon answered with an error."""

    def __init__(self, error):
        super().__init__(f"{error['code']} {error['message']}")
        self.code = error["code"]
        self.data = error["data"]


class Connection:
    def __init__(self, path, seconds=30):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("rb")
        self.last = 0
        self.others = []

    def send(self, method, params=None):
        """Sends a request and returns its id."""
        self.last += 1
        request = {"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        return self.last

    def read(self):
        """The next line, whatever it is about."""
        line = self.lines.readline()
        assert line.endswith(b"\n"), f"the daemon closed the connection after {line!r}"
        return json.loads(line)

    def answer(self, identifier, deltas=None):
        """The result of that request; its deltas are appended to the list."""
        for place, message in enumerate(self.others):
            if message["id"] == identifier:
                return self.result(self.others.pop(place))
        while True:
            message = self.read()
            if message.get("method") == "complete.delta":
                if deltas is not None and message["params"]["id"] == identifier:
                    deltas.append(message["params"])
            elif message["id"] == identifier:
                return self.result(message)
            else:
                self.others.append(message)

    def call(self, method, deltas=None, **params):
        return self.answer(self.send(method, params), deltas)

    def error(self, method, **params):
        """The error that the call is answered with."""
        return self.failure(self.send(method, params))

    def failure(self, identifier):
        """The error that the request is answered with."""
        try:
            result = self.answer(identifier)
        except Refused as refusal:
            return refusal
        raise AssertionError(f"request {identifier} was answered with {result}, not with an error")

    def settled(self, identifier):
        """The result or the error that the request is answered with, whichever it is."""
        try:
            return self.answer(identifier)
        except Refused as refusal:
            return refusal

    @staticmethod
    def result(message):
        if "error" in message:
            raise Refused(message["error"])
        return message["result"]

    def close(self):
        self.lines.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
