"""A client for crowd-models-executor in Python, with nothing but Python's own library.

    with CrowdModels() as models:
        print(models.call("complete", prompt="Say hello.")["content"])

One request at a time. Whoever wants more at once opens more connections, which are cheap, or
matches answers to requests by their ids: the daemon answers in any order.
"""

import json
import os
import socket
import subprocess


class CrowdModelsError(Exception):
    """An error answer: `code`, a sentence, and `data` with at least `kind` and `retryable`."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code, self.data = error["code"], error["data"]


class CrowdModels:
    def __init__(self, path=None):
        # Where the socket is depends on the machine: the daemon's own client knows.
        path = path or os.environ.get("CROWD_MODELS_SOCKET") or subprocess.check_output(
            ["crowd-models", "sockname"], text=True).rstrip("\n")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        # Every message is one line of UTF-8; a binary file ends lines at \n and nothing else.
        self.lines = self.socket.makefile("rb")
        self.last_id = 0

    def call(self, method, **params):
        """The result of a method; raises CrowdModelsError."""
        identifier = self._send(method, params)
        while True:
            message = self._receive()
            # Notifications have a method. An answer has the id of its request.
            if "method" not in message and message["id"] == identifier:
                return self._result(message)

    def stream(self, **params):
        """The text of a completion, piece by piece; the result is the generator's value."""
        identifier = self._send("complete", {**params, "stream": True})
        answer = None
        try:
            while answer is None:
                message = self._receive()
                if message.get("method") == "complete.delta":
                    # A delta may hold reasoning or tool calls instead of text.
                    yield message["params"].get("content", "")
                elif message.get("id") == identifier:
                    answer = message
        except GeneratorExit:
            # Nobody wants the rest. A cancelled request is answered all the same, with the text
            # so far; the next call skips that answer by its id.
            self._send("cancel", {"id": identifier}, notification=True)
            raise
        return self._result(answer)

    def _send(self, method, params, notification=False):
        request = {"jsonrpc": "2.0", "method": method, "params": params}
        if not notification:
            self.last_id += 1
            request["id"] = self.last_id
        # json.dumps writes no line breaks inside strings: the only \n is the one at the end.
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        return self.last_id

    def _receive(self):
        line = self.lines.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("crowd-models-executor closed the connection")
        return json.loads(line)

    @staticmethod
    def _result(answer):
        if "error" in answer:
            raise CrowdModelsError(answer["error"])
        return answer["result"]

    def close(self):
        """Ends the connection, and with it whatever is still running for it."""
        self.lines.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
