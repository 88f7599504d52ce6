"""The project's programs, started for a test in a temporary folder and ended with it."""

import ctypes
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def program(name):
    """Where the build put it: $CROWD_MODELS_PRODUCTS, else .build/debug, built if missing."""
    given = os.environ.get("CROWD_MODELS_PRODUCTS")
    path = pathlib.Path(given or ROOT / ".build" / "debug") / name
    if not path.exists():
        assert not given, f"{path} does not exist"
        subprocess.run(["swift", "build", "--product", name], cwd=ROOT, check=True)
    return path


LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def die_with_parent():
    """Called between fork and exec: a test that is killed leaves no program behind."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Program:
    """A running program; its standard error goes to a file."""

    def __init__(self, command, log, prepare=die_with_parent, **options):
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as errors:
            self.process = subprocess.Popen(
                [str(word) for word in command], stderr=errors, preexec_fn=prepare,
                **options)

    def stop(self, number=signal.SIGTERM, seconds=10):
        """Ends it and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        if kind is not None and kind.__name__ != "Skipped":
            print(f"--- the last of {self.log.name}:")
            print("\n".join(self.log.read_text(errors="replace").splitlines()[-20:]))


class Simulator(Program):
    """`lmstudio-simulator`, on a free port unless the options say another one."""

    def __init__(self, folder, *options):
        command = [program("lmstudio-simulator"), "--port", 0, "--exit-with-parent", *options]
        super().__init__(
            command, folder / "simulator.log", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        line = self.process.stdout.readline()
        found = re.fullmatch(r"listening on (http://[\d.]+:\d+)\n", line)
        assert found, f"the simulator said {line!r}"
        self.url = found[1]


class Daemon(Program):
    """`crowd-models-executor` with the given backends, on a socket in the folder."""

    def __init__(self, folder, *backends, settings="", discovery="enabled = false\ninterval = 0.2",
                 options=(), prepare=die_with_parent, **more):
        """backends: text of the `[[llm_backends]]` tables, without their heads; settings: further
        tables; discovery: the keys of `[discovery]`; options: of the command line; prepare: called
        in the new process before it becomes the daemon."""
        self.socket = folder / "executor.sock"
        configuration = folder / "config.toml"
        configuration.write_text("".join(
            [f"[discovery]\n{discovery}\n{settings}\n"]
            + [f"[[llm_backends]]\n{text}\n" for text in backends]))
        super().__init__(
            [program("crowd-models-executor"), "--config", configuration, "--socket", self.socket,
             *options],
            folder / "daemon.log", prepare=prepare, **more)
        end = time.monotonic() + 10
        while not self.answers():
            assert self.process.poll() is None, f"the daemon ended: {self.log.read_text()}"
            assert time.monotonic() < end, "the daemon's socket does not answer"
            time.sleep(0.005)

    def answers(self):
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.socket)) == 0


class Folder(tempfile.TemporaryDirectory):
    """A temporary folder with a path short enough for a socket's name."""

    def __init__(self):
        super().__init__(prefix="crowd-models-", dir="/tmp")

    def __enter__(self):
        return pathlib.Path(super().__enter__())


def own_host():
    """An address of this machine that no other test uses, so that every port of it is free: the
    loopback network has 16 million."""
    return f"127.{random.randrange(1, 255)}.{random.randrange(256)}.{random.randrange(2, 255)}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def has(command):
    return shutil.which(command) is not None
