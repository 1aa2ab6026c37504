# shellcheck shell=bash
# The service as scripts/run, scripts/stop and scripts/bench handle it: settings, nginx, responders, worker, all under one
# data directory. To be sourced after lib.sh; functions use `$data`, its absolute path.
#
#   $data/env               settings as `export` lines, private to the user
#   $data/nginx/            the rendered configuration
#   $data/run/*.pid         one process a line
#   $data/run/signature     what the running service was started with
#   $data/log/              what nginx, responders and workers say

# What AcceptLoop.defaultThreads says; scripts/check-deploy compares them.
threads_of_a_responder=16

# use_data DIRECTORY: makes it where it is missing.
use_data() {
  mkdir -p "$1" || fail 73 "cannot create the data directory $1"
  data=$(cd "$1" && pwd -P)
  # nginx has no escapes for these in the names of files.
  [[ $data != *[\"\'\\\$\;\{\}]* && $data != *$'\n'* ]] || fail 78 "the data directory's path may not contain quotes, \$, ;, braces or line breaks: $data"
}

# The default data directory belongs to the project, wherever the scripts are called from.
default_data() { printf '%s\n' "${DOC_HEALING_DATA_DIRECTORY:-$project/data}"; }

# Settings of the project's .env that the environment does not have, as the programs would read them themselves.
read_dotenv() {
  [[ -r $project/.env ]] || return 0
  local line name value
  while IFS= read -r line || [[ -n $line ]]; do
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?(DOC_HEALING_[A-Z0-9_]+)[[:space:]]*=[[:space:]]*(.*)$ ]] || continue
    name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
    if [[ $value =~ ^\"(.*)\"[[:space:]]*$ || $value =~ ^\'(.*)\'[[:space:]]*$ ]]; then value=${BASH_REMATCH[1]}
    else value=${value%%[[:space:]]#*} && value=${value%"${value##*[![:space:]]}"}; fi
    [[ -n ${!name+set} ]] || export "$name=$value"
  done <"$project/.env"
}

# Completes the settings: what is set stays, the rest gets the mode's defaults, secrets are kept or made.
complete_settings() {
  export DOC_HEALING_DEPLOYMENT_MODE=${DOC_HEALING_DEPLOYMENT_MODE:-lightweight}
  local database queue unified
  case $DOC_HEALING_DEPLOYMENT_MODE in
    lightweight) database=sqlite queue=memory unified=true ;;
    hybrid) database=postgresql queue=memory unified=true ;;
    full) database=postgresql queue=redis unified=false ;;
    *) fail 78 "DOC_HEALING_DEPLOYMENT_MODE is '$DOC_HEALING_DEPLOYMENT_MODE'; allowed: lightweight, hybrid, full" ;;
  esac
  database=${DOC_HEALING_DATABASE_BACKEND:-$database}
  queue=${DOC_HEALING_QUEUE_BACKEND:-$queue}
  unified=${DOC_HEALING_UNIFIED_WORKER:-$unified}
  export DOC_HEALING_DATA_DIRECTORY=$data
  export DOC_HEALING_API_HOST=${DOC_HEALING_API_HOST:-127.0.0.1} DOC_HEALING_API_PORT=${DOC_HEALING_API_PORT:-8000}
  if [[ $database == sqlite ]]; then export DOC_HEALING_SQLITE_PATH=${DOC_HEALING_SQLITE_PATH:-$data/doc_healing.db}; fi
  uses_postgresql=$([[ $database == postgresql ]] && echo yes || true)
  uses_redis=$([[ $queue == redis ]] && echo yes || true)
  # A memory queue lives in one process, which then also has to work. One that is shared allows several.
  responders=1
  if [[ $queue == redis && $DOC_HEALING_DEPLOYMENT_MODE == full ]]; then responders=2; fi
  uses_worker=$([[ $unified =~ ^(false|no|0|off)$ && $queue == redis ]] && echo yes || true)
  keep_secret DOC_HEALING_GIT_WEBHOOK_SECRET
}

# keep_secret NAME: from the environment, else from the former $data/env, else a new one.
keep_secret() {
  local name=$1 value
  [[ -z ${!name:-} ]] || return 0
  value=$(saved_setting "$name")
  export "$name=${value:-$(openssl rand -hex 32)}"
}

