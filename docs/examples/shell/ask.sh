#!/bin/sh
# Prints a model's answer.   ask.sh PROMPT...     or     some command | ask.sh
# $CROWD_MODELS_MODEL says which model, if it is set. Needs socat and jq.

socket=${CROWD_MODELS_SOCKET:-$(crowd-models sockname)} || exit

# jq writes the request, so that quotes and line breaks of the prompt are escaped; -c keeps it on
# one line. An id is needed, since a request without one gets no answer.
if [ $# -gt 0 ]; then printf '%s' "$*"; else cat; fi |
    jq -Rsc '{jsonrpc: "2.0", id: 1, method: "complete",
              params: {prompt: ., model: env.CROWD_MODELS_MODEL}}' |
    # socat closes its side after the request, and gets its answer all the same; -t is for how many
    # seconds it waits for it.
    socat -t 600 - "UNIX-CONNECT:$socket" |
    jq -r 'if .error then "\(.error.data.kind): \(.error.message)\n" | halt_error(1)
           else .result.content end'
