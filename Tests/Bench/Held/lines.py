"""Rows of one client's lines: 8 MB each, of every shape, in every place."""

import json
import time

from stage import LINE_BYTES, line, row


def fill(unit, opening=b"", closing=b"", parted=b""):
    """So many units as make a line of nearly the greatest length."""
    count = (LINE_BYTES - 4096 - len(opening) - len(closing)) // (len(unit) + len(parted))
    return opening + parted.join([unit] * count) + closing


def members(name, value=b"1"):
    """An object of members whose names all differ."""
    count = (LINE_BYTES - 4096) // (len(name) + len(value) + 12)
    return b"{" + b",".join(b'"%s%07d":%s' % (name, i, value) for i in range(count)) + b"}"


# What stands for a value: the same 8 MB in the dearest forms that JSON has.
SHAPES = {
    "plain letters": lambda: fill(b"a", b'"', b'"'),
    "letters in escapes": lambda: fill(b"\\u0041", b'"', b'"'),
    "surrogate pairs in escapes": lambda: fill(b"\\ud83d\\ude00", b'"', b'"'),
    "short escapes": lambda: fill(b"\\n", b'"', b'"'),
    "characters of four bytes": lambda: fill("😀".encode(), b'"', b'"'),
    "an array of numbers": lambda: fill(b"1", b"[", b"]", b","),
    "an array of objects": lambda: fill(b"{}", b"[", b"]", b","),
    "an array of empty strings": lambda: fill(b'""', b"[", b"]", b","),
    "an object of many members": lambda: members(b"x"),
    "an object of names in escapes": lambda: members(b"\\u0078" * 8),
    "an object of one name again and again": lambda: fill(b'"x":1', b"{", b"}", b","),
    "arrays a hundred deep": lambda: fill(b"[" * 100 + b"]" * 100, b"[", b"]", b","),
    "digits": lambda: fill(b"7"),
    "messages": lambda: fill(b'{"role":"user","content":"a"}', b"[", b"]", b","),
    "messages in escapes": lambda: fill(
        b'{"\\u0072ole":"\\u0075ser","content":"\\u0061"}', b"[", b"]", b","),
    "content in parts": lambda: fill(
        b'{"type":"text","text":"a"}', b'[{"role":"user","content":[', b"]}]", b","),
    "tools": lambda: fill(
        b'{"type":"function","function":{"name":"f","parameters":{}}}', b"[", b"]", b","),
    "white space": lambda: fill(b" ", b"[1", b"]"),
}


def offer(scene, client, data, what):
    """Sends a line, waits for whatever the daemon makes of it, and takes the innocent's wait."""
    client.send(data)
    reply = client.read(60)
    scene.mark(what)
    # Bad lines may end a connection; the next one has a new one then.
    return scene.client() if reply is None else client


def parameters(scene):
    with scene.client() as client:
        methods = client.call("rpc.discover")["result"]["methods"]
    return {method["name"]: [each["name"] for each in method["params"]] for method in methods}


def other_parameters(method):
    """What the method needs before it looks at another parameter."""
    return {"complete": b'"prompt":"x",', "embed": b'"input":"x",'}.get(method, b"")


def in_every_parameter(shape):
    """Each method's every parameter with a value of the shape; what cannot be is refused."""

    def play(scene):
        scene.start(scene.backend(), settings="[limits]\nwrite_stall = 60")
        client = scene.client()
        value = SHAPES[shape]()
        done = set()
        for method, names in parameters(scene).items():
            for name in names:
                # The rest of the parameters are of few kinds: each of them once.
                if method not in ("complete", "check") and (name, len(names) > 6) in done:
                    continue
                done.add((name, len(names) > 6))
                other = other_parameters(method) if name not in ("prompt", "input") else b""
                data = b'{"jsonrpc":"2.0","id":1,"method":"%s","params":{%s"%s":%s}}\n' % (
                    method.encode(), other, name.encode(), value)
                client = offer(scene, client, data, f"{method} {name}")

    return play


for each in SHAPES:
    row(f"lines: every parameter as {each}")(in_every_parameter(each))


def escaped(count):
    return b"\\u0041" * count


