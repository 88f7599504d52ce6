# Sourced by shell tests: a daemon with the simulator behind it, ended with the script.
#
# Afterwards $CROWD_MODELS_SOCKET is its socket and $folder a temporary folder. Programs are taken
# from $CROWD_MODELS_PRODUCTS, else from .build/debug.

set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
products=${CROWD_MODELS_PRODUCTS:-$root/.build/debug}

skip() {
    echo "skipped: $*"
    exit 77
}

fail() {
    echo "FAILED: $1"
    shift
    [ $# -eq 0 ] || printf '    %s\n' "$@"
    exit 1
}

# expect NAME EXPECTED FOUND
expect() {
    [ "$2" = "$3" ] || fail "$1" "expected: $2" "found:    $3"
    echo "ok: $1"
}

# wait_for SECONDS COMMAND...: runs the command again until it succeeds.
wait_for() {
    tries=$(($1 * 50))
    shift
    until "$@"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.02
    done
}

stop_programs() {
    kill ${daemon:-} ${simulator:-} 2>/dev/null
    wait
    rm -rf "$folder"
}

# start_daemon [SIMULATOR-OPTION...]
start_daemon() {
    folder=$(mktemp -d /tmp/crowd-models-XXXXXX)
    : >"$folder/daemon.log"
    trap stop_programs EXIT
    trap 'exit 1' INT TERM
    for program in crowd-models-executor crowd-models lmstudio-simulator; do
        [ -x "$products/$program" ] ||
            (cd "$root" && swift build --product $program) || fail "no $program"
    done
    "$products/lmstudio-simulator" --port 0 "$@" >"$folder/simulator.out" &
    simulator=$!
    wait_for 10 grep -q '^listening on ' "$folder/simulator.out" || fail "no simulator"
    url=$(sed -n 's/^listening on //p' "$folder/simulator.out")
    cat >"$folder/config.toml" <<END
[discovery]
enabled = false
[[llm_backends]]
name = "lmstudio"
endpoint = "$url"
END
    CROWD_MODELS_SOCKET=$folder/executor.sock
    export CROWD_MODELS_SOCKET
    "$products/crowd-models-executor" --config "$folder/config.toml" \
        --socket "$CROWD_MODELS_SOCKET" 2>>"$folder/daemon.log" &
    daemon=$!
    wait_for 10 grep -q '^INFO: Discovered' "$folder/daemon.log" ||
        fail "the daemon found no models" "$(cat "$folder/daemon.log")"
}
