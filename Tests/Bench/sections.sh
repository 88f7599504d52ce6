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

# sides KIND WHICH [PEER=KIND@ADDRESS[#PID]...]: what takes turns, in the array `line`: every
# daemon's WHICH (main, many) and those peers that are there; their ids in the array `servers`.
sides() {
    local kind=$1 which=$2 each
    shift 2
    line=() servers=()
    for each in "${sides[@]}"; do
        line+=("$each=$kind@$scratch/$which-$each.sock#${pids[$which-$each]}")
        servers+=("${pids[$which-$each]}")
    done
    [[ ! -v against ]] || return 0
    for each in "$@"; do
        is_skipped "${each%%=*}" && continue
        line+=("$each")
        [[ $each != *#* ]] || servers+=("${each##*#}")
    done
}

measure_ping() {
    local line servers shape
    sides ping main "echo=ping@$scratch/echo.sock#$echo_pid" \
        "redis=redis@$scratch/redis.sock#$redis_pid"
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
    local line servers method
    for method in models.list stats; do
        sides $method many "redis=redis@$scratch/redis.sock#$redis_pid"
        pin_apart "${servers[@]}"
        drive load --name $method --connections 1 --pipeline 16 --seconds 0.4 \
            --rounds "$(rounds 9 3)" "${line[@]}" || return
    done
    pin_free "${servers[@]}"
}

measure_complete() {
    local line servers
    sides complete main "direct=http@$backend_port" "nginx=http@$scratch/nginx.sock#$nginx_pid"
    pin_together "$backend_pid" "${servers[@]}"
    drive lone --name complete --calls 4000 --rounds "$(rounds 25 9)" "${line[@]}" || return
    drive load --name complete-16 --connections 16 --seconds 0.4 --rounds "$(rounds 21 7)" \
        "${line[@]}" || return
    pin_free "$backend_pid" "${servers[@]}"
}

measure_stream() {
    local line servers
    sides stream main "direct=http-stream@$backend_port" \
        "nginx=http-stream@$scratch/nginx.sock#$nginx_pid"
    pin_together "$backend_pid" "${servers[@]}"
    drive lone --name stream --calls 500 --rounds "$(rounds 25 9)" "${line[@]}" || return
    pin_free "$backend_pid" "${servers[@]}"
    [[ -v against ]] ||
        drive streams --rounds "$(rounds 5 2)" streams-200 "$scratch/main-daemon.sock" || return
    sides flood main "direct=http-flood@$backend_port" \
        "nginx=http-flood@$scratch/nginx.sock#$nginx_pid"
    drive flood --rounds "$(rounds 41 11)" "${line[@]}" || return
}

# The daemon by its door for OpenAI's clients, and beside it the same by its lines.
measure_http() {
    local line servers lines=$scratch/main-daemon.sock#${pids[main-daemon]-}
    sides chat main "lines=complete@$lines" "direct=http@$backend_port" \
        "nginx=http@$scratch/nginx.sock#$nginx_pid"
    pin_together "$backend_pid" "${servers[@]}"
    drive lone --name http --calls 1000 --rounds "$(rounds 25 9)" "${line[@]}" || return
    sides http-stream main "lines=stream@$lines" "direct=http-stream@$backend_port" \
        "nginx=http-stream@$scratch/nginx.sock#$nginx_pid"
    drive lone --name http-stream --calls 500 --rounds "$(rounds 25 9)" "${line[@]}" || return
    pin_free "$backend_pid" "${servers[@]}"
    [[ -v against ]] || measure_http_memory
}

# Pairs of daemons that have just started: one without a port for HTTP, one with.
measure_http_memory() {
    local each without=() with=()
    { cat "$scratch/one.toml" && printf '[http]\nlisten = "127.0.0.1:0"\n'; } >"$scratch/port.toml"
    for each in 1 2 3 4 5; do
        start_daemon "portless-$each" "$daemon" "$scratch/one.toml"
        without+=("$pid")
        start_daemon "port-$each" "$daemon" "$scratch/port.toml"
        with+=("$pid")
    done
    sleep 3
    drive memory http.without "${without[@]}" || return
    drive memory http.with "${with[@]}" || return
    for each in "${without[@]}" "${with[@]}"; do stop "$each"; done
}

measure_large() {
    local line servers
    sides complete-1mb main "direct=http-1mb@$backend_port" \
        "nginx=http-1mb@$scratch/nginx.sock#$nginx_pid"
    pin_together "$backend_pid" "${servers[@]}"
    drive lone --name prompt-1mb --calls 20 --rounds "$(rounds 15 7)" "${line[@]}" || return
    pin_free "$backend_pid" "${servers[@]}"
    [[ ! -v against ]] || return 0
    local socket=$scratch/main-daemon.sock
    drive lone --name ping-meanwhile --calls 500 --rounds "$(rounds 11 5)" --gap-us 200 \
        --meanwhile large=complete-1mb@"$socket" daemon=ping@"$socket" || return
}

measure_scheduler() {
    timeout 60 "$products/BenchScheduler" || return
}

# Two daemons of this section's own, four requests running at once: one whose server answers no
# chat, one whose server answers all. 10,000 wait, then 200, so that what a long queue adds shows.
measure_queue() {
    local servers held served port_silent
    start backend-silent "$driver" backend --silent 1 0
    servers=("$pid")
    until [[ -s $scratch/backend-silent.out ]]; do sleep 0.02; done
    port_silent=$(<"$scratch/backend-silent.out")
    write_queue_config "$port_silent" >"$scratch/silent.toml"
    write_queue_config "$backend_port" >"$scratch/served.toml"
    start held "$daemon" --config "$scratch/silent.toml" --socket "$scratch/held.sock"
    held=$pid
    start served "$daemon" --config "$scratch/served.toml" --socket "$scratch/served.sock"
    served=$pid
    drive await "held=models.list@$scratch/held.sock" || return
    drive await "served=complete@$scratch/served.sock" || return
    sleep 1
    local targets=("held=ping@$scratch/held.sock#$held" "served=ping@$scratch/served.sock#$served")
    drive queue --name queue-10000 --each 50 --rounds "$(rounds 7 3)" "${targets[@]}" || return
    drive queue --name queue-200 --each 1 --rounds "$(rounds 21 7)" "${targets[@]}" || return
    stop "$held"
    stop "$served"
    stop "${servers[0]}"
}

measure_json() {
    timeout 60 "$products/BenchJSON" || return
}

measure_memory() {
    local socket=$scratch/fresh.sock fresh idling=()
    start_daemon fresh "$daemon" "$scratch/one.toml"
    fresh=$pid
    sleep 3
    drive memory memory.release "$fresh" || return
    is_skipped redis-server || {
        drive idle --seconds "$(rounds 20 5)" idle.redis "$redis_pid" &
        idling=($!)
    }
    drive idle --seconds "$(rounds 20 5)" idle.daemon "$fresh" || return
    ((${#idling[@]} == 0)) || wait "${idling[@]}" || return
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
    local programs=() each socket
    for each in "${sides[@]}"; do
        socket=$scratch/start-$each.sock
        programs+=("$each=ping@$socket ${binaries[$each]} --config $scratch/one.toml \
            --socket $socket")
    done
    [[ -v against ]] || is_skipped redis-server || {
        write_redis_config "$scratch/start-redis.sock" >"$scratch/start-redis.conf"
        programs+=("redis=redis@$scratch/start-redis.sock redis-server $scratch/start-redis.conf")
    }
    pin_together
    drive start --rounds "$(rounds 9 3)" "${programs[@]}" || return
    pin_free
}

measure_client() {
    local pings=() completes=() each client body url
    for each in "${sides[@]}"; do
        client="$(dirname "${binaries[$each]}")/crowd-models --socket $scratch/main-$each.sock"
        [[ -v against ]] || each=client
        pings+=("$each=$client ping")
        completes+=("$each=$client complete --no-stream -m bench-model hello")
    done
    body='{"model":"bench-model","messages":[{"role":"user","content":"hello"}]}'
    url=http://127.0.0.1:$backend_port/api/v0/chat/completions
    [[ -v against ]] || {
        is_skipped redis-server || pings+=("redis-cli=redis-cli -s $scratch/redis.sock ping")
        is_skipped curl || completes+=(
            "curl=curl -s -o /dev/null -H Content-Type:application/json -d $body $url")
    }
    local servers=("$backend_pid" "${pids[@]}")
    pin_together "${servers[@]}"
    drive once --name client-ping --rounds "$(rounds 9 5)" "${pings[@]}" || return
    drive once --name client-complete --rounds "$(rounds 9 5)" "${completes[@]}" || return
    pin_free "${servers[@]}"
}

# Rows over their limit are judged by the goal; here only those that could not be played fail.
measure_held() {
    is_skipped python3 && return
    local status=0
    Tests/Bench/held || status=$?
    ((status <= 1))
}
