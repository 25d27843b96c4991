# A private Redis for the tests: its own folder, a free port, nothing on disk, gone at the end. To be sourced after lib.sh.

# Sets TEST_REDIS_URL.
start_redis() {
  local port try
  command -v redis-server >/dev/null || fail "redis-server is not installed"
  say "starting Redis ($(redis-server --version | sed 's/.* v=\([^ ]*\).*/\1/')) for the tests"
  redis_folder=$(mktemp -d /tmp/passerelle-redis.XXXXXX)
  at_exit stop_redis
  for try in 1 2 3; do
    port=$(free_port)
    # Nothing of it may hold the output of whoever called this script.
    redis-server --port "$port" --bind 127.0.0.1 --dir "$redis_folder" --save '' --appendonly no --maxmemory 256mb \
      --maxmemory-policy noeviction --requirepass passerelle </dev/null >"$redis_folder/log" 2>&1 &
    redis_pid=$!
    redis_answers "$port" && break
    stop_redis_server
  done
  [ -n "${redis_pid:-}" ] || fail "Redis does not start: $(tail -n5 "$redis_folder/log")"
  export TEST_REDIS_URL="redis://default:passerelle@127.0.0.1:$port/0"
}

# redis_answers PORT : within 10 seconds, from the process that was started and from no other that has its port.
redis_answers() {
  local look
  for look in $(seq 100); do
    kill -0 "$redis_pid" 2>/dev/null || return 1
    [ "$(REDISCLI_AUTH=passerelle redis-cli -h 127.0.0.1 -p "$1" ping 2>/dev/null)" = PONG ] && kill -0 "$redis_pid" 2>/dev/null && return
    sleep 0.1
  done
  return 1
}

stop_redis_server() {
  [ -n "${redis_pid:-}" ] || return 0
  kill "$redis_pid" 2>/dev/null || true
  wait "$redis_pid" 2>/dev/null || true
  redis_pid=
}

stop_redis() {
  stop_redis_server
  rm -rf "$redis_folder"
}
