#!/usr/bin/env python3
"""A stranger drives the daemon: OpenAI's own Python package, over the Unix socket and by TCP."""

import importlib.metadata
import socket

import environment
from programs import Daemon, Folder, Simulator
from verdict import check, conclude

MODEL = "llama-2-7b-chat"
EMBEDDER = "text-embedding-nomic-embed-text-v1.5"
TOOL = {"type": "function", "function": {
    "name": "get_weather", "parameters": {"type": "object", "properties": {
        "city": {"type": "string"}}}}}


def main():
    environment.enter("openai")
    print("openai", importlib.metadata.version("openai"))
    port = free_port()
    settings = f'[http]\nlisten = "127.0.0.1:{port}"\n[aliases]\ngpt-4o = "{MODEL}"\n'
    with Folder() as folder, Simulator(folder) as simulator, \
            Daemon(folder, f'name = "lmstudio"\nendpoint = "{simulator.url}"',
                   settings=settings) as daemon:
        import openai
        try:
            import httpx2 as httpx
        except ImportError:
            import httpx

        by_socket = openai.OpenAI(
            base_url="http://localhost/v1", api_key="any", max_retries=0,
            http_client=httpx.Client(transport=httpx.HTTPTransport(uds=str(daemon.socket))))
        by_port = openai.OpenAI(
            base_url=f"http://127.0.0.1:{port}/v1", api_key="any", max_retries=0)
        for client, name in [(by_socket, "the socket"), (by_port, "the port")]:
            print(f"by {name}:")
            models(client)
            chat(client)
            stream(client)
            tools(client)
            texts(client)
            embeddings(client)
            errors(client, openai)
        counted(by_socket)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def user(text):
    return [{"role": "user", "content": text}]


def models(client):
    names = [model.id for model in client.models.list()]
    check(MODEL in names and "gpt-4o" in names, "models.list, aliases too", names)
    check(client.models.retrieve(MODEL).id == MODEL, "models.retrieve")


def chat(client):
    answer = client.chat.completions.create(model=MODEL, messages=[
        {"role": "developer", "content": "Repeat."}, *user("echo:Grüße, 世界")])
    check(answer.choices[0].message.content == "Grüße, 世界", "a chat", answer)
    check(answer.choices[0].finish_reason == "stop" and answer.usage.total_tokens > 0,
          "its end and its numbers", answer)
    aliased = client.chat.completions.create(model="gpt-4o", messages=user("echo:a"))
    check(aliased.model == MODEL, "an alias names who answers", aliased)


def stream(client):
    chunks = list(client.chat.completions.create(
        model=MODEL, messages=user("tokens:9"), stream=True,
        stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    whole = client.chat.completions.create(model=MODEL, messages=user("tokens:9"))
    check(text == whole.choices[0].message.content, "a stream is what the whole answer is", text)
    check(chunks[0].choices[0].delta.role == "assistant", "the role first", chunks[0])
    check(chunks[-1].usage.completion_tokens == 9, "the usage last", chunks[-1])
    ends = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
    check([end for end in ends if end] == ["stop"], "one end", ends)


def tools(client):
    answer = client.chat.completions.create(
        model=MODEL, messages=user("call:get_weather"), tools=[TOOL])
    call = answer.choices[0].message.tool_calls[0]
    check(call.function.name == "get_weather" and answer.choices[0].finish_reason == "tool_calls",
          "a tool call", answer)
    parts = list(client.chat.completions.create(
        model=MODEL, messages=user("call:get_weather"), tools=[TOOL], stream=True))
    calls = [call for part in parts if part.choices
             for call in part.choices[0].delta.tool_calls or []]
    check(calls[0].function.name == "get_weather" and calls[0].id, "a streamed one", calls)
    arguments = "".join(call.function.arguments or "" for call in calls)
    check(arguments == call.function.arguments, "its arguments in pieces", arguments, call)


def texts(client):
    answer = client.completions.create(model=MODEL, prompt="echo:def f(", max_tokens=50)
    check(answer.object == "text_completion" and answer.choices[0].text, "a text", answer)
    parts = list(client.completions.create(model=MODEL, prompt="echo:def f(", stream=True))
    check("".join(part.choices[0].text for part in parts if part.choices)
          == answer.choices[0].text, "the same as a stream", parts)


def embeddings(client):
    # Unless told otherwise the package asks for base64 and unpacks it.
    packed = client.embeddings.create(input=["a", "b"], model=EMBEDDER)
    plain = client.embeddings.create(
        input=["a", "b"], model=EMBEDDER, encoding_format="float")
    check(len(packed.data) == 2 and packed.usage.prompt_tokens >= 0, "embeddings", packed.usage)
    close = all(abs(a - b) < 1e-6 for one, other in zip(packed.data, plain.data)
                for a, b in zip(one.embedding, other.embedding))
    check(close and len(packed.data[0].embedding) == len(plain.data[0].embedding),
          "packed and plain are the same numbers")


def errors(client, openai):
    def fails(kind, sentence, **arguments):
        try:
            client.chat.completions.create(**{"model": MODEL, "messages": user("x"), **arguments})
        except kind as error:
            check(True, sentence)
            return error
        except openai.OpenAIError as error:
            check(False, sentence, error)
        raise AssertionError(f"{sentence}: nothing was raised")

    error = fails(openai.NotFoundError, "an unknown model is NotFoundError", model="llama-2-7b")
    check(error.code == "model_not_found" and MODEL in error.message, "with near names", error)
    check(error.request_id, "every answer has a request id")
    error = fails(openai.BadRequestError, "more than one choice is BadRequestError", n=2)
    check(error.param == "n", "which names the parameter", error.param)
    fails(openai.NotFoundError, "gpt-5 is nobody's name", model="gpt-5")
    fails(openai.BadRequestError, "a wrong type is BadRequestError", temperature="hot")


def counted(client):
    page = client._client.get("http://localhost/metrics").text
    check('gen_ai_server_request_duration_seconds_count' in page, "all of it was counted")


if __name__ == "__main__":
    conclude(main, 900)