# saved_setting NAME: its value in $data/env; empty where there is none.
saved_setting() {
  [[ -r $data/env ]] || return 0
  # shellcheck source=/dev/null
  (unset "$1" && source "$data/env" && printf '%s' "${!1:-}")
}

# Writes every DOC_HEALING_ variable for the command line and for a later start.
save_settings() {
  local name file=$data/env.new
  (
    umask 077
    {
      echo "# Settings of the running service, written by scripts/run: source this file to use the command line with it."
      for name in "${!DOC_HEALING_@}"; do printf 'export %s=%s\n' "$name" "$(quoted "${!name}")"; done
    } >"$file"
  )
  mv "$file" "$data/env"
}

quoted() { printf "'%s'" "${1//\'/\'\\\'\'}"; }

# Unix socket paths have at most 107 bytes: a data directory far down gets its socket elsewhere.
socket_path() {
  local path=$data/run/responder.sock
  if ((${#path} > 100)); then
    path=${XDG_RUNTIME_DIR:-/tmp}/doc-healing-$(printf '%s' "$data" | cksum | cut -d' ' -f1)-$EUID/responder.sock
    mkdir -p -m 0700 "$(dirname "$path")"
    [[ -O $(dirname "$path") ]] || fail 73 "$(dirname "$path") belongs to another user"
  fi
  printf '%s\n' "$path"
}

# Where clients on this machine reach nginx.
base_url() {
  local host=$DOC_HEALING_API_HOST
  case $host in
    0.0.0.0 | '*') host=127.0.0.1 ;;
    ::) host='[::1]' ;;
    *:*) host="[$host]" ;;
  esac
  printf 'http://%s:%s\n' "$host" "$DOC_HEALING_API_PORT"
}

