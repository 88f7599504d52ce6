#!/usr/bin/env python3
"""A soak: one daemon under a mixed load for a long time, in which memory and descriptors stay flat.

Clients come and go, ask for whole answers, streams, embeddings, numbers and lists, subscribe, give
up, err, and name clients and models that nobody knows; one server fails now and then. $SOAK_SECONDS
says how long (60: a minute; `make soak` an hour), $SOAK_RATE how many requests a second (50).

Flat means: what the daemon held at most (RssAnon) in the last quarter is no more than GROWTH_MIB
above the most of the second quarter. In an hour the slices of the statistics come together, which
are bounded (at 20 requests a second of 200 clients 3.5 MiB, of which a third in the first ten
minutes: `SeriesTests`); the first quarter is for that and for the heap to find its size.
"""

import itertools
import json
import os
import pathlib
import random
import re
import time
import urllib.request

from connection import Connection, Refused
from programs import Daemon, Folder, Simulator
from verdict import check, conclude

SECONDS = float(os.environ.get("SOAK_SECONDS", "60"))
RATE = float(os.environ.get("SOAK_RATE", "50"))
GROWTH_MIB = 1.0
# Seconds between two looks at what it holds.
INTERVAL = max(0.5, SECONDS / 240)
# What the server does wrong, one request of each, in so many.
FAULTS = json.dumps([
    {"fault": "500", "times": 1, "path": "/v1/chat/completions"},
    {"fault": "reset", "times": 1, "path": "/api/v0/chat/completions"},
]).encode()
FAULT_EVERY = 100
BACKENDS = 'name = "{}"\nendpoint = "{}/api/v0"\nkind = "lmstudio"'


def held(pid):
    """MiB of its own, and open descriptors."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    anonymous = int(re.search(r"RssAnon:\s+(\d+)", text)[1]) / 1024
    return anonymous, len(os.listdir(f"/proc/{pid}/fd"))


class Load:
    """One request after the other, each on its own terms."""

    def __init__(self, path):
        self.path = path
        self.chance = random.Random(7)
        self.counts = {}
        self.steady = Connection(path)
        self.numbers = itertools.count()

    def count(self, name):
        self.counts[name] = self.counts.get(name, 0) + 1

    def step(self):
        kind = self.chance.choice(self.KINDS)
        try:
            kind(self)
            self.count("answered")
        except Refused as refusal:
            self.count(f"refused {refusal.code}")

    def whole(self):
        self.steady.call(
            "complete", prompt=f"tokens:{self.chance.randrange(1, 40)}",
            tag=f"tag {self.chance.randrange(200)}")

    def stream(self):
        deltas = []
        self.steady.call("complete", deltas, prompt="tokens:20", stream=True)
        assert deltas, "a stream without a delta"

    def visitor(self):
        visitor = Connection(self.path)
        visitor.call("complete", prompt="x" * self.chance.randrange(1, 60_000))
        visitor.socket.close()

    def leaver(self):
        visitor = Connection(self.path)
        visitor.send("complete", {"prompt": "tokens:2000", "stream": True})
        visitor.read()
        visitor.socket.close()

    def cancel(self):
        identifier = self.steady.send("complete", {"prompt": "tokens:2000", "stream": True})
        self.steady.call("cancel", id=identifier)
        self.steady.settled(identifier)

    def embed(self):
        self.steady.call("embed", input=["one", "two"])

    def unknown(self):
        self.steady.call("complete", prompt="x", model=f"nobody's {next(self.numbers)}")

    def watch(self):
        visitor = Connection(self.path)
        visitor.call("subscribe", topics=["models", "backends", "requests", "stats", "log"])
        identifier = visitor.send("complete", {"prompt": "tokens:5"})
        while visitor.read().get("id") != identifier:
            pass
        visitor.socket.close()

    def look(self):
        for method in ["stats", "models.list", "backends.list", "requests.list", "status"]:
            self.steady.call(method)
        self.steady.call("stats", format="prometheus")

    def wrong(self):
        self.steady.call("complete", promt="x")

    KINDS = [whole] * 6 + [stream] * 5 + [
        visitor, leaver, cancel, embed, unknown, watch, look, wrong]


def judge(looks):
    """The most that was held in each quarter of the time, and the verdict."""
    quarters = [looks[len(looks) * part // 4:len(looks) * (part + 1) // 4] for part in range(4)]
    most = [max(each[0] for each in quarter) for quarter in quarters]
    descriptors = [min(each[1] for each in quarter) for quarter in quarters]
    told = ", ".join(f"{value:.2f}" for value in most)
    print(f"RssAnon at most, quarter by quarter: {told} MiB; descriptors at least: {descriptors}")
    check(most[3] - most[1] <= GROWTH_MIB,
          f"its memory stays within {GROWTH_MIB} MiB: {most[3] - most[1]:+.2f} MiB", looks[::20])
    check(descriptors[3] <= descriptors[1] + 2, "its descriptors stay as many", descriptors)


def main():
    with Folder() as folder, Simulator(
            folder, "--token-rate", "0", "--model", "small,state=loaded",
            "--model", "nomic-embed,type=embeddings,state=loaded") as simulator, \
            Daemon(folder, BACKENDS.format("lmstudio", simulator.url),
                   settings='[log]\nlevel = "info"') as daemon:
        load = Load(daemon.socket)
        load.steady.call("models.refresh")
        looks, started = [], time.monotonic()
        next_look, sent = started, 0
        while (now := time.monotonic()) < started + SECONDS:
            if now >= next_look:
                looks.append(held(daemon.process.pid))
                next_look += INTERVAL
            if sent > (now - started) * RATE:
                time.sleep(min(0.02, 1 / RATE))
                continue
            load.step()
            sent += 1
            if sent % FAULT_EVERY == 0:
                urllib.request.urlopen(f"{simulator.url}/simulator/faults", FAULTS).close()
            # The log of an hour would fill the disk.
            if sent % 5000 == 0:
                os.truncate(daemon.log, 0)
        print(f"{sent} requests in {SECONDS:.0f} s: {load.counts}")
        check(load.counts["answered"] > sent * 0.6, "most were answered", load.counts)
        judge(looks)
        check(load.steady.call("requests.list") == {"requests": []}, "nothing is left over")
        load.steady.socket.close()
        check(daemon.stop() == 0, "it ends well")


if __name__ == "__main__":
    conclude(main, int(SECONDS) + 60)
