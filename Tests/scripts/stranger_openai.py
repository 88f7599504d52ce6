#!/usr/bin/env python3
"""Strangers drive the daemon: OpenAI's own SDK and LangChain on it, through the Unix socket."""

import importlib.metadata

import environment
from programs import Daemon, Folder, Simulator
from recorder import recorded
from verdict import check, conclude

MODEL = "llama-2-7b-chat"
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}}
CALL = 'call:get_weather {"city":"Paris"}'


def main():
    environment.enter("openai", "langchain-openai")
    import httpx
    import openai

    versions = {package: importlib.metadata.version(package)
                for package in ("openai", "langchain-openai")}
    print(versions)
    with Folder() as folder, Simulator(folder) as simulator, \
            Daemon(folder, f'name = "lmstudio"\nendpoint = "{simulator.url}"') as daemon:
        with recorded(folder, daemon, "openai", versions["openai"]) as path:
            client = openai.OpenAI(
                base_url="http://localhost/v1", api_key="none", max_retries=0,
                http_client=httpx.Client(transport=httpx.HTTPTransport(uds=str(path))))
            chats(client)
            texts(client)
            responses(client)
            response_tools(client)
            vectors(client)
            errors(client, openai)
            printed(path)
        with recorded(folder, daemon, "langchain-openai", versions["langchain-openai"]) as path:
            langchain(httpx.Client(transport=httpx.HTTPTransport(uds=str(path))), openai)


def printed(path):
    """The last block of docs/FOR-AUTHORS.md, for this daemon."""
    page = (environment.ROOT / "docs" / "FOR-AUTHORS.md").read_text()
    code = page.split("```py\n")[1].split("```")[0]
    here = code.replace("/run/user/1000/crowd-models/executor.sock", str(path))
    check(here != code, "the page names a socket", code)
    names = {}
    exec(here, names)
    answer = names["client"].chat.completions.create(**say("echo:hello"))
    check(answer.choices[0].message.content == "hello", "the client of FOR-AUTHORS", answer)


def say(content):
    return {"model": MODEL, "messages": [{"role": "user", "content": content}]}


def chats(client):
    answer = client.chat.completions.create(**say("echo:Grüße, 世界"))
    check(answer.choices[0].message.content == "Grüße, 世界", "a chat", answer)
    stream = client.chat.completions.create(
        **say("echo:Grüße, 世界"), stream=True, stream_options={"include_usage": True})
    chunks = list(stream)
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    check(text == "Grüße, 世界" and chunks[-1].usage.completion_tokens > 0, "a stream", chunks)
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS}}
    with client.chat.completions.stream(**say(CALL), tools=[tool]) as stream:
        call = stream.get_final_completion().choices[0].message.tool_calls[0]
    check(call.function.name == "get_weather" and "Paris" in call.function.arguments,
          "a call in a stream", call)
    names = [model.id for model in client.models.list()]
    check(MODEL in names and client.models.retrieve(MODEL).id == MODEL, "models", names)


def texts(client):
    answer = client.completions.create(model=MODEL, prompt="echo:def f(", max_tokens=50)
    check(answer.choices[0].text, "a text", answer)
    parts = list(client.completions.create(model=MODEL, prompt="echo:def f(", stream=True))
    check("".join(part.choices[0].text for part in parts if part.choices)
          == answer.choices[0].text, "the same as a stream", parts)


def responses(client):
    answer = client.responses.create(model=MODEL, input="echo:Grüße, 世界", instructions="Be kind.")
    check(answer.output_text == "Grüße, 世界" and answer.status == "completed", "a response", answer)
    check(answer.usage.output_tokens > 0 and answer.store is False, "with its tokens", answer)
    with client.responses.stream(model=MODEL, input="echo:Grüße, 世界") as stream:
        events = [event.type for event in stream]
        final = stream.get_final_response()
    check(final.output_text == "Grüße, 世界", "a response as a stream", final)
    check(events[0] == "response.created" and events[-1] == "response.completed",
          "from its beginning to its end", events)
    cut = client.responses.create(model=MODEL, input="tokens:50", max_output_tokens=3)
    check(cut.status == "incomplete" and cut.incomplete_details.reason == "max_output_tokens",
          "a response that is cut", cut)


