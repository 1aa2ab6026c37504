# shellcheck shell=bash
# A private PostgreSQL and a private Redis for modes that need them, on a machine that has none running: listening on loopback
# only, with passwords of their own, all files under the data directory. To be sourced after lib-service.sh.

is_listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Sets DOC_HEALING_REDIS_URL unless Redis is configured or listens where the default looks for it.
ensure_redis() {
  [[ -n $uses_redis && -z ${DOC_HEALING_REDIS_URL:-}${DOC_HEALING_REDIS_HOST:-}${DOC_HEALING_REDIS_PORT:-} ]] || return 0
  if [[ ! -e $data/redis/url ]]; then
    if is_listening 6379; then return 0; fi
    make_redis
  fi
  DOC_HEALING_REDIS_URL=$(<"$data/redis/url")
  export DOC_HEALING_REDIS_URL
  if [[ -z $(processes redis) ]]; then
    redis-server "$data/redis/redis.conf" >/dev/null || fail 70 "the private redis does not start (log: $data/log/redis.log)"
  fi
}

make_redis() {
  want redis-server redis-server
  install_missing
  local port password
  port=$(free_port)
  password=$(openssl rand -hex 24)
  mkdir -p -m 0700 "$data/redis"
  mkdir -p "$data/run" "$data/log"
  (
    umask 077
    cat >"$data/redis/redis.conf" <<END
bind 127.0.0.1
port $port
requirepass $password
daemonize yes
dir "$data/redis"
pidfile "$data/run/redis.pid"
logfile "$data/log/redis.log"
# Acknowledged jobs are on disk before the acknowledgement.
appendonly yes
appendfsync always
maxmemory-policy noeviction
END
    printf 'redis://:%s@127.0.0.1:%s/0\n' "$password" "$port" >"$data/redis/url"
  )
}

# Sets DOC_HEALING_DATABASE_URL unless a database is configured or one listens where the default looks for it.
ensure_postgresql() {
  [[ -n $uses_postgresql && -z ${DOC_HEALING_DATABASE_URL:-} ]] || return 0
  if [[ ! -e $data/postgresql/url ]]; then
    if is_listening 5432; then return 0; fi
    make_postgresql
  fi
  DOC_HEALING_DATABASE_URL=$(<"$data/postgresql/url")
  export DOC_HEALING_DATABASE_URL
  start_postgresql
}

# PostgreSQL refuses root: its own user runs it then.
as_postgres() {
  if ((EUID == 0)); then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

postgresql_program() { compgen -G "/usr/lib/postgresql/*/bin/$1" | sort -V | tail -n 1; }

make_postgresql() {
  want postgresql "file:/usr/lib/postgresql/*/bin/initdb"
  install_missing
  local place=$data/postgresql port
  mkdir -p "$place" "$data/run" "$data/log"
  if ((EUID == 0)); then chown postgres "$place"; fi
  as_postgres test -w "$place" || fail 73 "user postgres cannot enter $place; use --data elsewhere or set DOC_HEALING_DATABASE_URL"
  port=$(free_port)
  as_postgres sh -c 'umask 077; cat >"$1"' sh "$place/password" < <(openssl rand -hex 24)
  as_postgres "$(postgresql_program initdb)" -D "$place/cluster" -U doc_healing -A scram-sha-256 --pwfile "$place/password" \
    -E UTF8 --locale C >"$data/log/postgresql-initdb.log" 2>&1 || fail 70 "initdb failed (log: $data/log/postgresql-initdb.log)"
  as_postgres sh -c 'cat >>"$1"' sh "$place/cluster/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
END
  start_postgresql
  PGPASSWORD=$(<"$place/password") psql -q -h 127.0.0.1 -p "$port" -U doc_healing -d postgres -c 'create database doc_healing' ||
    fail 70 "cannot create the database in the private postgresql"
  (umask 077 && printf 'postgresql://doc_healing:%s@127.0.0.1:%s/doc_healing\n' "$(<"$place/password")" "$port" >"$place/url")
}

start_postgresql() {
  local place=$data/postgresql
  if [[ -z $(processes postgresql) ]]; then
    # After a kill the old server's processes need a moment to leave, and its lock file stands until then.
    local attempt started=
    for attempt in 1 2 3 4 5; do
      if as_postgres "$(postgresql_program pg_ctl)" -D "$place/cluster" -l "$place/log" -w -t 30 start >/dev/null 2>&1; then
        started=yes
        break
      fi
      sleep "$attempt"
    done
    [[ -n $started ]] || fail 70 "the private postgresql does not start (log: $place/log)"
    head -n 1 "$place/cluster/postmaster.pid" >"$data/run/postgresql.pid"
  fi
}
