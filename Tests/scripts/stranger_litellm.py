#!/usr/bin/env python3
"""A stranger drives the daemon: LiteLLM, which speaks OpenAI's, Anthropic's and Ollama's API, by
TCP.
"""

import importlib.metadata
import os
import socket

import environment
from programs import Daemon, Folder, Simulator, free_port
from recorder import CAPTURES, Recorder
from verdict import check, conclude

MODEL = "llama-2-7b-chat"
EMBEDDER = "text-embedding-nomic-embed-text-v1.5"
TOOL = {"type": "function", "function": {
    "name": "get_weather", "description": "The weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
CALL = 'call:get_weather {"city":"Paris"}'


def main():
    # It would fetch a list of prices, and tell of its use.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    environment.enter("litellm")
    version = importlib.metadata.version("litellm")
    print("litellm", version)
    import litellm

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    port = free_port()
    with Folder() as folder, Simulator(folder) as simulator, \
            Daemon(folder, f'name = "lmstudio"\nendpoint = "{simulator.url}"',
                   settings=f'[http]\nlisten = "127.0.0.1:{port}"\n') as daemon, \
            socket.create_server(("127.0.0.1", 0)) as listener:
        recorder = Recorder(listener, daemon.socket)
        if os.environ.get("UPDATE_CAPTURES"):
            port = recorder.port
        server = f"http://127.0.0.1:{port}"
        for provider, base in [
            ("openai", f"{server}/v1"), ("hosted_vllm", f"{server}/v1"), ("anthropic", server),
            ("ollama_chat", server),
        ]:
            drive(litellm, provider, {
                "model": f"{provider}/{MODEL}", "api_base": base, "api_key": "none",
                "num_retries": 0, "max_retries": 0})
            errors(litellm, provider, {
                "api_base": base, "api_key": "none", "num_retries": 0, "max_retries": 0})
        vectors(litellm, server)
        if os.environ.get("UPDATE_CAPTURES"):
            recorder.write(CAPTURES / "litellm" / version)


def say(content):
    return [{"role": "user", "content": content}]


def drive(litellm, provider, model):
    answer = litellm.completion(messages=say("echo:Grüße, 世界"), **model)
    check(answer.choices[0].message.content == "Grüße, 世界"
          and answer.choices[0].finish_reason == "stop", f"{provider}: a chat", answer)
    check(answer.usage.completion_tokens > 0, f"{provider}: with its tokens", answer)
    chunks = list(litellm.completion(messages=say("echo:Grüße, 世界"), stream=True, **model))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    check(text == "Grüße, 世界", f"{provider}: a stream", chunks)
    answer = litellm.completion(messages=say(CALL), tools=[TOOL], **model)
    call = answer.choices[0].message.tool_calls[0]
    check(call.function.name == "get_weather" and "Paris" in call.function.arguments
          and answer.choices[0].finish_reason == "tool_calls", f"{provider}: a call", answer)
    chunks = list(litellm.completion(messages=say(CALL), tools=[TOOL], stream=True, **model))
    told = litellm.stream_chunk_builder(chunks).choices[0].message.tool_calls[0]
    check(told.function.name == "get_weather" and "Paris" in told.function.arguments,
          f"{provider}: a call in a stream", chunks)
    messages = say(CALL) + [
        answer.choices[0].message.model_dump(),
        {"role": "tool", "tool_call_id": call.id, "name": "get_weather", "content": "sunny"},
        *say("echo:It is sunny.")]
    answer = litellm.completion(messages=messages, tools=[TOOL], **model)
    check(answer.choices[0].message.content == "It is sunny.",
          f"{provider}: and its answer, in the next turn", answer)


def errors(litellm, provider, server):
    def fails(kind, sentence, **question):
        try:
            found = litellm.completion(**server, **question)
        except kind as error:
            return check(str(error), f"{provider}: {sentence} is {kind.__name__}", error)
        raise AssertionError(f"{provider}: {sentence}: {found!r}")

    fails(litellm.NotFoundError, "a model that nobody serves", model=f"{provider}/nonesuch",
          messages=say("hello"))
    # For Ollama it does not look for any words.
    too_long = (litellm.BadRequestError if provider == "ollama_chat"
                else litellm.ContextWindowExceededError)
    fails(too_long, "a prompt that is too long", model=f"{provider}/{MODEL}",
          messages=say("a " * 60000))


def vectors(litellm, server):
    answer = litellm.embedding(
        model=f"openai/{EMBEDDER}", input=["one", "two"], api_base=f"{server}/v1",
        api_key="none")
    check(len(answer.data) == 2 and answer.data[0]["embedding"], "vectors", answer)


if __name__ == "__main__":
    conclude(main, 900)
