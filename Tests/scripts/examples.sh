#!/bin/sh
# Runs docs/examples against a daemon: each where its interpreter is.

. "$(dirname "$0")/daemon.sh"
start_daemon --model chat,state=loaded,ctx=20000,max=20000 --token-rate 2500
examples=$root/docs/examples
text='Grüße "world" \ 世界 🙂'
separator=$(printf 'a\342\200\250b\302\205c')
ran=
missing=

# Twenty thousand bytes are many reads of a socket; bytes of this text fall on every boundary.
long=$(awk 'BEGIN { for (n = 0; n < 2500; n++) printf "%04d€ ", n }')

# block LANGUAGE: the first block of code in that language in PROTOCOL.md, for this daemon.
block() {
    sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$root/docs/PROTOCOL.md" |
        awk '/^```/ { if (++fences == 2) exit; next } { print }' |
        sed "s|/run/user/1000/crowd-models/executor.sock|$CROWD_MODELS_SOCKET|"
}

# interrupted NAME COMMAND...: Ctrl-C after its first text stops the model.
interrupted() {
    name=$1
    shift
    PYTHONPATH=$examples/python python3 - "$@" <<'END' || fail "$name: Ctrl-C"
import signal, subprocess, sys, time
from crowd_models import CrowdModels
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
assert child.stdout.read(1), "it printed nothing"
with CrowdModels() as models:
    assert models.call("status")["in_flight"] == 1, "its request is not running"
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=10)
    end = time.monotonic() + 10
    while models.call("status")["in_flight"] > 0:
        assert time.monotonic() < end, "its request goes on"
END
    echo "ok: $name: Ctrl-C stops the model"
}

if command -v python3 >/dev/null; then
    ran="$ran python $(python3 --version | cut -d' ' -f2)"
    expect "python: ask.py" "chat (loaded, on lmstudio) $text" \
        "$(python3 "$examples/python/ask.py" "echo:$text" | sed '$d' | xargs -d '\n')"
    expect "python: ask.py with an error" 'model_not_found 1' \
        "$(python3 "$examples/python/ask.py" hello nonesuch 2>&1 >"$folder/out" | cut -d: -f1 |
            xargs) $(python3 "$examples/python/ask.py" hello nonesuch >"$folder/out" 2>&1; echo $?)"
    expect "python: stream.py" "$separator$text" \
        "$(python3 "$examples/python/stream.py" "echo:$separator$text")"
    expect "python: the model is an argument or a variable" \
        'model_not_found model_not_found model_not_found' \
        "$({ python3 "$examples/python/stream.py" hello nonesuch
            CROWD_MODELS_MODEL=nonesuch python3 "$examples/python/stream.py" hello
            CROWD_MODELS_MODEL=nonesuch python3 "$examples/python/ask.py" hello
        } 2>&1 >"$folder/out" | cut -d: -f1 | xargs)"
    expect "python: stream.py with a long text" "$long" \
        "$(python3 "$examples/python/stream.py" "echo:$long")"
    expect "python: a stream that is left early, and the next call" 'tokens True' \
        "$(PYTHONPATH=$examples/python python3 - <<'END'
from crowd_models import CrowdModels
with CrowdModels() as models:
    text = models.stream(prompt="tokens:4000")
    first = next(text)
    text.close()
    result = models.call("complete", prompt="echo:tokens")
    print(result["content"], bool(first))
END
        )"
    expect "python: the code in PROTOCOL.md" \
        "$(python3 "$examples/python/stream.py" "Say hello.")" "$(block python | python3 -)"
    interrupted "python: stream.py" python3 "$examples/python/stream.py" tokens:15000
else
    missing="$missing python3"
fi

