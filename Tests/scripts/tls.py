#!/usr/bin/env python3
"""An https backend from end to end: the simulator behind TLS, by HTTP/1.1 and, behind nginx, by
HTTP/2. What is not trusted is sent nothing, and said with what mends it.
"""

import contextlib
import json
import pathlib
import re
import socket
import subprocess
import sys
import time
import urllib.request

from connection import Connection
from programs import Daemon, Folder, Program, Simulator, die_with_parent, free_port, has, program
from tls_front import make_certificates
from verdict import Skipped, check, conclude, until

FRONT = pathlib.Path(__file__).with_name("tls_front.py")
NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr error;
events {{ }}
http {{
    log_format short '$server_protocol $connection $request_uri';
    access_log {folder}/access.log short;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {folder}/good.pem; ssl_certificate_key {folder}/good.key;
        client_max_body_size 64m;
        location / {{
            proxy_pass {upstream}; proxy_http_version 1.1; proxy_buffering off;
        }}
    }}
}}
"""


class Front(Program):
    """tls_front.py: ports with TLS, each with a certificate that is asked for by name."""

    def __init__(self, folder):
        super().__init__([sys.executable, FRONT], folder / "front.log",
                         stdout=subprocess.PIPE, text=True)
        words = self.process.stdout.readline().split()
        assert len(words) == 2 and words[1].isdigit(), words
        self.folder = pathlib.Path(words[0])
        self.control = socket.create_connection(("127.0.0.1", int(words[1])))
        self.answers = self.control.makefile("r")

    def open(self, upstream, certificate):
        self.control.sendall(f"{upstream} {certificate}\n".encode())
        return int(self.answers.readline())

    def __exit__(self, *details):
        self.answers.close()
        self.control.close()
        self.process.wait(10)
        super().__exit__(*details)


def nginx(folder, upstream, port):
    make_certificates(folder)
    (folder / "nginx.conf").write_text(
        NGINX.format(folder=folder, port=port, upstream=upstream))
    return Program(["nginx", "-p", folder, "-c", folder / "nginx.conf"], folder / "nginx.log",
                   prepare=die_with_parent)


def generating(simulator):
    with urllib.request.urlopen(simulator.url + "/simulator/stats", timeout=10) as answer:
        return json.load(answer)["generating"]


def is_mapped(daemon):
    return "libcurl.so.4" in pathlib.Path(f"/proc/{daemon.process.pid}/maps").read_text()


def serves(client, simulator, name):
    """All that a program does with a backend."""
    until(lambda: client.call("models.list", backend=name)["models"],
          f"{name}: its models are known")
    whole = client.call("complete", prompt="echo:hello", backend=name)
    check(whole["content"] == "hello" and whole["backend"] == name, f"{name}: a whole answer", whole)
    large = "x" * 3_000_000
    whole = client.call("complete", prompt="tokens:3 " + large, backend=name)
    check(whole["usage"]["completion_tokens"] > 0, f"{name}: a prompt of 3 MB")
    deltas = []
    result = client.call("complete", deltas, prompt="tokens:50", stream=True, backend=name)
    check(len(deltas) > 10
          and "".join(each["content"] for each in deltas) == result["content"],
          f"{name}: a stream, {len(deltas)} deltas", deltas[:3])
    several = [client.send("complete", {"prompt": f"echo:{i}", "backend": name})
               for i in range(8)]
    check([client.answer(each)["content"] for each in several] == [str(i) for i in range(8)],
          f"{name}: eight at once")
    cancels(client, simulator, name)


def cancels(client, simulator, name):
    endless = client.send("complete", {"prompt": "tokens:100000", "stream": True, "backend": name})
    message = client.read()
    check(message["method"] == "complete.delta", f"{name}: an endless stream begins", message)
    check(generating(simulator) == 1, f"{name}: its server is at work")
    started = time.monotonic()
    order = client.send("cancel", {"id": endless})
    client.settled(endless)
    answered = time.monotonic() - started
    check(client.answer(order)["cancelled"], f"{name}: it is cancelled in {1000 * answered:.1f} ms")
    until(lambda: generating(simulator) == 0, f"{name}: its server has stopped")


def doctor(daemon):
    run = subprocess.run([program("crowd-models"), "--socket", daemon.socket, "--json", "doctor"],
                         capture_output=True, text=True, timeout=30)
    return run.returncode, {each["check"]: each for each in json.loads(run.stdout)}


STRANGERS = {
    # Backend: its certificate, whether ours is trusted, and what is said.
    "unknown": ("good", False, r"issuer|self.signed", "let `ca_file` name"),
    "stranger": ("stranger", True, r"127\.0\.0\.1", "a host that its certificate names"),
    "expired": ("expired", True, "expired", "renew"),
}


def distrusts(client, daemon):
    code, checks = doctor(daemon)
    check(code == 1, "the doctor sees trouble")
    for name, (_, _, words, remedy) in STRANGERS.items():
        backend = until(
            lambda: next(each for each in client.call("backends.list")["backends"]
                         if each["name"] == name and each["state"] == "down"), f"{name}: down")
        error = backend["last_error"]
        check("TLS: " in error and re.search(words, error) and remedy in error,
              f"{name}: {error}", error)
        found = checks[f"backend {name}"]
        check(found["verdict"] == "trouble" and remedy in found["message"]
              and "openssl s_client" in found["command"], f"{name}: the doctor says so", found)
        refusal = client.error("complete", prompt="x", backend=name)
        check(refusal.code == 1003 and remedy in str(refusal), f"{name}: and so does a refusal",
              str(refusal))


def main():
    for command in ("openssl", "python3"):
        if not has(command):
            raise Skipped(f"there is no {command}")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(Folder())
        simulator = stack.enter_context(Simulator(
            folder, "--token-rate", "400", "--model", "tiny,ctx=8000000,max=8000000"))
        upstream = int(simulator.url.rsplit(":", 1)[1])
        front = stack.enter_context(Front(folder))
        trusted = front.folder / "ca.pem"
        places = {"first": (front.open(upstream, "good"), trusted)}
        for name, (certificate, trusts, _, _) in STRANGERS.items():
            places[name] = (front.open(upstream, certificate), trusted if trusts else "")
        if has("nginx"):
            place = folder / "nginx"
            place.mkdir()
            port = free_port()
            stack.enter_context(nginx(place, simulator.url, port))
            places["second"] = (port, place / "ca.pem")
        else:
            print("not tried: HTTP/2 (there is no nginx)")
        backends = (
            f'name = "{name}"\nendpoint = "https://127.0.0.1:{port}"\nca_file = "{ca}"\n'
            'kind = "lmstudio"' for name, (port, ca) in places.items())
        daemon = stack.enter_context(Daemon(folder, *backends))
        with Connection(daemon.socket) as client:
            until(lambda: all(each["state"] != "probing" for each
                              in client.call("backends.list")["backends"]), "all were asked")
            if any("libcurl4" in (each.get("last_error") or "")
                   for each in client.call("backends.list")["backends"]):
                raise Skipped("there is no libcurl 7.88 or newer")
            check(is_mapped(daemon), "libcurl is loaded")
            serves(client, simulator, "first")
            if "second" in places:
                serves(client, simulator, "second")
                log = (folder / "nginx" / "access.log").read_text().split("\n")[:-1]
                check(all(each.startswith("HTTP/2.0 ") for each in log),
                      "second: by HTTP/2, all of it", log[:3])
                several = {each.split()[1] for each in log}
                check(len(several) == 1, "second: on one connection", several)
            distrusts(client, daemon)
        check(daemon.stop() == 0, "the daemon ends well")


if __name__ == "__main__":
    conclude(main, seconds=120)
