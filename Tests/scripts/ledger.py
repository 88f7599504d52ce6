#!/usr/bin/env python3
"""A ledger of 200 clients that come, ask, cancel and vanish: what was asked is answered exactly
once, the daemon's numbers are those of the servers and of the clients, and afterwards it holds no
more descriptors and memory than before.

Three servers keep the books apart: what is asked of `quick` is waited for, what is asked of
`endless` is always given up, and `fleeting` is asked by clients who may be gone by then.
$LEDGER_SECONDS says how long (10), $LEDGER_SEED repeats a run.
"""

import asyncio
import collections
import contextlib
import json
import os
import pathlib
import random
import time
import urllib.request

from programs import Daemon, Folder, Simulator
from verdict import check, conclude, until

CLIENTS = 200
SECONDS = float(os.environ.get("LEDGER_SECONDS", "10"))
SEED = int(os.environ.get("LEDGER_SEED", "0")) or random.randrange(1, 1 << 32)
# What a run may leave behind: heap that the allocator keeps for the next one.
MEMORY_MIB = 6
CANCELLED, NOT_FOUND = -32800, 1002


class Books:
    """What the clients saw."""

    def __init__(self):
        self.counts = collections.Counter()
        self.problems = []

    def problem(self, text):
        if len(self.problems) < 20:
            self.problems.append(text)


def request(identifier, method, params):
    return {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params}


class Visit:
    """One connection, from its coming to its going."""

    def __init__(self, books, chance, reader, writer):
        self.books, self.chance = books, chance
        self.reader, self.writer = reader, writer
        self.answers = collections.Counter()
        self.sequences = {}

    def send(self, *messages):
        self.writer.write(b"".join(json.dumps(each).encode() + b"\n" for each in messages))

    def complete(self, identifier, model, prompt, **more):
        params = {"model": model, "prompt": prompt, "tag": f"t{identifier % 3}", **more}
        if self.chance.random() < 0.5:
            params["stream"] = True
        return request(identifier, "complete", params)

    async def read(self):
        """The next message, counted; None at the end."""
        line = await asyncio.wait_for(self.reader.readline(), 60)
        if not line.endswith(b"\n"):
            return None
        message = json.loads(line)
        identifier = (message["params"] if "method" in message else message).get("id")
        if "method" in message:
            if message["method"] == "complete.delta":
                expected = self.sequences.get(identifier, 0)
                if message["params"]["seq"] != expected:
                    self.books.problem(f"seq {message['params']['seq']} instead of {expected}")
                self.sequences[identifier] = expected + 1
                if self.answers[identifier]:
                    self.books.problem(f"a delta after the answer to {identifier}")
            return message
        self.answers[identifier] += 1
        if self.answers[identifier] > 1:
            self.books.problem(f"{identifier} was answered again: {line[:200]}")
        return message

    async def read_all(self, identifiers):
        """Reads until each is answered; answers by id."""
        found = {}
        while set(identifiers) - found.keys():
            message = await self.read()
            if message is None:
                missing = sorted(set(identifiers) - found.keys())
                self.books.problem(f"the connection ended before the answers to {missing}")
                return found
            if "method" not in message:
                found[message["id"]] = message
        return found

    async def stay(self):
        """Asks, waits for everything, and may close its side before."""
        asked = {i: f"echo:{i}-{self.chance.randrange(10**9)}"
                 for i in range(self.chance.randint(1, 5))}
        self.send(*(self.complete(i, "quick", prompt) for i, prompt in asked.items()))
        if self.chance.random() < 0.3:
            self.writer.write_eof()
        for identifier, answer in (await self.read_all(asked)).items():
            text = answer.get("result", {}).get("content")
            if text != asked[identifier][len("echo:"):]:
                self.books.problem(f"{asked[identifier]} was answered with {answer}")
            else:
                self.books.counts["quick"] += 1

    async def cancel(self):
        """Asks for what never ends, and gives it up: by a notification, a request, or a batch."""
        asked = list(range(self.chance.randint(1, 4)))
        self.send(*(self.complete(i, "endless", "tokens:100000") for i in asked))
        if self.chance.random() < 0.5:
            await asyncio.sleep(self.chance.random() / 10)
        calls = []
        for i in asked:
            if self.chance.random() < 0.5:
                self.send({"jsonrpc": "2.0", "method": "cancel", "params": {"id": i}})
            else:
                calls.append(1000 + i)
                self.send(request(calls[-1], "cancel", {"id": i}))
        answers = await self.read_all(asked + calls)
        for i in asked:
            answer = answers.get(i, {})
            stopped = answer.get("result", {}).get("finish_reason") == "cancelled"
            if not stopped and answer.get("error", {}).get("code") != CANCELLED:
                self.books.problem(f"a cancelled request was answered with {answer}")
            self.books.counts["endless"] += 1

    async def refused(self):
        """Asks for a model that nobody has."""
        self.send(self.complete(1, "nobodys-model", "x"))
        answer = (await self.read_all([1])).get(1, {})
        if "error" not in answer:
            self.books.problem(f"a model that nobody has was answered with {answer}")
        self.books.counts["refused"] += 1

    async def vanish(self):
        """Asks, and is gone before, while or after it is answered, perhaps within a line."""
        count = self.chance.randint(1, 5)
        self.books.counts["vanished"] += count
        self.send(*(self.complete(i, "fleeting", "tokens:30") for i in range(count)))
        if self.chance.random() < 0.3:
            self.writer.write(b'{"jsonrpc":"2.0","id":77,"meth')
        await self.writer.drain()
        if self.chance.random() < 0.7:
            await asyncio.sleep(self.chance.random() / 20)
        if self.chance.random() < 0.3:
            await self.read()
        self.writer.transport.abort()