if command -v node >/dev/null; then
    ran="$ran node $(node --version)"
    expect "node: ask.mjs, three at once" "one|$text|three" \
        "$(node "$examples/node/ask.mjs" echo:one "echo:$text" echo:three | paste -sd'|')"
    expect "node: stream.mjs" "$separator$text" \
        "$(node "$examples/node/stream.mjs" "echo:$separator$text" 2>"$folder/err")"
    expect "node: the model is an argument or a variable" \
        'model_not_found model_not_found model_not_found' \
        "$({ node "$examples/node/stream.mjs" hello nonesuch
            CROWD_MODELS_MODEL=nonesuch node "$examples/node/stream.mjs" hello
            CROWD_MODELS_MODEL=nonesuch node "$examples/node/ask.mjs" hello
        } 2>&1 | cut -d: -f1 | xargs)"
    expect "node: stream.mjs tells why it ended" stop "$(sed -n 's/ after .*//p' "$folder/err")"
    expect "node: stream.mjs with a long text" "$long" \
        "$(node "$examples/node/stream.mjs" "echo:$long" 2>"$folder/err")"
    expect "node: stream.mjs with an error" 'context_overflow' \
        "$(node "$examples/node/stream.mjs" "$(yes a | head -n 25000 | xargs)" 2>&1 | cut -d: -f1)"
    command -v python3 >/dev/null &&
        interrupted "node: stream.mjs" node "$examples/node/stream.mjs" tokens:15000
else
    missing="$missing node"
fi

if [ -x "$products/SwiftExample" ]; then
    ran="$ran swift"
    expect "swift: Stream.swift" "$separator$text|stop" \
        "$("$products/SwiftExample" "echo:$separator$text" | sed 's/ after .* s$//' | paste -sd'|')"
    expect "swift: the model is an argument or a variable" 'model_not_found model_not_found' \
        "$({ "$products/SwiftExample" hello nonesuch
            CROWD_MODELS_MODEL=nonesuch "$products/SwiftExample" hello
        } 2>&1 | cut -d: -f1 | xargs)"
    expect "swift: Stream.swift with a long text" "$long" \
        "$("$products/SwiftExample" "echo:$long" | sed '$d')"
    command -v python3 >/dev/null &&
        interrupted "swift: Stream.swift" "$products/SwiftExample" tokens:15000
    expect "swift: Stream.swift with an error" context_overflow \
        "$("$products/SwiftExample" "$(yes a | head -n 25000 | xargs)" 2>&1 | cut -d: -f1)"
else
    missing="$missing SwiftExample"
fi

if command -v socat >/dev/null && command -v jq >/dev/null; then
    ran="$ran socat jq"
    expect "shell: ask.sh" "$text" "$("$examples/shell/ask.sh" "echo:$text")"
    expect "shell: ask.sh with a long text from a pipe" "$long" \
        "$(echo "echo:$long" | "$examples/shell/ask.sh")"
    expect "shell: the model is a variable" 'model_not_found model_not_found' \
        "$({ CROWD_MODELS_MODEL=nonesuch "$examples/shell/ask.sh" hello
            CROWD_MODELS_MODEL=nonesuch "$examples/shell/stream.sh" hello
        } 2>&1 | cut -d: -f1 | xargs)"
    expect "shell: stream.sh" "$separator$text" \
        "$("$examples/shell/stream.sh" "echo:$separator$text")"
    expect "shell: the code in PROTOCOL.md" "$("$examples/shell/ask.sh" "Say hello.")" \
        "$(block sh | PATH=$products:$PATH sh)"
    expect "shell: models.sh" 'backend lmstudio: up, lmstudio|model chat: loaded' \
        "$("$examples/shell/models.sh" | paste -sd'|')"
    kill $simulator
    wait $simulator
    expect "shell: ask.sh with an error" 'backend_unavailable 1' \
        "$("$examples/shell/ask.sh" hello 2>&1 | cut -d: -f1) $(
            "$examples/shell/ask.sh" hello 2>"$folder/err"
            echo $?)"
else
    missing="$missing socat-or-jq"
fi

[ -n "$ran" ] || skip "there is none of$missing"
echo "ran with$ran"
[ -z "$missing" ] || echo "not tried, for want of:$missing"
