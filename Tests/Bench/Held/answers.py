"""Rows of one server's answers: large, talkative, malformed."""

import os
import threading

from stage import (MEBIBYTE, STREAM_HEAD, answer, chunk, completion, event, head, line, row, stream)


def fill(size, unit, opening, closing, parted=b""):
    count = (size - len(opening) - len(closing)) // (len(unit) + len(parted))
    return opening + parted.join([unit] * count) + closing


def ask(scene, post, what, params=None, wants=1, seconds=80, settings="timeout = 60"):
    """One daemon for each answer, since what it left behind should not help the next."""
    scene.start(scene.backend(post=post, settings=settings))
    client = scene.client()
    for index in range(wants):
        client.send(line("complete", {"prompt": "x", "model": "m0", **(params or {})}, id=index))
        while True:
            reply = client.read(seconds)
            assert reply is not None, "the connection ended without an answer"
            if b'"method":' not in reply[:60]:
                break
    scene.mark(what)
    if os.environ.get("HELD_ANSWERS"):
        print(f"    {len(reply)} bytes: {reply[:200]}")


def errors(size, status):
    bodies = {
        "an array of numbers": fill(size, b"1", b'{"error":[', b"]}", b","),
        "an array of objects": fill(size, b'{"a":1}', b'{"error":[', b"]}", b","),
        "a message in escapes": fill(size, b"\\u0000", b'{"error":{"message":"', b'"}}'),
        "a message": fill(size, b"a", b'{"error":{"message":"', b'"}}'),
        "names in escapes": fill(size, b'"\\u0041":1', b"{", b"}", b","),
        "details": fill(size, b'{"loc":["a"],"msg":"b"}', b'{"detail":[', b"]}", b","),
        "letters": b"a" * size,
        "arrays 100 deep": fill(size, b"[" * 100 + b"]" * 100, b'{"error":[', b"]}", b","),
    }

    def play(scene):
        turn = iter(bodies.items())
        current = []

        def post(_):
            return answer(current[0], status)

        scene.start(scene.backend(post=post, settings="timeout = 60"))
        client = scene.client()
        for what, body in turn:
            current[:] = [body]
            client.call("complete", {"prompt": "x", "model": "m0"}, seconds=80)
            scene.mark(what)

    return play


for megabytes in (6, 63):
    row(f"answers: error bodies of {megabytes} MB, status 422")(errors(megabytes * MEBIBYTE, 422))
row("answers: error bodies of 63 MB, status 200")(errors(63 * MEBIBYTE, 200))
row("answers: error bodies of 63 MB, status 500")(errors(63 * MEBIBYTE, 500))

WHOLE = {
    "a text of letters": b"a",
    "a text in escapes": b"\\u0041",
    "a text of short escapes": b"\\n",
    "a text of surrogate pairs": b"\\ud83d\\ude00",
}


def whole(unit):
    body = completion("@").replace(b"@", fill(62 * MEBIBYTE, unit, b"", b""))

    def play(scene):
        ask(scene, answer(body), "answer")

    return play


for name, unit in WHOLE.items():
    row(f"answers: 62 MiB, {name}")(whole(unit))


@row("answers: 62 MiB of choices, calls and members nobody reads")
def nobody_reads(scene):
    size = 20 * MEBIBYTE
    bodies = [
        completion().replace(b'"usage"', fill(size, b"1", b'"extra":[', b'],"usage"', b",")),
        completion().replace(b'"usage"', fill(size, b'"\\u0041":1', b'"extra":{', b'},"usage"',
                                              b",")),
        completion().replace(b'"choices":[', fill(size, b'{"index":1}', b'"choices":[', b",",
                                                  b",")),
        completion(tool_calls="@").replace(b'"@"', fill(
            size, b'{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}',
            b"[", b"]", b",")),
    ]
    scene.start(scene.backend(post=lambda _: answer(bodies[0]), settings="timeout = 60"))
    client = scene.client()
    while bodies:
        client.call("complete", {"prompt": "x", "model": "m0"}, seconds=80)
        scene.mark(f"{len(bodies)} left")
        bodies.pop(0)


@row("answers: one event of 30 MiB in a stream")
def large_event(scene):
    ask(scene, stream(event({"content": "@"}).replace(b"@", b"\\u0041" * (5 * MEBIBYTE))),
        "event", {"stream": True})


@row("answers: 400,000 small events at once")
def flood(scene):
    ask(scene, stream(event({"content": "a"}) * 400_000), "flood", {"stream": True})


@row("answers: 400,000 small events, and the caller does not stream")
def flood_whole(scene):
    ask(scene, stream(event({"content": "a"}) * 400_000), "flood")


def chunks(count):
    """A JSON array of the events of a stream."""
    each = event({"content": "a"}).removeprefix(b"data: ").strip()
    return b"[" + b",".join([each] * count) + b"]"


@row("answers: an array of 400,000 chunks instead of a stream")
def array(scene):
    ask(scene, answer(chunks(400_000)), "array", {"stream": True})


@row("answers: an array of 400,000 chunks, and the caller does not stream")
def array_whole(scene):
    ask(scene, answer(chunks(400_000)), "array")


def arrays(count, times):
    def play(scene):
        posts = stream((b"data: " + chunks(count) + b"\n\n") * times)
        scene.start(scene.backend(post=posts, settings="timeout = 60"))
        client = scene.client()
        client.send(line("complete", {"prompt": "x", "model": "m0", "stream": True}, id="i" * 4096))
        while True:
            reply = client.read(80)
            assert reply is not None, "the connection ended without an answer"
            if b'"method":' not in reply[:60]:
                break
        scene.mark("answer")

    return play


