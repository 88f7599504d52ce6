#!/bin/sh
# Prints a model's answer as it comes; Ctrl-C stops the model.   stream.sh PROMPT...
# $CROWD_MODELS_MODEL says which model, if it is set. Needs socat and jq.

socket=${CROWD_MODELS_SOCKET:-$(crowd-models sockname)} || exit

# First come notifications, each with a piece of the text, then the result with all of it.
jq -nc --arg prompt "$*" \
    '{jsonrpc: "2.0", id: 1, method: "complete",
      params: {prompt: $prompt, model: env.CROWD_MODELS_MODEL, stream: true}}' |
    socat -t 600 - "UNIX-CONNECT:$socket" |
    jq -j --unbuffered '
        if .method == "complete.delta" then .params.content // ""
        elif .error then "\(.error.data.kind): \(.error.message)\n" | halt_error(1)
        else "\n" end'