async def client(books, chance, path, end):
    while time.monotonic() < end:
        reader, writer = await asyncio.open_unix_connection(path, limit=1 << 22)
        visit = Visit(books, chance, reader, writer)
        play = chance.choices([visit.stay, visit.cancel, visit.refused, visit.vanish],
                              [4, 3, 1, 3])[0]
        with contextlib.suppress(ConnectionError):
            await play()
        books.counts["visits"] += 1
        writer.close()


async def crowd(books, path, seconds):
    end = time.monotonic() + seconds
    await asyncio.gather(*(client(books, random.Random(SEED * 1000 + i), path, end)
                           for i in range(CLIENTS)))


class Watcher:
    """Looks at the daemon from outside and by a connection of its own."""

    def __init__(self, daemon):
        self.daemon = daemon

    def call(self, method, **params):
        import connection
        with connection.Connection(self.daemon.socket) as client:
            return client.call(method, **params)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))

    def resident(self):
        words = pathlib.Path(f"/proc/{self.daemon.process.pid}/statm").read_text().split()
        return int(words[1]) * os.sysconf("SC_PAGESIZE") / (1 << 20)

    def is_at_rest(self):
        status = self.call("status")
        return status["in_flight"] == 0 and status["queued"] == 0 and status["connections"] == 1


def seen_by(simulator):
    with urllib.request.urlopen(simulator.url + "/simulator/stats", timeout=10) as answer:
        return json.load(answer)


def compare(books, stats, servers):
    """The daemon's numbers beside the clients' and the servers'."""
    counts = {name: each["requests"] for name, each in stats["backends"].items()}
    quick, endless, fleeting = (counts[name] for name in ("quick", "endless", "fleeting"))
    saw = {name: seen_by(server) for name, server in servers.items()}
    total = stats["requests"]
    check(quick["total"] == quick["succeeded"] == books.counts["quick"]
          == saw["quick"]["generated"],
          "what was waited for: daemon, clients and server count the same",
          quick, books.counts, saw["quick"])
    check(endless["cancelled"] == endless["total"] == books.counts["endless"]
          and saw["endless"]["generated"] == 0 and saw["endless"]["generating"] == 0
          and saw["endless"]["aborted"] <= endless["total"],
          "what was given up: each was ended at its server", endless, books.counts,
          saw["endless"])
    check(fleeting["total"] <= books.counts["vanished"]
          and fleeting["succeeded"] <= saw["fleeting"]["generated"] <= fleeting["total"]
          and saw["fleeting"]["generating"] == 0,
          "what nobody waited for was asked once at most", fleeting, books.counts,
          saw["fleeting"])
    for name, each in [*counts.items(), ("all", total)]:
        check(each["total"] == sum(each[kind] for kind in
                                   ("succeeded", "failed", "cancelled", "rejected")),
              f"{name}: the total is the sum of its parts", each)
    parts = sum(each["total"] for each in counts.values())
    check(total["total"] in (parts, parts + books.counts["refused"]),
          "the total is that of the backends, and what was refused before one was chosen",
          total, counts, books.counts)


def main():
    print(f"LEDGER_SEED={SEED}, {CLIENTS} clients, {SECONDS:g} s")
    options = {"quick": ["--model", "quick,parallel=8"],
               "endless": ["--model", "endless,parallel=8", "--token-rate", "40"],
               "fleeting": ["--model", "fleeting,parallel=8", "--token-rate", "1000"]}
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(Folder())
        servers = {name: stack.enter_context(Simulator(folder, *words))
                   for name, words in options.items()}
        daemon = stack.enter_context(Daemon(folder, *(
            f'name = "{name}"\nendpoint = "{server.url}"\nmax_concurrent = 8'
            for name, server in servers.items()),
            # As many as all clients together may ask of one server: none is told that it is busy.
            settings="[limits]\nqueue_max = 2000"))
        watcher = Watcher(daemon)
        until(lambda: len(watcher.call("models.list")["models"]) == 3, "the models are found")
        books = Books()
        # Pools, windows and the heap get as large as this load makes them.
        asyncio.run(crowd(books, daemon.socket, min(SECONDS / 5, 5)))
        until(watcher.is_at_rest, "the first clients leave nothing behind", 20)
        until(lambda: watcher.descriptors() < 30, "nor descriptors", 20)
        time.sleep(1)
        resident, descriptors = watcher.resident(), watcher.descriptors()
        asyncio.run(crowd(books, daemon.socket, SECONDS))
        check(not books.problems, "each id was answered exactly once", *books.problems)
        print(f"    {dict(books.counts)}")
        until(watcher.is_at_rest, "nothing is in flight or queued, and nobody there", 20)
        compare(books, watcher.call("stats", window="total"), servers)
        until(lambda: watcher.descriptors() <= descriptors + 3,
              "descriptors are back where they were", 20)
        until(lambda: watcher.resident() <= resident + MEMORY_MIB,
              f"memory is back where it was ({resident:.1f} MiB)", 20)
        check(daemon.stop() == 0, "the daemon ends well")


conclude(main, seconds=int(SECONDS * 1.2) + 150)
