#!/usr/bin/env python3
"""`crowd-models doctor` beside servers that are wrong in every way that the troubleshooting knows: each
is told by its name with a command that mends it, and the exit status says whether all is well.
"""

import json
import os
import re
import subprocess

import decoys
from connection import Connection
from programs import Daemon, Folder, Simulator, free_port, own_host, program
from verdict import check, conclude, until

EMPTY = json.dumps({"object": "list", "data": []})
LIST = json.dumps({"object": "list", "data": [{"id": "m", "object": "model", "created": 1}]})
HTML = "<!doctype html><title>Hi</title>"


def doctor(socket, **variables):
    run = subprocess.run(
        [program("crowd-models"), "--socket", socket, "--json", "doctor"], capture_output=True,
        text=True, timeout=30, env={**os.environ, **variables})
    return run.returncode, {each["check"]: each for each in json.loads(run.stdout)}


def main():
    with Folder() as folder:
        wrong(folder, own_host())
    with Folder() as folder:
        well(folder)
    with Folder() as folder:
        absent(folder)


def wrong(folder, host):
    refusal = json.dumps({"error": {"message": "no key", "type": "invalid_request_error"}})
    moved = decoys.Web(host, 0, 301, "", fields="Location: http://elsewhere:8000/v1/models\r\n")
    servers = {
        # The endpoint's path, the server, the state, and what the command has to say.
        "refused": ("", None, "down", r"curl -i http://\S+/v1/models"),
        "refused-ollama": ("", None, "down", "ollama serve"),
        "missing": ("/v1", decoys.Web(host, 0, 404, HTML, "text/html"), "down", "ss -ltnp"),
        "wrong-path": ("/foo", decoys.Web(host, 0, 404, HTML, "text/html"), "down",
                       r'endpoint = "http://[^/]+" for wrong-path'),
        "web": ("/v1", decoys.Web(host, 0, 200, HTML, "text/html"), "down", "ss -ltnp"),
        "echo": ("/v1", decoys.Echo(host, 0), "down", "ss -ltnp"),
        "moved": ("/v1", moved, "down", 'endpoint = "http://elsewhere:8000/v1"'),
        "failing": ("/v1", decoys.Web(host, 0, 500, "{}"), "down", "its own log"),
        "locked": ("/v1", decoys.Web(host, 0, 401, refusal), "auth_failed", "LOCKED_API_KEY"),
        "empty": ("/v1", decoys.Web(host, 0, 200, EMPTY), "up", "crowd-models models --refresh"),
        "another": ("/v1", decoys.Web(host, 0, 200, LIST, fields="Server: crowd-models-executor\r\n"),
                    "down", "set the endpoint of another"),
    }
    kinds = {"refused-ollama": "ollama"}
    tables = []
    for name, (path, server, _, _) in servers.items():
        url = server.url if server else f"http://{host}:{free_port()}"
        tables.append(f'name = "{name}"\nendpoint = "{url}{path}"\n'
                      f'kind = "{kinds.get(name, "openai")}"')
    with Daemon(folder, *tables) as daemon, Connection(daemon.socket) as client:
        client.call("models.refresh")
        until(lambda: all(each["state"] != "probing"
                          for each in client.call("backends.list")["backends"]), "all were asked")
        code, checks = doctor(daemon.socket)
        check(code == 1, "there is trouble, and the exit status is 1")
        states = {each["name"]: each for each in client.call("backends.list")["backends"]}
        for name, (_, _, state, command) in servers.items():
            told = checks[f"backend {name}"]
            check(
                states[name]["state"] == state and told["verdict"] != "ok"
                and re.search(command, told.get("command", "")),
                f"{name}: {told['message']} → {told.get('command')}", states[name], told)
        check(all(each.get("command") for each in checks.values() if each["verdict"] != "ok"),
              "no trouble is without its command", checks)
        check(checks["models"]["verdict"] == "trouble", "no model can answer", checks["models"])


def well(folder):
    with Simulator(folder) as simulator, \
            Daemon(folder, f'name = "here"\nendpoint = "{simulator.url}"') as daemon, \
            Connection(daemon.socket) as client:
        until(lambda: client.call("models.list")["models"], "a server is up")
        code, checks = doctor(daemon.socket)
        check(code == 0 and all(each["verdict"] == "ok" for each in checks.values()),
              "all is well, and the exit status is 0", checks)
        code, checks = doctor(daemon.socket, CROWD_MODELS_MODEL="gpt-9")
        check(code == 1 and checks["CROWD_MODELS_MODEL"]["command"] == "crowd-models models",
              "a model that nobody has is trouble", checks)
        daemon.stop()
        code, checks = doctor(daemon.socket)
        check(code == 1 and checks["daemon"]["command"], "without a daemon there is", checks)


def absent(folder):
    """A socket that is not ours to use: nobody but its owner may, and root may everything."""
    (folder / "file").write_text("")
    code, checks = doctor(folder / "file")
    check(code == 1 and "is no socket" in checks["daemon"]["message"], "a file is no socket", checks)
    configuration = folder / "config.toml"
    configuration.write_text("[serve]\nmode = 1\n")
    daemon = subprocess.run(
        [program("crowd-models-executor"), "--check-config", "--config", configuration],
        capture_output=True, text=True, timeout=30)
    check(daemon.returncode != 0, "a configuration with a mistake is none", daemon)
    code, checks = doctor(folder / "none", CROWD_MODELS_CONFIG=str(configuration))
    check(code == 1 and "--check-config" in checks["configuration"]["command"],
          "and the doctor says how to see why", checks)


if __name__ == "__main__":
    conclude(main, 60)
