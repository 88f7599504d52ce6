#!/usr/bin/env python3
"""A stranger drives the daemon: Anthropic's own SDK, through the Unix socket."""

import importlib.metadata
import importlib.util

import environment
from programs import Daemon, Folder, Simulator
from recorder import recorded
from verdict import check, conclude

MODEL = "claude-simulated"
ALIASES = f'[aliases]\n{MODEL} = "llama-2-7b-chat"\n'
TOOL = {"name": "get_weather", "description": "The weather.", "input_schema": {
    "type": "object", "properties": {"city": {"type": "string"}}}}
CALL = 'call:get_weather {"city":"Paris"}'


def main():
    environment.enter("anthropic")
    import anthropic

    # Its newer versions stand on httpx's successor.
    name = "httpx2" if importlib.util.find_spec("httpx2") else "httpx"
    httpx = importlib.import_module(name)

    version = importlib.metadata.version("anthropic")
    print("anthropic", version)
    with Folder() as folder, Simulator(folder) as simulator, \
            Daemon(folder, f'name = "lmstudio"\nendpoint = "{simulator.url}"',
                   settings=ALIASES) as daemon, \
            recorded(folder, daemon, "anthropic", version) as path:
        client = anthropic.Anthropic(
            base_url="http://localhost", api_key="none", max_retries=0,
            http_client=httpx.Client(transport=httpx.HTTPTransport(uds=str(path))))
        whole(client)
        streamed(client)
        tools(client)
        others(client)
        errors(client, anthropic)


def ask(content, **more):
    return {"model": MODEL, "max_tokens": 500,
            "messages": [{"role": "user", "content": content}], **more}


def whole(client):
    message = client.messages.create(**ask("echo:Grüße, 世界", system="Be kind."))
    check(message.content[0].text == "Grüße, 世界", "a message", message)
    check(message.stop_reason == "end_turn" and message.usage.output_tokens > 0,
          "with its end and its tokens", message)
    message = client.messages.create(**ask("think:Hm\necho:So"))
    check([block.type for block in message.content][-1] == "text", "a message with thoughts",
          message)
    message = client.messages.create(**{**ask("tokens:50"), "max_tokens": 3})
    check(message.stop_reason == "max_tokens", "a message that is cut", message)


def streamed(client):
    with client.messages.stream(**ask("echo:Grüße, 世界")) as stream:
        text = "".join(stream.text_stream)
        message = stream.get_final_message()
    check(text == "Grüße, 世界" and message.content[0].text == text, "a stream", text, message)
    check(message.stop_reason == "end_turn" and message.usage.output_tokens > 0,
          "with its end and its tokens", message)
    with client.messages.stream(**ask("tokens:2000")) as stream:
        next(iter(stream.text_stream))
    check(client.messages.create(**ask("echo:on")).content[0].text == "on",
          "a stream that is left early, and the next message")


def tools(client):
    question = ask(CALL, tools=[TOOL], tool_choice={"type": "auto"})
    message = client.messages.create(**question)
    call = message.content[-1]
    check(message.stop_reason == "tool_use" and call.name == "get_weather"
          and call.input == {"city": "Paris"}, "a call", message)
    with client.messages.stream(**question) as stream:
        told = stream.get_final_message()
    check(told.content[-1].input == call.input and told.stop_reason == "tool_use",
          "a call in a stream", told)
    question["messages"] += [
        {"role": "assistant", "content": [block.model_dump() for block in message.content]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": call.id, "content": "sunny"},
            {"type": "text", "text": "echo:It is sunny."}]}]
    check(client.messages.create(**question).content[0].text == "It is sunny.",
          "and its answer, in the next turn")


def others(client):
    count = client.messages.count_tokens(
        model=MODEL, messages=[{"role": "user", "content": "Why is the sky blue?"}])
    check(count.input_tokens > 0, "tokens are counted", count)
    names = [model.id for model in client.models.list()]
    check(MODEL in names and "llama-2-7b-chat" in names, "models, and their aliases", names)
    check(client.models.retrieve(MODEL).id == MODEL, "one model")


def errors(client, anthropic):
    def refused(kind, **question):
        try:
            client.messages.create(**question)
        except kind as error:
            return error.body["error"]
        return None

    found = refused(anthropic.NotFoundError, **{**ask("hello"), "model": "claude-unknown"})
    check(found and found["type"] == "not_found_error" and "[aliases]" in found["message"],
          "a model that nobody serves", found)
    found = refused(anthropic.BadRequestError, **{**ask("hello"), "messages": []})
    check(found and found["type"] == "invalid_request_error", "a request without messages", found)
    found = refused(anthropic.BadRequestError, **ask("a " * 60000))
    check(found and "context" in found["message"], "a prompt that is too long", found)


if __name__ == "__main__":
    conclude(main, 900)
