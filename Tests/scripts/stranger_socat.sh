#!/bin/sh
# A stranger drives the daemon: socat and jq, the shell's way to any Unix socket with JSON lines.

. "$(dirname "$0")/daemon.sh"
for tool in socat jq; do
    command -v $tool >/dev/null || skip "there is no $tool"
done
socat -V | sed -n 2p
jq --version
start_daemon --token-rate 300

# Sends standard input, closes that side, and prints what comes until the daemon closes.
ask() {
    socat -t 60 - "UNIX-CONNECT:$CROWD_MODELS_SOCKET"
}

expect "ping" '{"jsonrpc":"2.0","id":1,"result":{"ok":true}}' \
    "$(echo '{"jsonrpc":"2.0","id":1,"method":"ping"}' | ask)"

expect "a last line without an end" true \
    "$(printf '{"jsonrpc":"2.0","id":1,"method":"ping"}' | ask | jq .result.ok)"

expect "lines that end in CR LF, and blank ones" 'true true' \
    "$(printf '%s\r\n\r\n \n%s\r\n' '{"jsonrpc":"2.0","id":1,"method":"ping"}' \
        '{"jsonrpc":"2.0","id":2,"method":"ping"}' | ask | jq -r .result.ok | xargs)"

expect "models.list" 'llama-2-7b-chat loaded' \
    "$(echo '{"jsonrpc":"2.0","id":1,"method":"models.list","params":{"state":"loaded"}}' | ask |
        jq -r '.result.models[0] | "\(.id) \(.state)"')"

text='Grüße "world" \ 世界 🙂'
expect "complete, asked for by jq" "$text" \
    "$(jq -nc --arg prompt "echo:$text" \
        '{jsonrpc: "2.0", id: 1, method: "complete", params: {prompt: $prompt}}' |
        ask | jq -r .result.content)"

expect "an error" '-32601 method_not_found' \
    "$(echo '{"jsonrpc":"2.0","id":1,"method":"nonsense"}' | ask |
        jq -r '.error | "\(.code) \(.data.kind)"')"

expect "a bad line, and the next one goes on" '-32700 true' \
    "$(printf '{"jsonrpc":\n{"jsonrpc":"2.0","id":2,"method":"ping"}\n' | ask |
        jq -r '.error.code // .result.ok' | xargs)"

expect "a batch" '[1,2]' \
    "$(jq -nc '[{id: 2, method: "ping"}, {id: 1, method: "status"}] | map({jsonrpc: "2.0"} + .)' |
        ask | jq -c 'map(.id) | sort')"

jq -nc '{jsonrpc: "2.0", id: "s", method: "complete",
        params: {prompt: "tokens:20", stream: true}}' | ask >"$folder/stream"
expect "a stream is answered in full after socat has closed its side" true \
    "$(jq -s '(.[:-1] | map(.params.content) | add) == .[-1].result.content
        and ([.[:-1][].params.seq] == [range(length - 1)])' "$folder/stream")"

expect "forty requests in one write are all answered" 'number 1..number 40 (40)' \
    "$(seq 40 | jq -c '{jsonrpc: "2.0", id: ., method: "complete",
            params: {prompt: "echo:number \(.)"}}' | ask |
        jq -rs 'sort_by(.id) | "\(.[0].result.content)..\(.[-1].result.content) (\(length))"')"

: >"$folder/nothing"
expect "a client that asks nothing gets nothing" '' "$(ask <"$folder/nothing")"
