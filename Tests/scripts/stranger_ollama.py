#!/usr/bin/env python3
"""A stranger drives the daemon: Ollama's own Python package, through the Unix socket."""

import importlib.metadata

import environment
from programs import Daemon, Folder, Simulator
from recorder import recorded
from verdict import check, conclude

MODEL = "llama-2-7b-chat"
PIXEL = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
         "rkJggg==")


def main():
    environment.enter("ollama")
    import httpx
    import ollama

    version = importlib.metadata.version("ollama")
    print("ollama", version)
    with Folder() as folder, Simulator(folder) as simulator, \
            Daemon(folder, f'name = "lmstudio"\nendpoint = "{simulator.url}"') as daemon, \
            recorded(folder, daemon, "ollama", version) as path:
        client = ollama.Client(
            host="http://localhost", transport=httpx.HTTPTransport(uds=str(path)))
        texts(client)
        tools(client)
        models(client)
        errors(client, ollama)


def say(content, **more):
    return [{"role": "user", "content": content, **more}]


def texts(client):
    answer = client.chat(MODEL, say("echo:Grüße, 世界"))
    check(answer.message.content == "Grüße, 世界" and answer.done_reason == "stop", "a chat", answer)
    check(answer.eval_count > 0 and answer.total_duration > 0, "with its numbers", answer)
    pieces = list(client.chat(MODEL, say("echo:Grüße, 世界"), stream=True))
    check("".join(piece.message.content for piece in pieces) == "Grüße, 世界",
          "a stream of a chat", pieces)
    check(pieces[-1].done and pieces[-1].eval_count > 0, "with its numbers", pieces[-1])
    answer = client.generate(MODEL, "tokens:50", options={"num_predict": 3})
    check(answer.done_reason == "length" and answer.response, "a text that is cut", answer)
    pieces = list(client.generate(MODEL, "echo:piece by piece", stream=True, think=False))
    check("".join(piece.response for piece in pieces) == "piece by piece",
          "a stream of a text", pieces)


def tools(client):
    tool = {"type": "function", "function": {
        "name": "get_weather", "description": "The weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
    messages = say('call:get_weather {"city":"Paris"}')
    answer = client.chat(MODEL, messages, tools=[tool])
    call = answer.message.tool_calls[0].function
    check(call.name == "get_weather" and call.arguments == {"city": "Paris"}, "a call", answer)
    pieces = list(client.chat(MODEL, messages, tools=[tool], stream=True))
    told = [call for piece in pieces for call in piece.message.tool_calls or []]
    check(len(told) == 1 and told[0].function == call, "a call in a stream", pieces)
    messages += [answer.message, {"role": "tool", "tool_name": "get_weather", "content": "sunny"},
                 *say("echo:It is sunny.")]
    answer = client.chat(MODEL, messages, tools=[tool])
    check(answer.message.content == "It is sunny.", "and its answer, in the next turn", answer)


def models(client):
    names = [model.model for model in client.list().models]
    check(f"{MODEL}:latest" in names, "a list of models", names)
    check(client.show(f"{MODEL}:latest").capabilities[0] == "completion", "one model")
    check(client.ps().models, "the models in memory")
    check(client.pull(MODEL).status == "success", "a model that need not be pulled")
    check(client.chat(MODEL, []).done_reason == "load", "a model that is loaded")
    vectors = client.embed("text-embedding-nomic-embed-text-v1.5", ["one", "two"])
    check(len(vectors.embeddings) == 2 and vectors.embeddings[0], "vectors")
    check(client.embeddings("text-embedding-nomic-embed-text-v1.5", "one").embedding, "a vector, as it used to be")


def errors(client, ollama):
    def refused(ask):
        try:
            ask()
        except ollama.ResponseError as error:
            return error
        return None

    found = refused(lambda: client.chat("nonesuch", say("hello")))
    check(found and found.status_code == 404 and "nonesuch" in found.error,
          "a model that is not there", found)
    found = refused(lambda: list(client.chat("nonesuch", say("hello"), stream=True)))
    check(found and found.status_code == 404, "in a stream, too", found)
    found = refused(lambda: client.pull("nonesuch"))
    check(found and found.status_code == 404, "a model that cannot be pulled", found)
    found = refused(lambda: client.generate(MODEL, "hello", template="{{ .Prompt }}"))
    check(found and found.status_code == 400 and "template" in found.error,
          "what cannot be honoured", found)


if __name__ == "__main__":
    conclude(main, 900)
