"""Python packages for tests, kept in .cache/venv: one environment for each list of packages.

An environment is built beside its place and renamed into it when it is whole, so that an
interrupted installation leaves nothing that looks finished; a stamp says what is in it.
"""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

from verdict import Skipped

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "venv"
STAMP = "installed.txt"


def python(*packages):
    """The path of an interpreter that has the packages; installs them the first time."""
    place = CACHE / "-".join(packages)
    contents = "\n".join([sys.version, *packages]) + "\n"
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{place.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_whole(place, contents):
            install(place, contents, packages)
    return place / "bin" / "python"


def enter(*packages):
    """Goes on as the same script under an interpreter that has the packages."""
    interpreter = python(*packages)
    if pathlib.Path(sys.prefix) != interpreter.parent.parent:
        sys.stdout.flush()
        os.execv(interpreter, [interpreter, *sys.argv])


def is_whole(place, contents):
    try:
        return (place / "bin" / "python").exists() and (place / STAMP).read_text() == contents
    except OSError:
        return False


def install(place, contents, packages):
    print(f"installing {', '.join(packages)} into {place.relative_to(ROOT)}", flush=True)
    partial = place.with_name(place.name + ".partial")
    for old in (partial, place):
        shutil.rmtree(old, ignore_errors=True)
    made = run(sys.executable, "-m", "venv", partial)
    if made.returncode != 0:
        raise Skipped(f"python3 -m venv does not work here: {last_line(made)}")
    # Wheels only: a package that has none for this machine would be compiled for many minutes.
    pip = [partial / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--retries", "2"]
    installed = run(*pip, "install", "--quiet", "--only-binary", ":all:", *packages)
    if installed.returncode != 0:
        raise Skipped(*explain(pip, installed, packages))
    (partial / STAMP).write_text(contents)
    partial.rename(place)


def explain(pip, failure, packages):
    """Why the installation failed, and whether the package index is away."""
    probe = run(*pip, "install", "--dry-run", "--ignore-installed", "pip")
    if probe.returncode != 0:
        return "the package index (PyPI) does not answer", True
    return f"pip cannot install {', '.join(packages)}: {last_line(failure)}", False


def run(*command):
    return subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)


def last_line(process):
    lines = [line for line in process.stdout.splitlines() if line.strip()]
    return lines[-1] if lines else f"exit status {process.returncode}"
