#!/usr/bin/env python3
"""Without libcurl, or with one that is too old, an https backend is down and its error names the
package; all else is served.

The library that the daemon would load is hidden by another of that name before it on the loader's
path: a file that is no library, and one that says it is of 2020.
"""

import os
import pathlib
import re
import shutil
import subprocess

from connection import Connection
from programs import ROOT, Daemon, Folder, Simulator
from verdict import Skipped, check, conclude, until

NAME = "libcurl.so.4"
OLD = "libcurl/7.68.0 OpenSSL/1.1.1"


def compiler():
    """Any that compiles C; the Swift toolchain brings one."""
    swift = shutil.which("swift")
    beside = pathlib.Path(swift).resolve().parent / "clang" if swift else None
    if beside and beside.exists():
        return str(beside)
    return shutil.which("cc")


def missing(folder):
    (folder / NAME).write_text("no library\n")


def too_old(folder):
    """Has all that is looked for, as the daemon's own list says."""
    source = (ROOT / "Sources/RPCDaemon/CCurl/Curl.c").read_text()
    names = set(re.findall(r'{"(curl_\w+)", &curl', source)) - {"curl_version"}
    check(len(names) > 10, "what the daemon looks for in libcurl is known", sorted(names))
    text = "".join(f"void {name}(void) {{}}\n" for name in sorted(names))
    text += f'const char *curl_version(void) {{ return "{OLD}"; }}\n'
    (folder / "old.c").write_text(text)
    subprocess.run(
        [compiler(), "-shared", "-fPIC", "-o", folder / NAME, folder / "old.c"], check=True)


def main():
    for prepare in (missing, too_old):
        if prepare is too_old and not compiler():
            raise Skipped("there is no C compiler for a library that is too old")
        with Folder() as folder, Simulator(folder) as simulator:
            hidden = folder / "hidden"
            hidden.mkdir()
            prepare(hidden)
            paths = [str(hidden), os.environ.get("LD_LIBRARY_PATH", "")]
            environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(filter(None, paths))}
            with Daemon(folder, 'name = "cloud"\nendpoint = "https://127.0.0.1:9/v1"',
                        f'name = "here"\nendpoint = "{simulator.url}/api/v0"',
                        env=environment) as daemon, Connection(daemon.socket) as client:
                def cloud():
                    found = {each["name"]: each for each in client.call("backends.list")["backends"]}
                    return found["cloud"]
                until(lambda: cloud()["state"] == "down", f"{prepare.__name__}: it is down")
                error = cloud()["last_error"]
                check("libcurl4" in error, "its error names the package", error)
                refusal = client.error("complete", prompt="x", backend="cloud", model="m")
                check(refusal.code in (1001, 1003), "who asks for it is told", str(refusal))
                answer = client.call("complete", prompt="echo:hi")
                check(answer["backend"] == "here", "another backend serves", answer)
                check(daemon.stop() == 0, "it ends well")


if __name__ == "__main__":
    conclude(main, 60)