def response_tools(client):
    tool = {"type": "function", "name": "get_weather", "parameters": PARAMETERS, "strict": False}
    question = {"model": MODEL, "tools": [tool, {"type": "web_search"}],
                "input": [{"role": "user", "content": CALL}]}
    answer = client.responses.create(**question)
    call = answer.output[-1]
    check(call.type == "function_call" and "Paris" in call.arguments, "a call", answer)
    with client.responses.stream(**question) as stream:
        final = stream.get_final_response()
    told = final.output[-1]
    check(told.type == "function_call" and told.arguments == call.arguments,
          "a call in a stream", final)
    question["input"] += [
        call, {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"},
        {"role": "user", "content": "echo:It is sunny."}]
    check(client.responses.create(**question).output_text == "It is sunny.",
          "and its answer, in the next turn")


def vectors(client):
    answer = client.embeddings.create(model="text-embedding-nomic-embed-text-v1.5", input=["one", "two"])
    plain = client.embeddings.create(
        model="text-embedding-nomic-embed-text-v1.5", input=["one", "two"], encoding_format="float")
    near = all(abs(a - b) < 1e-6 for a, b in zip(
        answer.data[1].embedding, plain.data[1].embedding, strict=True))
    check(len(answer.data) == 2 and near, "vectors, in base64 and as numbers")


def errors(client, openai):
    def refused(kind, ask):
        try:
            ask()
        except kind as error:
            return error.body
        return None

    found = refused(openai.NotFoundError, lambda: client.responses.create(
        model="gpt-unknown", input="hello"))
    check(found and "[aliases]" in found["message"], "a model that nobody serves", found)
    found = refused(openai.BadRequestError, lambda: client.responses.create(
        model=MODEL, input="hello", previous_response_id="resp_1"))
    check(found and found["param"] == "previous_response_id", "what needs a memory", found)
    found = refused(openai.BadRequestError, lambda: client.responses.create(
        model=MODEL, input="a " * 60000))
    check(found and found["code"] == "context_length_exceeded", "a prompt that is too long", found)
    found = refused(openai.BadRequestError, lambda: client.chat.completions.create(
        **say("hello"), n=2))
    check(found and found["param"] == "n", "more answers than one", found)


def langchain(transport, openai):
    from langchain_openai import ChatOpenAI

    for is_responses in (False, True):
        model = ChatOpenAI(
            model=MODEL, base_url="http://localhost/v1", api_key="none", max_retries=0,
            http_client=transport, use_responses_api=is_responses)
        name = "LangChain by the Responses API" if is_responses else "LangChain"
        check(model.invoke("echo:So").text == "So", name)
        text = "".join(piece.text for piece in model.stream("echo:piece by piece"))
        check(text == "piece by piece", f"{name}, as a stream", text)
        tool = {"name": "get_weather", "description": "The weather.", "parameters": PARAMETERS}
        calls = model.bind_tools([tool]).invoke(CALL).tool_calls
        check(calls and calls[0]["args"] == {"city": "Paris"}, f"{name}, with a tool", calls)
        langchain_errors(model, name, openai)


def langchain_errors(model, name, openai):
    """What it raises is its own exception where it has one, else OpenAI's."""
    from langchain_openai.chat_models.base import OpenAIContextOverflowError

    for kind, ask, sentence in [
        (openai.NotFoundError, lambda: model.bind(model="gpt-unknown").invoke("hello"),
         "a model that nobody serves"),
        (openai.NotFoundError, lambda: list(model.bind(model="gpt-unknown").stream("hello")),
         "the same in a stream"),
        (OpenAIContextOverflowError, lambda: model.invoke("a " * 60000),
         "a prompt that is too long"),
    ]:
        try:
            check(False, f"{name}: {sentence}", ask())
        except kind as error:
            check(str(error), f"{name}: {sentence}", error)


if __name__ == "__main__":
    conclude(main, 900)
