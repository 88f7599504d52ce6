#!/bin/sh
# The guide's reader: starts the executor from a checkout with `swift run`, on the configuration that
# comes with it, then LM Studio (the simulator), asks something, and stops both.

. "$(dirname "$0")/daemon.sh"
command -v swift >/dev/null || skip "there is no swift"
folder=$(mktemp -d /tmp/crowd-models-XXXXXX)
trap stop_programs EXIT
trap 'exit 1' INT TERM
cd "$root" || exit 1

log=$folder/log
: >"$log"
config=config.toml
port=1234
# Whether a simulator can have that port; it ends with its standard input, at once.
is_free() { : | "$products/lmstudio-simulator" --port "$1" --exit-with-parent 2>&1 | grep -q '^listening on '; }
# Whoever has the guide's port already keeps it: then the same file is used with another port.
until is_free $port; do port=$(($(od -An -N2 -tu2 /dev/urandom) % 20000 + 20000)); done
if [ $port != 1234 ]; then
    config=$folder/config.toml
    sed "s/1234/$port/" config.toml >"$config"
    echo "port 1234 is taken; with $port instead"
fi

CROWD_MODELS_SOCKET=$folder/executor.sock
export CROWD_MODELS_SOCKET
swift run crowd-models-executor --config "$config" 2>"$log" >/dev/null &
daemon=$!
said() { grep -qxF "$1" "$log"; }
wait_for 300 said '🚀 Starting Crowd Models Executor...' || fail "it did not start" "$(cat "$log")"
echo "ok: swift run crowd-models-executor --config config.toml"
wait_for 30 said 'ERROR: Model discovery failed: Connection refused' ||
    fail "it does not say that LM Studio is missing" "$(cat "$log")"
echo "ok: it starts without LM Studio and says that it is missing"

"$products/lmstudio-simulator" --port $port --token-rate 300 >/dev/null &
simulator=$!
both='["llama-2-7b-chat", "mistral-7b-instruct"]'
wait_for 30 said "INFO: Discovered 2 models from LMStudio: $both" ||
    fail "it did not notice LM Studio" "$(cat "$log")"
wait_for 30 said 'INFO: Updated lmstudio backend with discovered models' ||
    fail "it did not take the models" "$(cat "$log")"
echo "ok: LM Studio is noticed when it is started"

expect "a question is answered" "Hello from the guide" \
    "$("$products/crowd-models" complete "echo:Hello from the guide" 2>&1)"
form='INFO: LLM request completed: [0-9]+ tokens used, [0-9]+\.[0-9]{2} tokens/sec, [0-9]+\.[0-9]{3}s to first token, architecture: llama'
completed() { grep -qxE "$form" "$log"; }
wait_for 30 completed || fail "no line of the completion" "$(cat "$log")"
echo "ok: $(grep -xE "$form" "$log")"

kill -INT $daemon
wait $daemon
expect "Ctrl-C ends it" 0 $?
daemon=
[ ! -e "$CROWD_MODELS_SOCKET" ] || fail "the socket is still there"
