#!/usr/bin/env python3
"""A stranger drives the daemon: aiorpcX, a JSON-RPC library that was written for ElectrumX."""

import asyncio
import importlib.metadata
import json

import environment
from programs import Daemon, Folder, Simulator
from verdict import check, conclude


LONG = "llama-2-7b-chat,state=loaded,ctx=200000,max=200000"


def main():
    environment.enter("aiorpcX")
    print("aiorpcX", importlib.metadata.version("aiorpcX"))
    with Folder() as folder, Simulator(folder, "--model", LONG) as simulator, \
            Daemon(folder, f'name = "lmstudio"\nendpoint = "{simulator.url}"') as daemon:
        asyncio.run(drive(str(daemon.socket)))


async def drive(path):
    import aiorpcx

    async with aiorpcx.connect_us(path) as session:
        check(await session.send_request("ping") == {"ok": True}, "ping")
        await session.send_request("models.refresh")
        models = (await session.send_request("models.list"))["models"]
        check("llama-2-7b-chat" in [model["id"] for model in models], "models.list", models)
        result = await session.send_request("complete", {"prompt": "echo:Grüße, 世界"})
        check(result["content"] == "Grüße, 世界", "complete", result)
        for method, code in [("nonsense", -32601), ("models.get", -32602)]:
            try:
                check(False, f"{method} fails", await session.send_request(method))
            except aiorpcx.RPCError as error:
                check(error.code == code and error.message, f"error {code}", error)
        results = await asyncio.gather(*[
            session.send_request("complete", {"prompt": f"echo:number {n}"}) for n in range(32)])
        check([result["content"] for result in results] == [f"number {n}" for n in range(32)],
              "32 requests at once on one connection, each with its own answer")
        await batch(session)
        result = await session.send_request("complete", {"prompt": "echo:" + "ab]}" * 200_000})
        check(len(result["content"]) == 800_000, "an answer as long as aiorpcX reads")
    await streamed(path)


async def batch(session):
    async with session.send_batch() as batch:
        batch.add_request("complete", {"prompt": "echo:one"})
        batch.add_notification("cancel", {"id": 12345})
        batch.add_request("ping")
        batch.add_request("nonsense")
    first, second, third = batch.results
    check(first["content"] == "one" and second == {"ok": True} and third.code == -32601,
          "a batch with a notification in it", batch.results)


async def streamed(path):
    import aiorpcx

    deltas = []

    class Listener(aiorpcx.RPCSession):
        async def handle_request(self, request):
            deltas.append((request.method, request.args))

    async with aiorpcx.connect_us(path, session_factory=Listener) as session:
        result = await session.send_request("complete", {"prompt": "tokens:9", "stream": True})
        await asyncio.sleep(0)
    # aiorpcX hands notifications to tasks of their own, so they may overtake each other.
    deltas.sort(key=lambda delta: delta[1]["seq"])
    text = "".join(arguments["content"] for _, arguments in deltas)
    check({method for method, _ in deltas} == {"complete.delta"} and text == result["content"],
          "a stream, by the handler of notifications", json.dumps(deltas), result)


if __name__ == "__main__":
    conclude(main, 900)
