# A private PostgreSQL for the tests: its own folder, a free port, gone at the end. To be sourced after lib.sh.

# Sets TEST_DATABASE_URL.
start_postgres() {
  local bin port try
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n1)
  [ -n "$bin" ] || fail "PostgreSQL is not installed under /usr/lib/postgresql"
  say "starting PostgreSQL ($("$bin/postgres" --version | cut -d' ' -f3)) for the tests"
  postgres_folder=$(mktemp -d /tmp/passerelle-pg.XXXXXX)
  postgres_bin=$bin
  at_exit stop_postgres
  [ "$(id -u)" = 0 ] && chown postgres: "$postgres_folder"
  chmod 755 "$postgres_folder"
  echo passerelle >"$postgres_folder/password"
  chmod 644 "$postgres_folder/password"
  postgres_user "$bin/initdb" -D "$postgres_folder/data" -U passerelle -E UTF8 --locale=C.UTF-8 --auth-local=trust \
    --auth-host=scram-sha-256 --pwfile="$postgres_folder/password" --no-sync >"$postgres_folder/initdb.log" 2>&1 ||
    fail "initdb: $(cat "$postgres_folder/initdb.log")"
  for try in 1 2 3; do
    port=$(free_port)
    postgres_user "$bin/pg_ctl" -D "$postgres_folder/data" -w -t 30 -l "$postgres_folder/log" -o "-p $port -k $postgres_folder \
      -h 127.0.0.1 -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" start >/dev/null 2>&1 && break
    port=
  done
  [ -n "${port:-}" ] || fail "PostgreSQL does not start: $(tail -n5 "$postgres_folder/log")"
  postgres_user "$bin/createdb" -h "$postgres_folder" -p "$port" -U passerelle tests
  export TEST_DATABASE_URL="postgres://passerelle:passerelle@127.0.0.1:$port/tests"
}

postgres_user() {
  # The server refuses to run as root.
  if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/tmp LC_ALL=C.UTF-8 "$@" </dev/null)
  else "$@" </dev/null
  fi
}

stop_postgres() {
  postgres_user "$postgres_bin/pg_ctl" -D "$postgres_folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$postgres_folder"
}