# Renders nginx's files. One number, the threads of all responders, bounds the connections that nginx keeps to them.
render_nginx() {
  local text workers=$((responders > 1 ? 2 : 1)) host=$DOC_HEALING_API_HOST
  local keepalive=$(((responders * threads_of_a_responder - 1) / workers))
  [[ $host != *:* ]] || host="[$host]"
  mkdir -p "$data/nginx" "$data/run/nginx" "$data/log"
  text=$(<"$project/nginx/nginx.conf.template")
  # As root the workers stay root: the data directory may lie where no other user can look.
  text=${text//@USER@/"$( ((EUID != 0)) || echo 'user root;')"}
  text=${text//@WORKERS@/$workers}
  text=${text//@KEEPALIVE@/$keepalive}
  text=${text//@RESPONDERS@/$responders}
  text=${text//@THREADS@/$threads_of_a_responder}
  text=${text//@REFUSED@/$([[ -n ${DOC_HEALING_API_TOKEN:-} ]] && echo 0 || echo 1)}
  text=${text//@LISTEN@/"$host:$DOC_HEALING_API_PORT"}
  text=${text//@SOCKET@/"$(socket_path)"}
  text=${text//@DATA@/"$data"}
  printf '%s\n' "$text" >"$data/nginx/nginx.conf"
  cp "$project/nginx/locations.conf" "$data/nginx/locations.conf"
}

run_nginx() { nginx -p "$data" -e "$data/log/nginx.log" -c "$data/nginx/nginx.conf" "$@"; }

start_nginx() {
  local output
  output=$(run_nginx 2>&1) || fail 70 "nginx does not start: $(head -n 1 <<<"$output")"
}

# In a shell that spawn-fcgi starts, since spawn-fcgi sends all output to /dev/null.
start_responders() {
  local output
  # shellcheck disable=SC2016
  output=$(cd "$project" && spawn-fcgi -s "$(socket_path)" -M 0600 -P "$data/run/responder.pid" -F "$responders" -- \
    /bin/sh -c 'exec "$1" >>"$2" 2>&1' sh "$binaries/doc-healing-responder" "$data/log/responder.log" 2>&1) ||
    fail 70 "the responder does not start: $(tail -n 1 "$data/log/responder.log" 2>/dev/null || true) ($(tail -n 1 <<<"$output"))"
}

start_worker() {
  (cd "$project" && exec setsid "$binaries/doc-healing-worker" </dev/null >>"$data/log/worker.log" 2>&1 & echo $! >"$data/run/worker.pid")
}

# processes NAME: the running ones of $data/run/NAME.pid. A number that now belongs to another program is not ours.
processes() {
  local pid command
  [[ -r $data/run/$1.pid ]] || return 0
  while read -r pid || [[ -n $pid ]]; do
    [[ $pid =~ ^[0-9]+$ && -r /proc/$pid/comm ]] || continue
    command=$(cat "/proc/$pid/comm" 2>/dev/null || true)
    case $1:$command in
      nginx:nginx | responder:doc-healing-* | responder:sh | worker:doc-healing-* | worker:setsid | redis:redis-server | postgresql:postgres)
        [[ $(awk '{print $3}' "/proc/$pid/stat" 2>/dev/null || true) == Z ]] || echo "$pid"
        ;;
    esac
  done <"$data/run/$1.pid"
}

# stop_processes NAME SIGNAL SECONDS: asks, waits, and ends those that do not listen.
stop_processes() {
  local pids pid round
  pids=$(processes "$1")
  for pid in $pids; do kill -s "$2" "$pid" 2>/dev/null || true; done
  for ((round = 0; round < $3 * 20; round++)); do
    [[ -n $(processes "$1") ]] || break
    sleep 0.05
  done
  for pid in $(processes "$1"); do
    say "$1 (process $pid) did not stop within $3 seconds; it is killed"
    kill -s KILL "$pid" 2>/dev/null || true
  done
  rm -f "$data/run/$1.pid"
  [[ -n $pids ]]
}

remove_traces() {
  local socket
  socket=$(socket_path)
  rm -f "$data/run/signature" "$socket"
  [[ $socket == "$data"/* ]] || rmdir "$(dirname "$socket")" 2>/dev/null || true
}

# nginx first: what it has handed over is answered, nothing new comes.
stop_programs() {
  local stopped=
  if stop_processes nginx QUIT 10; then stopped=yes; fi
  if stop_processes responder TERM 90; then stopped=yes; fi
  if stop_processes worker TERM 90; then stopped=yes; fi
  remove_traces
  [[ -n $stopped ]]
}

# The programs, then the private database and queue that they use.
stop_service() {
  local stopped=
  if stop_programs; then stopped=yes; fi
  if stop_processes redis TERM 20; then stopped=yes; fi
  if stop_processes postgresql INT 20; then stopped=yes; fi
  [[ -n $stopped ]]
}

# What a running service would have to be started with to be the one that is wanted now.
signature() {
  { cat "$data/env" "$data/nginx/nginx.conf" "$data/nginx/locations.conf" && stat -c '%n %Y %s' "${programs[@]/#/$binaries/}"; } | cksum
}

is_running_as_wanted() {
  [[ $(cat "$data/run/signature" 2>/dev/null || true) == "$(signature)" ]] || return 1
  [[ -n $(processes nginx) && $(processes responder | wc -l) -eq $responders ]] || return 1
  [[ -z $uses_worker || -n $(processes worker) ]] || return 1
  is_ready
}

# ask PATH [CURL-OPTION…]: the answer to a GET. The token goes to curl's standard input: arguments are for everybody to see.
ask() {
  local path=$1
  shift
  { [[ -z ${DOC_HEALING_API_TOKEN:-} ]] || printf 'header = "Authorization: Bearer %s"\n' "$DOC_HEALING_API_TOKEN"; } |
    curl --silent --show-error --noproxy '*' --max-time 5 --config - "$@" "$(base_url)$path"
}

is_ready() { [[ $(ask /ready --output /dev/null --write-out '%{http_code}' 2>/dev/null || true) == 200 ]]; }

# Waits until the dependencies are reachable; says which is not.
wait_until_ready() {
  local round
  for ((round = 0; round < 300; round++)); do
    if is_ready; then return; fi
    if [[ -z $(processes responder) ]]; then
      fail 70 "the responder has ended: $(tail -n 1 "$data/log/responder.log" 2>/dev/null || true) (log: $data/log/responder.log)"
    fi
    sleep 0.1
  done
  fail 70 "the service is not ready after 30 seconds: $(ask /ready 2>&1 | head -c 500 || true) (logs: $data/log)"
}

# Starts everything. The caller has completed and saved the settings and rendered nginx's files.
start_service() {
  mkdir -p "$data/run" "$data/log"
  start_responders
  [[ -z $uses_worker ]] || start_worker
  start_nginx
  wait_until_ready
  signature >"$data/run/signature"
}
