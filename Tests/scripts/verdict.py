"""How a test script says what it found: a line for each check, then an exit status.

0 is fine, 1 is a failure, 77 is `skipped: reason`. With --require on the command line a skip is a
failure too, unless nothing but the network is to blame for it.
"""

import signal
import sys
import time
import traceback

SKIPPED = 77


class Skipped(Exception):
    """What the script needs is not here. `offline`: only because the package index is away."""

    def __init__(self, reason, offline=False):
        super().__init__(reason)
        self.offline = offline


def check(condition, sentence, *evidence):
    """Prints the sentence if it holds, else fails with the evidence."""
    if not condition:
        raise AssertionError("\n".join([sentence, *(f"    {item!r}" for item in evidence)]))
    print(f"ok: {sentence}", flush=True)


def until(condition, sentence, seconds=10):
    """Asks again and again until the condition gives something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            print(f"ok: {sentence}", flush=True)
            return found
        if time.monotonic() > end:
            raise AssertionError(f"{sentence}: not so within {seconds} s")
        time.sleep(0.01)


def conclude(main, seconds):
    """Runs the script's `main` for at most that long, and ends the program with its verdict."""

    def late(*_):
        raise TimeoutError(f"not done within {seconds} s")

    signal.signal(signal.SIGALRM, late)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.alarm(seconds)
    try:
        main()
    except Skipped as skip:
        print(f"skipped: {skip}", flush=True)
        sys.exit(1 if "--require" in sys.argv[1:] and not skip.offline else SKIPPED)
    except Exception as failure:
        if not isinstance(failure, AssertionError):
            traceback.print_exc(file=sys.stdout)
        print(f"FAILED: {failure}", flush=True)
        sys.exit(1)
