#!/usr/bin/env python3
"""The daemon is a server of the Model Context Protocol: PyPI's `mcp` package uses it through
`crowd-models mcp`, with and without sessions, and by hand on the socket.
"""

import asyncio
import importlib.metadata
import json
import os
import subprocess

import environment
from connection import Connection
from programs import Daemon, Folder, Simulator, program
from recorder import recorded
from verdict import check, conclude

MODELS = ["--model", "brisk,state=loaded,parallel=1,ctx=200000,max=200000", "--token-rate", "150"]
TABLE = 'name = "lmstudio"\nendpoint = "{}"\n'


def main():
    environment.enter("mcp")
    version = importlib.metadata.version("mcp")
    print("mcp", version)
    with Folder() as folder, Simulator(folder, *MODELS) as simulator, \
            Daemon(folder, TABLE.format(simulator.url)) as daemon:
        with Connection(daemon.socket) as connection:
            connection.call("models.refresh")
        with recorded(folder, daemon, "mcp", version) as path:
            for mode in ["legacy", "auto", "2026-07-28"]:
                asyncio.run(drive(str(path), str(daemon.socket), mode))
        asyncio.run(many(str(daemon.socket)))
        by_hand(daemon.socket)
        pump(daemon.socket, folder)


def server(path, *arguments):
    from mcp import StdioServerParameters

    return StdioServerParameters(
        command=str(program("crowd-models")), args=[*arguments, "mcp"],
        env={"CROWD_MODELS_SOCKET": path})


async def drive(path, watched, mode):
    """All that a host does, through the stdio client of the package; `watched` is the daemon's own
    socket."""
    from mcp import Client
    from mcp.shared.exceptions import MCPError

    async with Client(server(path), mode=mode, read_timeout_seconds=60) as client:
        if mode != "2026-07-28":
            name = client.session.server_info.name
            check(name == "crowd-models-executor", f"{mode}: the daemon says who it is", name)
        tools = (await client.list_tools()).tools
        check([tool.name for tool in tools] == ["ask_model", "list_models"],
              f"{mode}: tools", tools)
        check(all(tool.annotations.read_only_hint for tool in tools), f"{mode}: read-only")
        result = await client.call_tool("list_models")
        ids = [model["id"] for model in result.structured_content["models"]]
        check(ids == ["brisk"] and json.loads(result.content[0].text) == result.structured_content,
              f"{mode}: list_models, which fits its schema", result)
        question = {"prompt": "echo:Grüße, 世界", "system_prompt": "Be brief.", "max_tokens": 50}
        result = await client.call_tool("ask_model", question)
        check(result.content[0].text == "Grüße, 世界" and not result.is_error
              and result.structured_content["model"] == "brisk",
              f"{mode}: ask_model, which fits its schema", result)
        schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
        result = await client.call_tool("ask_model", {"prompt": "x", "response_format": {
            "type": "json_schema", "json_schema": {"name": "n", "schema": schema}}})
        check("a" in json.loads(result.content[0].text), f"{mode}: a schema is asked for", result)
        result = await client.call_tool("ask_model", {"prompt": "x", "model": "nobody"})
        check(result.is_error and "brisk" in result.content[0].text,
              f"{mode}: a failure is told to the model", result)
        for arguments in [("ask", {}), ("ask_model", {}), ("ask_model", {"prompt": 1}),
                          ("list_models", {"x": 1})]:
            try:
                check(False, f"{mode}: {arguments}", await client.call_tool(*arguments))
            except MCPError as error:
                check(error.error.code == -32602, f"{mode}: {arguments} is -32602", error)
        await progress(client, mode)
        await cancel(client, watched, mode)


async def progress(client, mode):
    told = []

    async def hear(amount, total, message):
        told.append((amount, message))

    result = await client.call_tool(
        "ask_model", {"prompt": "tokens:80"}, progress_callback=hear)
    check(len(result.content[0].text) > 100, f"{mode}: an answer with progress", result)
    amounts = [amount for amount, _ in told]
    check(amounts == sorted(set(amounts)) and len(told) >= 3, f"{mode}: progress rises", told)
    check(any("generating" in message for _, message in told), f"{mode}: in words", told)


