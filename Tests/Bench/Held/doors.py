"""Rows of HTTP: bodies of 8 MB of every shape, to every path that reads one."""

import contextlib
import json
import socket

from lines import SHAPES, fill
from stage import row

# Each path, and what its body has besides the member that is filled.
PATHS = {
    "/v1/chat/completions": (b'"model":"m0",', ("messages", "tools", "stop", "other")),
    "/v1/completions": (b'"model":"m0",', ("prompt", "other")),
    "/v1/embeddings": (b'"model":"m0",', ("input",)),
    "/v1/rerank": (b'"model":"m0","query":"x","return_documents":true,', ("documents",)),
    "/v1/responses": (b'"model":"m0",', ("input", "instructions", "tools", "tool_choice", "text")),
    "/v1/messages": (b'"model":"m0","max_tokens":9,', (
        "messages", "system", "tools", "stop_sequences", "tool_choice", "output_config")),
    "/v1/messages/count_tokens": (b'"model":"m0",', ("messages", "tools")),
    "/api/chat": (b'"model":"m0",', ("messages", "tools", "format", "options")),
    "/api/generate": (b'"model":"m0",', ("prompt", "images", "system", "options")),
    "/api/embed": (b'"model":"m0",', ("input",)),
    "/api/show": (b"", ("model",)),
    "/rpc": (b'"jsonrpc":"2.0","id":1,"method":"complete",', ("params",)),
}

# What a member needs beside itself before it is looked at.
BESIDE = {
    ("/v1/chat/completions", "tools"): b'"messages":[{"role":"user","content":"a"}],',
    ("/v1/responses", "tools"): b'"input":"a",',
    ("/v1/messages", "tools"): b'"messages":[{"role":"user","content":"a"}],',
    ("/v1/messages", "system"): b'"messages":[{"role":"user","content":"a"}],',
    ("/api/chat", "tools"): b'"messages":[{"role":"user","content":"a"}],',
}

# The same 8 MB as these APIs spell conversations: many turns, and one turn of many parts.
CONVERSATIONS = {
    "messages of blocks": (b'{"role":"user","content":[{"type":"text","text":"a"}]}', b"[", b"]"),
    "turns of the model": (b'{"role":"assistant","content":"a"}', b"[", b"]"),
    "calls of tools": (
        b'{"role":"assistant","content":"","tool_calls":[{"id":"1","type":"function","function":'
        b'{"name":"f","arguments":{}}}]}', b"[", b"]"),
    "answers of tools": (
        b'{"role":"tool","tool_name":"f","content":"a"}', b"[", b"]"),
    "blocks that use tools": (
        b'{"type":"tool_use","id":"1","name":"f","input":{"a":1}}',
        b'[{"role":"assistant","content":[', b"]}]"),
    "blocks of tools' answers": (
        b'{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"a"}]}',
        b'[{"role":"user","content":[', b"]}]"),
    "blocks of pictures": (
        b'{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}}',
        b'[{"role":"user","content":[', b"]}]"),
    "items of calls": (
        b'{"type":"function_call","call_id":"1","name":"f","arguments":"{}"}', b"[", b"]"),
    "items of answers": (
        b'{"type":"function_call_output","call_id":"1","output":[{"type":"input_text","text":"a"}]}',
        b"[", b"]"),
    "items of parts": (
        b'{"type":"input_text","text":"a"}', b'[{"role":"user","content":[', b"]}]"),
    "items of thoughts": (
        b'{"type":"reasoning","summary":[{"type":"summary_text","text":"a"}]}', b"[", b"]"),
    "tools": (b'{"name":"f","type":"function","input_schema":{}}', b"[", b"]"),
    "a message of many members": (b'"x":1', b'[{"role":"user","content":"a",', b"}]"),
    "developers": (b'{"role":"developer","content":"a"}', b"[", b"]"),
}
CONVERSING = [(path, name) for path, name in [
    ("/v1/chat/completions", "messages"), ("/v1/messages", "messages"), ("/v1/messages", "tools"),
    ("/v1/messages/count_tokens", "messages"), ("/v1/responses", "input"),
    ("/v1/responses", "tools"), ("/api/chat", "messages"), ("/rpc", "params")]]


def post(scene, path, body):
    """Sends a request on a connection of its own and takes the answer's first bytes."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(60)
        client.connect(scene.socket)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(b"POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n"
                           % (path.encode(), len(body)) + body)
        answer = client.recv(1 << 16)
        assert answer.startswith(b"HTTP/1.1 "), (path, answer[:100])


def body_of(path, name, value):
    return (b"{" + PATHS[path][0] + BESIDE.get((path, name), b"")
            + json.dumps(name).encode() + b":" + value + b"}")


def in_every_body(shape):
    def play(scene):
        scene.start(scene.backend(), settings="[limits]\nwrite_stall = 60")
        value = SHAPES[shape]()
        for path, (_, names) in PATHS.items():
            for name in names:
                post(scene, path, body_of(path, name, value))
                scene.mark(f"{path}, {name}")
            post(scene, path, value)
            scene.mark(path)

    return play


for each in SHAPES:
    row(f"doors: {each} in every body")(in_every_body(each))


def in_conversations(shape):
    def play(scene):
        scene.start(scene.backend(), settings="[limits]\nwrite_stall = 60")
        unit, opening, closing = CONVERSATIONS[shape]
        value = fill(unit, opening, closing, b",")
        for path, name in CONVERSING:
            post(scene, path, body_of(path, name, value))
            scene.mark(f"{path}, {name}")

    return play


for each in CONVERSATIONS:
    row(f"doors: a conversation of {each}")(in_conversations(each))
