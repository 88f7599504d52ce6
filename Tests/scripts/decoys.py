"""Programs that listen where model servers do and are none, each with a record of what it was sent."""

import select
import socket
import threading
import time


class Decoy:
    """Listens at host and port and does with each connection what its subclass says."""

    def __init__(self, host, port):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port))
        self.listener.listen(64)
        self.host, self.port = self.listener.getsockname()
        self.url = f"http://{host}:{self.port}"
        # What each connection has sent, in the order in which they came.
        self.received = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.received.append(b"")
            threading.Thread(
                target=self.keep, args=(connection, len(self.received) - 1), daemon=True).start()

    def keep(self, connection, number):
        with connection:
            try:
                while True:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    self.received[number] += piece
                    if self.hear(connection, piece) is False:
                        return
            except OSError:
                return

    def hear(self, connection, piece):
        """What is done with a piece; False closes the connection."""

    @property
    def requests(self):
        """The first lines of all requests so far."""
        return [
            head.split("\r\n")[0] for text in self.received
            for head in text.decode(errors="replace").split("\r\n\r\n") if head]

    def close(self):
        # Shutting it down wakes the thread that accepts, which would hold the port until then.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Silent(Decoy):
    """Takes what it is sent and never says a word."""


class Deaf(Decoy):
    """Closes as soon as it hears something."""

    def hear(self, connection, piece):
        return False


class Echo(Decoy):
    def hear(self, connection, piece):
        connection.sendall(piece)


class TLSOnly(Decoy):
    """Answers what is no handshake with an alert, and ends."""

    def hear(self, connection, piece):
        connection.sendall(bytes([21, 3, 3, 0, 2, 2, 10]))
        return False


class Slow(Decoy):
    """Sends an answer of many bytes, one a second."""

    def hear(self, connection, piece):
        for byte in b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}":
            connection.sendall(bytes([byte]))
            if select.select([connection], [], [], 1)[0]:
                return False


class Web(Decoy):
    """An HTTP server that says the same to all that it is asked."""

    def __init__(self, host, port, status, body, kind="application/json", fields=""):
        self.answer = (
            f"HTTP/1.1 {status} Some\r\nContent-Type: {kind}\r\n{fields}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
        super().__init__(host, port)

    def hear(self, connection, piece):
        connection.sendall(self.answer)


def quiet(decoys, seconds):
    """Whether none of them hears anything new for so long."""
    before = [list(decoy.received) for decoy in decoys]
    time.sleep(seconds)
    return before == [list(decoy.received) for decoy in decoys]
