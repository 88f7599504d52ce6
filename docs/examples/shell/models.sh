#!/bin/sh
# Lists models and backends with one connection and two requests.   models.sh
# Needs socat and jq.

socket=${CROWD_MODELS_SOCKET:-$(crowd-models sockname)} || exit

# Answers may come in any order: their ids say which is which.
socat -t 60 - "UNIX-CONNECT:$socket" <<'END' |
{"jsonrpc":"2.0","id":"models","method":"models.list"}
{"jsonrpc":"2.0","id":"backends","method":"backends.list"}
END
    jq -r 'if .id == "models" then .result.models[] | "model \(.id): \(.state)"
           else .result.backends[] | "backend \(.name): \(.state), \(.kind)" end' |
    sort