for count, times in ((100_000, 1), (200, 500)):
    row(f"answers: {times} events that are arrays of {count} chunks, for an id of 4 KB")(
        arrays(count, times))


@row("answers: a million comments and empty events")
def comments(scene):
    ask(scene, stream(b": nothing\n\n" * 1_000_000 + event({"content": "a"})), "comments",
        {"stream": True})


@row("answers: usage and timings in each of 200,000 events")
def usage(scene):
    one = event({"content": "a"}, usage={"prompt_tokens": 1, "completion_tokens": 2},
                timings={"predicted_n": 1, "predicted_per_second": 50.0})
    ask(scene, stream(one * 200_000), "usage", {"stream": True})


@row("answers: 500,000 pieces for the last of 1,024 tool calls")
def tool_calls(scene):
    calls = [{"index": i, "id": f"c{i}", "function": {"name": "f", "arguments": ""}}
             for i in range(1_024)]
    piece = event({"tool_calls": [{"index": 1_023, "function": {"arguments": "1"}}]})
    ask(scene, stream(event({"tool_calls": calls}) + piece * 250_000), "by index",
        {"stream": True})


@row("answers: 250,000 pieces of tool calls told by their ids")
def tool_calls_by_id(scene):
    calls = [{"id": f"c{i}", "function": {"name": "f", "arguments": ""}} for i in range(1_024)]
    piece = event({"tool_calls": [{"id": "c1023", "function": {"arguments": "1"}}]})
    ask(scene, stream(event({"tool_calls": calls}) + piece * 250_000), "by id", {"stream": True})


@row("answers: 200,000 events of reasoning between think tags")
def reasoning(scene):
    events = event({"content": "<think>"}) + event({"content": "<"}) * 100_000
    events += event({"reasoning_content": "a"}) * 100_000 + event({"content": "</think>b"})
    ask(scene, stream(events), "reasoning", {"stream": True})


@row("answers: an id of 8 MB and 400 deltas, unread")
def large_id(scene):
    scene.start(scene.backend(post=stream(event({"content": "a"}) * 400)))
    for size in (3_000, 1_000_000, 8_000_000):
        client = scene.client()
        client.send(b'{"jsonrpc":"2.0","id":"' + b"i" * size
                    + b'","method":"complete","params":{"prompt":"x","stream":true}}\n')
        other = scene.client()
        other.call("complete", {"prompt": "x", "model": "m0"})
        scene.mark(f"an id of {size}")


@row("answers: sixteen of 60 MiB at once")
def sixteen(scene):
    body = answer(completion("@").replace(b"@", b"a" * (60 * MEBIBYTE)))
    scene.start(scene.backend(post=body, settings="max_concurrent = 16\ntimeout = 60"))
    clients = [scene.client() for _ in range(16)]
    for client in clients:
        client.send(line("complete", {"prompt": "x", "model": "m0"}))
    for client in clients:
        client.read(80)
    scene.mark("answers")


@row("answers: 110 that name a model of 4 MB, while a log is subscribed")
def large_names(scene):
    body = answer(completion(model="m" * (4 * MEBIBYTE)))
    scene.start(scene.backend(post=body))
    watcher, client = scene.client(), scene.client()
    watcher.call("subscribe", {"topics": ["log"]})
    threading.Thread(target=lambda: drain_quietly(watcher), daemon=True).start()
    for _ in range(110):
        client.call("complete", {"prompt": "x", "model": "m0"})
    scene.mark("answers")
    late = scene.client()
    late.call("subscribe", {"topics": ["log"]})
    scene.mark("a log's snapshot")


def drain_quietly(client):
    try:
        while client.read(60) is not None:
            pass
    except OSError:
        pass


@row("answers: heads of 60 KiB and endless ones")
def heads(scene):
    filler = b"X-A: " + b"b" * 90 + b"\r\n"
    scene.start(scene.backend(post=lambda _: (
        b"HTTP/1.1 200 OK\r\n" + filler * 600_000 + b"Content-Length: 0\r\n\r\n")))
    client = scene.client()
    for _ in range(20):
        client.call("complete", {"prompt": "x", "model": "m0"})
    scene.mark("heads")


@row("answers: 4 million chunks of one byte")
def tiny_chunks(scene):
    body = completion("a" * 2_000_000)
    pieces = STREAM_HEAD.replace(b"text/event-stream", b"application/json") + b"".join(
        b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    ask(scene, pieces, "chunks")


@row("answers: a tool call nested deep, and a schema to hold it against")
def nested(scene):
    deep = "[" * 100 + "]" * 100
    body = completion(content := "[" + ",".join([deep] * 20_000) + "]")
    schema = {"type": "array", "items": {"$ref": "#/$defs/a"}, "$defs": {
        "a": {"type": ["array", "number"], "items": {"$ref": "#/$defs/a"}, "maxItems": 3}}}
    assert content
    ask(scene, answer(body), "schema", {"response_format": {
        "type": "json_schema", "json_schema": {"name": "a", "schema": schema}}})


@row("answers: a body that trickles in pieces of 1 KiB, 30 MiB")
def trickle(scene):
    body = completion("@").replace(b"@", b"\\u0041" * (5 * MEBIBYTE))

    def pieces(_):
        yield head(len(body))
        for at in range(0, len(body), 1 << 10):
            yield body[at:at + (1 << 10)]

    ask(scene, pieces, "pieces")


@row("answers: a stream whose every chunk is an event of 64 KiB in escapes")
def wide_events(scene):
    one = event({"content": "@"}).replace(b"@", b"\\u00e4" * 10_000)
    ask(scene, STREAM_HEAD + chunk(one) * 200 + chunk(event({}, "stop") + b"data: [DONE]\n\n")
        + b"0\r\n\r\n", "events", {"stream": True})
