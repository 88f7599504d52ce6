#!/usr/bin/env python3
"""A stranger drives the daemon: web3.py's IPC client, which was written for Ethereum nodes."""

import asyncio
import importlib.metadata

import environment
from programs import Daemon, Folder, Simulator
from verdict import check, conclude


def main():
    environment.enter("web3")
    from web3 import IPCProvider, Web3
    from web3.method import Method
    from web3.module import Module

    print("web3", importlib.metadata.version("web3"))
    with Folder() as folder, Simulator(folder) as simulator, \
            Daemon(folder, f'name = "lmstudio"\nendpoint = "{simulator.url}"') as daemon:
        provider = IPCProvider(daemon.socket)
        requests(provider)
        long_answers(provider)
        batches(provider)

        class Executor(Module):
            ping = Method("ping")
            complete = Method("complete", mungers=[lambda _, prompt: [None, prompt]])

        web3 = Web3(provider, external_modules={"executor": Executor})
        check(web3.executor.ping() == {"ok": True}, "a method of a web3 module", web3)
        check(web3.executor.complete("echo:by position")["content"] == "by position",
              "with its parameters by position")
        asyncio.run(asynchronous(daemon.socket))


def requests(provider):
    answer = provider.make_request("ping", [])
    check(answer == {"jsonrpc": "2.0", "id": 0, "result": {"ok": True}}, "ping", answer)
    provider.make_request("models.refresh", [])
    models = provider.make_request("models.list", {"type": "llm"})["result"]["models"]
    check("llama-2-7b-chat" in [model["id"] for model in models], "models.list", models)
    answer = provider.make_request("complete", {"prompt": "echo:Grüße, 世界"})
    check(answer["result"]["content"] == "Grüße, 世界", "complete", answer)
    answer = provider.make_request("eth_blockNumber", [])
    check(answer["error"]["code"] == -32601 and answer["error"]["data"]["kind"], "an error", answer)
    answer = provider.make_request("complete", {"promt": "Hello"})
    check(answer["error"]["code"] == -32602 and "prompt" in answer["error"]["message"],
          "an error that helps", answer)


def long_answers(provider):
    """web3.py tries to read what it has whenever that ends in a bracket."""
    text = "}]" * 6000
    answer = provider.make_request("complete", {"prompt": f"echo:{text}"})
    check(answer["result"]["content"] == text, "a long answer full of brackets")
    document = provider.make_request("rpc.discover", [])["result"]
    check(document["openrpc"] == "1.3.2", "the protocol's whole description")


def batches(provider):
    answers = provider.make_batch_request(
        [("complete", {"prompt": "echo:one"}), ("ping", []), ("nonsense", []), ("status", [])])
    check(answers[0]["result"]["content"] == "one" and answers[1]["result"] == {"ok": True}
          and answers[2]["error"]["code"] == -32601
          and answers[3]["result"]["name"] == "crowd-models-executor", "a batch", answers)


async def asynchronous(path):
    from web3 import AsyncIPCProvider, AsyncWeb3

    async with AsyncWeb3(AsyncIPCProvider(path)) as web3:
        answers = await asyncio.gather(*[
            web3.provider.make_request("complete", {"prompt": f"echo:{n}"}) for n in range(8)])
        check([answer["result"]["content"] for answer in answers] == list("01234567"),
              "eight requests at once by the asynchronous provider", answers)


if __name__ == "__main__":
    conclude(main, 900)
