"""Rows of answers in odd forms: compressed, in parts, in pieces of pieces, with endless names."""

import gzip
import json

from stage import (MEBIBYTE, STREAM_HEAD, answer, chunk, completion, event, line, model_list, row,
                   stream)


def ask_each(scene, posts, **params):
    """The same request, answered in each of the ways."""
    current = []
    scene.start(scene.backend(post=lambda _: current[0], settings="timeout = 60"))
    client = scene.client()
    for what, post in posts.items():
        current[:] = [post]
        client.send(line("complete", {"prompt": "x", "model": "m0", **params}))
        while True:
            reply = client.read(80)
            assert reply is not None, f"{what}: the connection ended without an answer"
            if b'"method":' not in reply[:60]:
                break
        scene.mark(what)


def compressed(body, kind=b"application/json"):
    packed = gzip.compress(body, 9)
    return (b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Encoding: gzip\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (kind, len(packed), packed))


@row("oddities: gzip that nobody asked for, 1,000 times as large as it looks")
def gzip_bombs(scene):
    ask_each(scene, {
        "a text": compressed(completion("a" * (200 * MEBIBYTE))),
        "zeros": compressed(b"\0" * (400 * MEBIBYTE)),
        "a stream": compressed(event({"content": "a"}) * 400_000, b"text/event-stream"),
    })


@row("oddities: members of an answer that are 20 MB long")
def long_members(scene):
    size = 20 * MEBIBYTE
    text = "a" * size
    ask_each(scene, {
        "finish_reason": answer(completion().replace(b'"stop"', b'"%s"' % text.encode())),
        "model": answer(completion(model=text)),
        "a number": answer(completion().replace(b'"completion_tokens": 2',
                                                b'"completion_tokens": ' + b"7" * size)),
        "content in parts": answer(completion("@").replace(b'"@"', b"[" + b",".join(
            [b'{"type":"text","text":"a"}'] * 700_000) + b"]")),
        "arguments as an object": answer(completion(tool_calls=[{
            "id": "a", "type": "function", "function": {
                "name": "f", "arguments": {"x": list(range(2_000_000))}}}])),
        "a refusal": answer(completion(refusal=text)),
        "reasoning": answer(completion(reasoning_content="\n" * size)),
        "white space": answer(completion().replace(b"{", b"{" + b" " * size, 1)),
    })


@row("oddities: events of a stream in the dearest forms")
def events(scene):
    ask_each(scene, {
        "a million lines of data in one event": stream(b"data: \n" * 1_000_000 + b"\n"),
        "an event's name of 5 MB": stream(b"event: " + b"a" * (5 * MEBIBYTE) + b"\n\n"),
        "an id and a retry in each of 200,000": stream(
            (b"id: 1\nretry: 1\n" + event({"content": "a"})) * 200_000),
        "halves of letters": stream((event({"content": "\ud83d"}) + event({"content": "\ude00"}))
                                    * 100_000),
        "an error of 10 MB": stream(b'data: {"error":{"message":"%s"}}\n\n'
                                    % (b"\\u0041" * (10 * MEBIBYTE // 6))),
        "a finish in each of 100,000": stream(event({"content": "a"}, "stop") * 100_000),
        "other choices": stream(event({"content": "a"}).replace(b'"index":0', b'"index":1')
                                * 200_000),
        "carriage returns": stream(event({"content": "a"}).replace(b"\n", b"\r") * 200_000),
    }, stream=True)


@row("oddities: chunks with long extensions, and trailers")
def chunks(scene):
    body = completion("a" * 100_000)
    top = STREAM_HEAD.replace(b"text/event-stream", b"application/json")
    pieces = b"".join(b"1;x=%s\r\n%c\r\n" % (b"y" * 40, byte) for byte in body)
    ask_each(scene, {
        "extensions": top + pieces + b"0\r\n\r\n",
        "trailers": top + chunk(body) + b"0\r\n" + b"X-A: b\r\n" * 500_000 + b"\r\n",
    })


@row("oddities: a list of few models with endless names")
def endless_names(scene):
    scene.start(scene.backend(models=model_list(["m0"] + ["n" * MEBIBYTE] * 12)))
    client = scene.client()
    for method in ("models.list", "models.refresh"):
        client.call(method, seconds=60)
        scene.mark(method)
    for _ in range(10):
        client.call("complete", {"prompt": "x", "model": "n" * 900})
    scene.mark("a wrong name")


@row("oddities: the same model 200,000 times in a list")
def same_model(scene):
    scene.start(scene.backend(models=model_list(["m0"] * 200_000)))
    client = scene.client()
    for _ in range(3):
        client.call("models.refresh", seconds=60)
    scene.mark("models.refresh")
    client.call("models.list", seconds=60)
    scene.mark("models.list")


@row("oddities: a hundred backends that are not there")
def absent(scene):
    text = "".join(f'\n[[llm_backends]]\nname = "x{i}"\nendpoint = "unix:/nonexistent/{i}:/v1"\n'
                   for i in range(100))
    scene.start(scene.backend(), settings=text)
    client = scene.client()
    for _ in range(20):
        client.call("models.refresh", seconds=60)
        client.call("backends.list", seconds=60)
    client.send(b"".join(line("complete", {"prompt": "x", "backend": f"x{i % 100}"}, id=i)
                         for i in range(60)))
    for _ in range(60):
        assert "error" in json.loads(client.read(60))
    scene.mark("refused")
