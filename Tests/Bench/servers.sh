# The servers that are measured, and the peers beside them: started, told apart, ended by id.

started=() skipped=()

# The daemons that take turns (one, or with --against the new one, the old one and its twin), the
# program of each, and the ids of its processes: main-NAME, many-NAME.
sides=(daemon)
declare -A binaries pids

# Peers come from Debian where this is root and apt works; what is missing then is skipped by name.
install_peers() {
    local missing=()
    command -v redis-server >/dev/null || missing+=(redis-server)
    command -v nginx >/dev/null || missing+=(nginx-light)
    command -v curl >/dev/null || missing+=(curl)
    if ((${#missing[@]} && $(id -u) == 0)) && command -v apt-get >/dev/null; then
        # policy-rc.d keeps the packages from starting services of their own.
        local policy=/usr/sbin/policy-rc.d
        if [[ -e $policy ]]; then
            policy=''
        else
            printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
        fi
        { timeout 60 apt-get update && timeout 120 apt-get install -y --no-install-recommends \
            "${missing[@]}"; } >/dev/null 2>&1 || true
        [[ -z $policy ]] || rm -f "$policy"
    fi
    local peer
    for peer in redis-server nginx curl python3; do
        command -v $peer >/dev/null || skipped+=("$peer")
    done
}

is_skipped() {
    local name=$1
    [[ $name != redis ]] || name=redis-server
    [[ " ${skipped[*]-} " == *" $name "* ]]
}

describe_machine() {
    printf 'processor\t%s × %s\n' "$(nproc)" \
        "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)"
    printf 'memory\t%s\n' "$(sed -n 's/^MemTotal: *//p' /proc/meminfo)"
    printf 'kernel\t%s\n' "$(uname -sr)"
    printf 'load before the run\t%s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
    printf 'date\t%s\n' "$(date -u +%Y-%m-%dT%H:%MZ)"
    printf 'revision\t%s\n' "$(git describe --always --dirty 2>/dev/null || echo unknown)"
    printf 'compiler\t%s\n' "$(swift --version 2>/dev/null | head -1)"
    is_skipped redis-server || printf 'redis\t%s\n' "$(redis-server --version | cut -d' ' -f3)"
    is_skipped nginx || printf 'nginx\t%s\n' "$(nginx -v 2>&1 | sed 's/.*\///')"
}

# All that takes part goes before other work of the machine, where that is allowed: the process and
# its children, and the session, whose share the kernel weighs first (sched_autogroup).
group=/proc/$$/autogroup
go_first() {
    renice -n -15 -p $$ >/dev/null 2>&1 || return 0
    [[ -w $group ]] || return 0
    group_nice=$(sed 's/.*nice //' "$group")
    echo -15 2>/dev/null >"$group" || true
}

go_back() {
    [[ -z ${group_nice-} ]] || echo "$group_nice" 2>/dev/null >"$group" || true
}

# start NAME COMMAND...: runs it, its output in the scratch folder; its id in $pid.
start() {
    local label=$1
    shift
    "$@" >"$scratch/$label.out" 2>"$scratch/$label.err" &
    pid=$!
    started+=("$pid")
}

# Ends what is still running of it: the shell's own jobs, since an old id may be another's by now.
stop_all() {
    local each
    for each in $(jobs -pr); do
        kill "$each" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    go_back
    rm -rf "$scratch"
}

stop() {
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# A constant backend with so many models; its port in $port, its id in $pid.
start_backend() {
    start "backend$1" "$driver" backend --models "$1" 0
    until [[ -s $scratch/backend$1.out ]]; do sleep 0.02; done
    port=$(<"$scratch/backend$1.out")
    "$driver" await "backend=http@$port"
}

# write_config PORT: as a user's file, without rate_limit, so that nothing but work is measured.
write_config() {
    cat <<END
default_model = "bench-model"
[discovery]
enabled = true
interval = 1
[[llm_backends]]
name = "bench"
endpoint = "http://127.0.0.1:$1/api/v0"
kind = "lmstudio"
max_concurrent = 256
[log]
level = "error"
END
}

# The same, four at once, and a queue for all that the benchmark makes wait.
write_queue_config() {
    write_config "$1" | sed 's/^max_concurrent = .*/max_concurrent = 4/'
    printf '[limits]\nqueue_max = 20000\n'
}

# start_daemon NAME PROGRAM CONFIG: its socket is NAME.sock in the scratch folder, its id in $pid.
start_daemon() {
    start "$1" "$2" --config "$3" --socket "$scratch/$1.sock"
    "$driver" await "$1=complete@$scratch/$1.sock"
}

start_servers() {
    local each
    start echo "$driver" echo "$scratch/echo.sock"
    echo_pid=$pid
    start_backend 1
    backend_port=$port backend_pid=$pid
    write_config "$port" >"$scratch/one.toml"
    start_backend 100
    write_config "$port" >"$scratch/hundred.toml"
    for each in "${sides[@]}"; do
        start_daemon "main-$each" "${binaries[$each]}" "$scratch/one.toml"
        pids[main-$each]=$pid
        start_daemon "many-$each" "${binaries[$each]}" "$scratch/hundred.toml"
        pids[many-$each]=$pid
    done
    redis_pid=0 nginx_pid=0
    [[ ! -v against ]] || return 0
    is_skipped redis-server || start_redis
    is_skipped nginx || start_nginx
}

write_redis_config() {
    cat <<END
port 0
unixsocket $1
save ""
appendonly no
loglevel warning
dir $scratch
END
}

start_redis() {
    write_redis_config "$scratch/redis.sock" >"$scratch/redis.conf"
    start redis redis-server "$scratch/redis.conf"
    redis_pid=$pid
    "$driver" await "redis=redis@$scratch/redis.sock"
}

# One worker, as there is one daemon; kept-alive connections on both sides; a large prompt in memory;
# streams passed on at once, as everybody sets it for them.
start_nginx() {
    mkdir -p "$scratch/nginx"
    cat >"$scratch/nginx.conf" <<END
daemon off;
master_process off;
pid $scratch/nginx/pid;
error_log $scratch/nginx/error.log crit;
events { worker_connections 1024; }
http {
    access_log off;
    client_max_body_size 16m;
    client_body_buffer_size 2m;
    client_body_temp_path $scratch/nginx/body;
    proxy_temp_path $scratch/nginx/proxy;
    fastcgi_temp_path $scratch/nginx/fastcgi;
    uwsgi_temp_path $scratch/nginx/uwsgi;
    scgi_temp_path $scratch/nginx/scgi;
    keepalive_requests 100000000;
    upstream backend { server 127.0.0.1:$backend_port; keepalive 64; keepalive_requests 100000000; }
    server {
        listen unix:$scratch/nginx.sock;
        location / {
            proxy_pass http://backend;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
        location /v1/ {
            proxy_pass http://backend;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }
    }
}
END
    start nginx nginx -c "$scratch/nginx.conf" -e "$scratch/nginx/error.log"
    nginx_pid=$pid
    "$driver" await "nginx=http@$scratch/nginx.sock"
}
