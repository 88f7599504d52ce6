# What is measured. Each section leaves its series in $BENCH_RESULTS; the driver lets the compared
# programs take turns, round by round.

# rounds FULL QUICK
rounds() {
    ((quick)) && echo "$2" || echo "$1"
}

drive() {
    timeout 120 "$driver" "$@"
}

# Processors that this shell may use: the first and the last.
processors=$(sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status)
first_processor=${processors%%[-,]*} last_processor=${processors##*[-,]}

# The servers and the driver each on a processor of their own, all on one, or wherever they like.
pin_apart() {
    drive pin "$last_processor" "$@" && drive pin "$first_processor" $$
}
pin_together() {
    drive pin "$last_processor" $$ "$@"
}
pin_free() {
    drive pin all $$ "$@"
}

measure_ping() {
    local line=("daemon=ping@$scratch/main.sock#$main_pid" "echo=ping@$scratch/echo.sock#$echo_pid")
    local servers=("$main_pid" "$echo_pid") shape
    is_skipped redis-server || { line+=("redis=redis@$scratch/redis.sock#$redis_pid") && servers+=("$redis_pid"); }
    pin_apart "${servers[@]}"
    for shape in 8x1 64x1 8x16; do
        drive load --name ping-$shape --connections ${shape%x*} --pipeline ${shape#*x} \
            --seconds "$(rounds 0.5 0.3)" --rounds "$(rounds 11 5)" "${line[@]}" || return
    done
    pin_together "${servers[@]}"
    drive lone --name ping-lone --calls 2000 --rounds "$(rounds 25 9)" "${line[@]}" || return
    pin_free "${servers[@]}"
}

measure_methods() {
    local socket=$scratch/many.sock
    pin_apart "$many_pid"
    drive load --name models.list --connections 1 --pipeline 16 --seconds 0.4 \
        --rounds "$(rounds 9 3)" "daemon=models.list@$socket#$many_pid" || return
    drive load --name stats --connections 1 --pipeline 16 --seconds 0.4 \
        --rounds "$(rounds 9 3)" "daemon=stats@$socket#$many_pid" || return
    pin_free "$many_pid"
}

measure_complete() {
    local line=("daemon=complete@$scratch/main.sock#$main_pid" "direct=http@$backend_port")
    local servers=("$main_pid" "$backend_pid")
    is_skipped nginx || { line+=("nginx=http@$scratch/nginx.sock#$nginx_pid") && servers+=("$nginx_pid"); }
    pin_together "${servers[@]}"
    drive lone --name complete --calls 1000 --rounds "$(rounds 25 9)" "${line[@]}" || return
    pin_free "${servers[@]}"
    drive load --name complete-16 --connections 16 --seconds "$(rounds 0.7 0.4)" \
        --rounds "$(rounds 11 5)" "${line[@]}" || return
}

measure_stream() {
    local socket=$scratch/main.sock
    pin_together "$main_pid" "$backend_pid"
    drive lone --name stream --calls 500 --rounds "$(rounds 25 9)" daemon=stream@"$socket" \
        direct=http-stream@"$backend_port" || return
    pin_free "$main_pid" "$backend_pid"
    drive streams --rounds "$(rounds 5 2)" streams-200 "$socket" || return
    drive flood --rounds "$(rounds 11 5)" daemon=flood@"$socket" \
        direct=http-flood@"$backend_port" || return
}

measure_large() {
    local socket=$scratch/main.sock
    drive lone --name prompt-1mb --calls 20 --rounds "$(rounds 15 7)" \
        daemon=complete-1mb@"$socket" direct=http-1mb@"$backend_port" || return
    drive lone --name ping-meanwhile --calls 500 --rounds "$(rounds 11 5)" --gap-us 200 \
        --meanwhile large=complete-1mb@"$socket" daemon=ping@"$socket" || return
}

# The daemon of measure_memory idles while this runs: both in the time of one.
measure_json() {
    timeout 60 "$products/BenchJSON" || return
}

measure_memory() {
    local socket=$scratch/fresh.sock fresh
    start_daemon fresh "$daemon" "$scratch/one.toml"
    fresh=$pid
    sleep 3
    drive memory memory.release "$fresh" || return
    drive idle --seconds "$(rounds 20 5)" idle "$fresh" || return
    drive hold memory.connections 1000 "$socket" "$fresh" || return
    local million=(--connections 8 --pipeline 16 --rounds 1)
    local completes=(--connections 16 --rounds 1)
    drive load --name memory-warm-ping "${million[@]}" --total 200000 ping=ping@"$socket" || return
    drive load --name memory-warm-complete "${completes[@]}" --total "$(rounds 20000 10000)" \
        complete=complete@"$socket" || return
    drive memory memory.before "$fresh" || return
    drive load --name memory-ping "${million[@]}" --total 1000000 ping=ping@"$socket" || return
    drive load --name memory-complete "${completes[@]}" --total "$(rounds 100000 20000)" \
        complete=complete@"$socket" || return
    drive memory memory.after "$fresh" || return
    stop "$fresh"
}

measure_start() {
    drive start --rounds "$(rounds 25 9)" "$scratch/start.sock" "$daemon" \
        --config "$scratch/one.toml" --socket "$scratch/start.sock" || return
}

measure_client() {
    local client="$products/crowd-models --socket $scratch/main.sock"
    drive once --name client --rounds "$(rounds 25 9)" "ping=$client ping" || return
    local body='{"model":"bench-model","messages":[{"role":"user","content":"hello"}]}'
    local kinds=("client=$client complete --no-stream -m bench-model hello")
    is_skipped curl || kinds+=("curl=curl -s -o /dev/null -H Content-Type:application/json -d $body \
http://127.0.0.1:$backend_port/api/v0/chat/completions")
    drive once --name client-complete --rounds "$(rounds 25 9)" "${kinds[@]}" || return
}

# As it is installed: the Swift runtime inside. Its own scratch folder keeps the other build whole.
measure_static() {
    local folder=.cache/bench/static
    if ((build)) || [[ ! -x $folder/release/crowd-models-executor ]]; then
        nice -n 15 swift build -c release --static-swift-stdlib --scratch-path $folder \
            --product crowd-models-executor >"$scratch/static.log" 2>&1 ||
            { tail -5 "$scratch/static.log" && return 1; }
    fi
    start_daemon static $folder/release/crowd-models-executor "$scratch/one.toml"
    sleep 3
    drive memory memory.static "$pid" || return
    stop "$pid"
}