FRAMES = {
    "a method's name": b'{"jsonrpc":"2.0","id":1,"method":"%s"}\n',
    "the version": b'{"jsonrpc":"%s","id":1,"method":"ping"}\n',
    "an id": b'{"jsonrpc":"2.0","id":"%s","method":"ping"}\n',
    "a member's name": b'{"jsonrpc":"2.0","id":1,"%s":1,"method":"ping"}\n',
    "a parameter's name": b'{"jsonrpc":"2.0","id":1,"method":"complete","params":{"%s":1}}\n',
    "a parameter's name of ping": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"%s":1}}\n',
    "an option's name":
        b'{"jsonrpc":"2.0","id":1,"method":"complete","params":{"prompt":"x","options":{"%s":1}}}\n',
    "an id to cancel": b'{"jsonrpc":"2.0","method":"cancel","params":{"id":"%s"}}\n'
                       b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
    "an id to cancel, as editors do": b'{"jsonrpc":"2.0","method":"$/cancelRequest",'
                                      b'"params":{"id":"%s"}}\n'
                                      b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
    "a role": b'{"jsonrpc":"2.0","id":1,"method":"complete","params":'
              b'{"messages":[{"role":"%s","content":"x"}]}}\n',
    "a message's member": b'{"jsonrpc":"2.0","id":1,"method":"complete","params":'
                          b'{"messages":[{"role":"user","content":"x","%s":1}]}}\n',
    "a tool's name": b'{"jsonrpc":"2.0","id":1,"method":"complete","params":{"prompt":"x",'
                     b'"tools":[{"type":"function","function":{"name":"%s"}}]}}\n',
    "a topic": b'{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"topics":["%s"]}}\n',
    "an answer of the client's": b'{"jsonrpc":"2.0","id":1,"result":"%s"}\n'
                                 b'{"jsonrpc":"2.0","id":2,"method":"ping"}\n',
}


def in_every_frame(make):
    def play(scene):
        scene.start(scene.backend())
        client = scene.client()
        for what, frame in FRAMES.items():
            client = offer(scene, client, frame % make(), what)

    return play


row("lines: names and ids of 8 MB, in escapes")(
    in_every_frame(lambda: escaped((LINE_BYTES - 4096) // 6)))
row("lines: names and ids of 8 MB, in plain letters")(
    in_every_frame(lambda: b"A" * (LINE_BYTES - 4096)))
row("lines: names and ids of 8 MB, in short escapes")(
    in_every_frame(lambda: b"\\t" * ((LINE_BYTES - 4096) // 2)))


@row("lines: 8 MB that are wrong at their very end")
def wrong_at_the_end(scene):
    scene.start(scene.backend())
    client = scene.client()
    opening = b'{"jsonrpc":"2.0","id":1,"method":"complete","params":{"prompt":'
    for end in (b'"\xff"', b'"\\ud800"', b'"\x01"', b"", b"}", b'"\\u00'):
        client = offer(scene, client, opening + fill(b"\\u0041", b'"', b'",') + end + b"}}\n",
                       repr(end))


@row("lines: no request at all, 8 MB each")
def no_request(scene):
    scene.start(scene.backend())
    client = scene.client()
    for what, data in {"array": fill(b"[]", b"[", b"]", b","), "letters": fill(b"a"),
                       "string": fill(b"\\u0041", b'"', b'"'), "braces": fill(b"{"),
                       "brackets": fill(b"["), "escaped quotes": fill(b'\\"', b'"', b'"'),
                       "zeros": fill(b"\0"), "bad UTF-8": fill(b"\xf0"),
                       "one member again": fill(b'"id":1', b"{", b"}", b","),
                       "small requests in a batch": fill(
                           b'{"jsonrpc":"2.0","id":1,"method":"ping"}', b"[", b"]", b","),
                       "many feeds": b"\n" * LINE_BYTES + line("ping")}.items():
        client = offer(scene, client, data + b"\n", what)


@row("lines: ten megabytes and more, without an end")
def over_long(scene):
    scene.start(scene.backend())
    client = scene.client()
    for _ in range(3):
        client.send(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"' + b"a" * (30 << 20)
                    + b'"}}\n')
        client.read(30)
        scene.mark("a line of 30 MB")


@row("lines: 8 MB in pieces of 64 KiB, with pauses, escapes")
def in_pieces(scene):
    scene.start(scene.backend())
    client = scene.client()
    data = (b'{"jsonrpc":"2.0","id":1,"method":"complete","params":{"prompt":'
            + fill(b"\\u0041", b'"', b'"') + b"}}\n")
    for at in range(0, len(data), 1 << 16):
        client.send(data[at:at + (1 << 16)])
        time.sleep(0.002)
    client.read(30)
    scene.mark("pieces")


@row("lines: eight clients with 8 MB prompts at once")
def eight_at_once(scene):
    scene.start(scene.backend(settings="max_concurrent = 64"))
    data = line("complete", {"prompt": "\\n\u00e4\"" * 500_000, "model": "m0"})[:-1]
    assert len(data) < LINE_BYTES
    clients = [scene.client() for _ in range(8)]
    for client in clients:
        client.send_aside(data + b"\n")
    for client in clients:
        assert json.loads(client.read(60))["id"] == 1
    scene.mark("all answered")


@row("lines: sixty-four prompts of 1 MB on one connection at once")
def sixty_four(scene):
    scene.start(scene.backend(settings="max_concurrent = 64"))
    client = scene.client()
    data = b"".join(line("complete", {"prompt": "\n" * 500_000, "model": "m0"}, id=i)
                    for i in range(64))
    client.send_aside(data)
    for _ in range(64):
        client.read(60)
    scene.mark("all answered")