async def cancel(client, path, mode):
    """A call that is given up is cancelled at the daemon, and the connection goes on."""
    try:
        result = await asyncio.wait_for(
            client.call_tool("ask_model", {"prompt": "tokens:4000"}), 0.3)
        check(False, f"{mode}: a long answer takes its time", result)
    except TimeoutError:
        pass
    end = asyncio.get_running_loop().time() + 10
    with Connection(path) as connection:
        while connection.call("requests.list")["requests"]:
            assert asyncio.get_running_loop().time() < end, "the request still runs"
            await asyncio.sleep(0.01)
    result = await client.call_tool("ask_model", {"prompt": "echo:still there"})
    check(result.content[0].text == "still there", f"{mode}: a call given up is cancelled", result)


async def many(path):
    """Two at a server that takes one: the second hears its place."""
    from mcp import Client

    told = []

    async def hear(amount, total, message):
        told.append(message)

    async with Client(server(path)) as client:
        first = asyncio.create_task(client.call_tool("ask_model", {"prompt": "tokens:60"}))
        await asyncio.sleep(0.05)
        second = await client.call_tool(
            "ask_model", {"prompt": "echo:two"}, progress_callback=hear)
        check(second.content[0].text == "two" and "place 1" in " ".join(told),
              "who waits hears its place", told)
        check(not (await first).is_error, "and the first is answered")


def by_hand(path):
    """On the socket itself, where our own methods are, too."""
    with Connection(path) as connection:
        result = connection.call("initialize", protocolVersion="2099-01-01", capabilities={})
        check(result["protocolVersion"] == "2025-11-25", "an unknown version gets 2025-11-25")
        check(connection.call("ping") == {"ok": True}, "ping")
        meta = {"io.modelcontextprotocol/protocolVersion": "2099-01-01"}
        error = connection.error("tools/list", _meta=meta)
        check(error.code == -32022 and "2026-07-28" in error.data["supported"], "-32022", error)
        call = {"name": "ask_model", "arguments": {"prompt": "tokens:4000"}}
        given_up = connection.send("tools/call", call)
        connection.socket.sendall(json.dumps({
            "jsonrpc": "2.0", "method": "notifications/cancelled",
            "params": {"requestId": given_up}}).encode() + b"\n")
        last = connection.send("complete", {"prompt": "echo:x"})
        message = connection.read()
        check(message["id"] == last, "a cancelled call is answered nothing", message)


def pump(path, folder):
    """`crowd-models mcp` as a host may treat it."""
    client = program("crowd-models")
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "ask_model", "arguments": {"prompt": "echo:é", "system_prompt": "x" * 1_000_000}}}
    lines = [call, {"jsonrpc": "2.0", "id": 2, "method": "rpc.discover"}]
    done = subprocess.run(
        [client, "--socket", path, "mcp"], input="\n".join(map(json.dumps, lines)).encode(),
        stdout=subprocess.PIPE, timeout=30, check=True)
    answers = {answer["id"]: answer["result"] for answer in map(json.loads, done.stdout.splitlines())}
    check(answers[1]["content"][0]["text"] == "é" and answers[2]["openrpc"],
          "input that ends at once is answered whole, and then it ends")
    done = subprocess.run(
        [client, "mcp"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "CROWD_MODELS_SOCKET": str(folder / "nothing")}, text=True)
    check(done.returncode == 69 and "crowd-models-executor" in done.stderr and not done.stdout,
          "without a daemon it says how to start one", done)
    # A host that dies takes its request with it, though its input stays open.
    reader, writer = os.pipe()
    host = subprocess.Popen(
        [client, "--socket", path, "mcp"], stdin=subprocess.PIPE, stdout=writer)
    os.close(writer)
    call["params"]["arguments"] = {"prompt": "tokens:100000"}
    host.stdin.write(json.dumps(call).encode() + b"\n")
    host.stdin.flush()
    with Connection(path) as connection:
        while not connection.call("requests.list")["requests"]:
            pass
        os.close(reader)
        check(host.wait(10) != 0, "nobody reads any more: it ends")
        while connection.call("requests.list")["requests"]:
            pass
    host.stdin.close()


if __name__ == "__main__":
    conclude(main, 300)
