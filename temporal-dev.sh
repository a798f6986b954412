#!/bin/sh
# The one script a person needs: brings the whole system up on this machine, plays the demo on it, runs the tests.
# Needs a POSIX shell, the .NET SDK and a PostgreSQL source (see `./temporal-dev.sh help`). Every process that it starts
# is its own: private ports, private PostgreSQL cluster, its pid remembered, ended by that pid only.
set -eu

ROOT=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
CONFIGURATION=Release

usage() {
  cat <<'TEXT'
usage: ./temporal-dev.sh [command]

  (none)            everything on this machine until Ctrl-C: PostgreSQL, Temporal, simulators, worker, API
  demo              places orders of every kind through the REST API, plays them through, prints what became of each
  test [FILTER]     everything the tests need, then all tests (FILTER: of methods, as xunit takes it: *Name*)
  bench [api|engine]  the measurements; engine takes --quick, --store memory|postgres, --scenario one,ten,…
  server ARGS…      the embedded Temporal server alone, e.g. server start-dev --port 7233 --headless
  postgres          starts the private PostgreSQL if it is not running and prints its connection string
  down [--wipe]     stops what this clone started; --wipe also forgets its data

environment
  DATABASE_URL      use this PostgreSQL instead of a private one
  TEMPORAL_ADDRESS  use this Temporal (host:port) instead of the embedded server
  TEMPORAL_DEV_INSTANCE  a second system of this clone, beside the first, with its own data
  API_PORT TEMPORAL_PORT PARTNER_PORT PAYMENTS_PORT POSTGRES_PORT   first port to try for each (the next free one is taken)
TEXT
}

say() { printf '%s\n' "$*" >&2; }
die() { say "temporal-dev: $*"; exit 1; }

# ---------------------------------------------------------------------------------------------- where state lives

# Two systems of one clone live beside each other under different names (the end-to-end tests use one of their own).
INSTANCE=${TEMPORAL_DEV_INSTANCE:-}
case "$INSTANCE" in *[!A-Za-z0-9_-]*) die "TEMPORAL_DEV_INSTANCE may hold letters, digits, - and _ only" ;; esac
clone_key() { printf '%s' "$ROOT" | cksum | tr -d ' \n'; [ -z "$INSTANCE" ] || printf -- '-%s' "$INSTANCE"; }

if [ "$(id -u)" = 0 ]; then
  # PostgreSQL refuses to run as root, so its unprivileged user must be able to reach the directory.
  STATE=/var/lib/temporal-delivery/$(clone_key)
else
  STATE=$ROOT/.data${INSTANCE:+/$INSTANCE}
fi
LOGS=$STATE/logs
PIDS=$STATE/pids

prepare_state() {
  mkdir -p "$STATE" "$LOGS" "$PIDS"
  if [ "$(id -u)" = 0 ]; then
    chmod 711 /var/lib/temporal-delivery "$STATE"
    printf '%s\n' "$ROOT" > "$STATE/clone"
  else
    chmod 700 "$STATE"
  fi
}

# ------------------------------------------------------------------------------------------------------ processes

alive() { [ -n "${1:-}" ] && kill -0 "$1" 2>/dev/null; }

# A pid file counts only while the process behind it is still the one we started: pids are reused.
pid_of() {
  [ -f "$PIDS/$1" ] || return 1
  read -r _pid _mark < "$PIDS/$1" || return 1
  alive "$_pid" || return 1
  [ "$(started_at "$_pid")" = "$_mark" ] || return 1
  printf '%s' "$_pid"
}

started_at() {
  if [ -r "/proc/$1/stat" ]; then sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20
  else ps -o lstart= -p "$1" | tr -d ' '; fi
}

remember() { printf '%s %s\n' "$2" "$(started_at "$2")" > "$PIDS/$1"; }

stop() {
  _pid=$(pid_of "$1") || { rm -f "$PIDS/$1"; return 0; }
  kill -TERM "$_pid" 2>/dev/null || :
  _left=150
  while alive "$_pid" && [ "$_left" -gt 0 ]; do sleep 0.1; _left=$((_left - 1)); done
  if alive "$_pid"; then say "  $1 did not stop in 15 s; killed"; kill -KILL "$_pid" 2>/dev/null || :; fi
  rm -f "$PIDS/$1"
}

busy_port() {
  if [ -r /proc/net/tcp ]; then
    _hex=$(printf '%04X' "$1")
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v p=":$_hex" '$4 == "0A" && substr($2, length($2) - 4) == p { found = 1 } END { exit !found }'
  else
    netstat -an -p tcp 2>/dev/null | grep LISTEN | grep -q "[.:]$1 "
  fi
}

free_port() {
  _port=$1
  while busy_port "$_port"; do
    _port=$((_port + 1))
    [ "$_port" -lt $(($1 + 200)) ] || die "no free port from $1 on"
  done
  printf '%s' "$_port"
}

# start NAME READY-PATTERN COMMAND…: runs in the background, waits until its log shows that it is ready.
start() {
  _name=$1; _ready=$2; shift 2
  : > "$LOGS/$_name.log"
  # A process group signal (Ctrl-C) must reach only this script, which then stops them in order.
  ( trap '' INT; exec "$@" ) >> "$LOGS/$_name.log" 2>&1 < /dev/null &
  _pid=$!
  remember "$_name" "$_pid"
  _left=600
  until grep -q -e "$_ready" "$LOGS/$_name.log"; do
    if ! alive "$_pid"; then tail -n 20 "$LOGS/$_name.log" >&2; die "$_name stopped while starting (log: $LOGS/$_name.log)"; fi
    _left=$((_left - 1))
    [ "$_left" -gt 0 ] || { tail -n 20 "$LOGS/$_name.log" >&2; die "$_name is not ready after 60 s (log: $LOGS/$_name.log)"; }
    sleep 0.1
  done
}

# ----------------------------------------------------------------------------------------------------- PostgreSQL

# The newest installed server that comes with its client programs; some machines have only a part of them on PATH.
postgres_binaries() {
  for _dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) $(ls -d /usr/pgsql-*/bin 2>/dev/null | sort -rV) \
    /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin "$(dirname "$(command -v pg_ctl 2>/dev/null || echo /none/none)")"; do
    if [ -x "$_dir/pg_ctl" ] && [ -x "$_dir/initdb" ] && [ -x "$_dir/psql" ]; then printf '%s' "$_dir"; return 0; fi
  done
  return 1
}

postgres_user() {
  for _user in postgres nobody; do if id "$_user" >/dev/null 2>&1; then printf '%s' "$_user"; return 0; fi; done
  die "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody"
}

as_postgres() {
  if [ "$(id -u)" = 0 ]; then su -s /bin/sh "$(postgres_user)" -c "cd / && $*"; else sh -c "$*"; fi
}

secret() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }

# Sets CONNECTION and POSTGRES_IS.
ensure_postgres() {
  if [ -n "${DATABASE_URL:-}" ]; then CONNECTION=$DATABASE_URL; POSTGRES_IS="DATABASE_URL"; return 0; fi
  prepare_state
  if _bin=$(postgres_binaries); then ensure_cluster "$_bin"
  elif command -v docker >/dev/null 2>&1 && docker info >/dev/null 2>&1; then ensure_container
  else install_postgres; _bin=$(postgres_binaries) || die "the package manager installed no PostgreSQL server"; ensure_cluster "$_bin"; fi
}

ensure_cluster() {
  _bin=$1; _pg=$STATE/postgres
  POSTGRES_IS="installed binaries ($_bin)"
  lock_postgres
  if ! as_postgres "test -f '$_pg/data/PG_VERSION'"; then
    rm -rf "$_pg"; mkdir -p "$_pg"
    secret | tr -dc 'A-Za-z0-9' > "$_pg/password"
    chmod 600 "$_pg/password"
    [ "$(id -u)" = 0 ] && chown -R "$(postgres_user)" "$_pg"
    as_postgres "'$_bin/initdb' -D '$_pg/new' -U delivery --pwfile='$_pg/password' --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-instructions" > "$LOGS/initdb.log" 2>&1 \
      || as_postgres "rm -rf '$_pg/new'; '$_bin/initdb' -D '$_pg/new' -U delivery --pwfile='$_pg/password' --auth=scram-sha-256 -E UTF8 --locale=C" > "$LOGS/initdb.log" 2>&1 \
      || { unlock_postgres; cat "$LOGS/initdb.log" >&2; die "initdb failed"; }
    cat > "$STATE/postgres.conf.new" <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 400
shared_buffers = 256MB
wal_compression = on
max_wal_size = 2GB
CONF
    cat "$STATE/postgres.conf.new" | as_postgres "cat >> '$_pg/new/postgresql.conf'"
    rm -f "$STATE/postgres.conf.new"
    # Renamed last, so that a half-made cluster is never taken for a whole one.
    as_postgres "mv '$_pg/new' '$_pg/data'"
  fi
  _password=$(cat "$_pg/password")
  _problem=$(start_cluster 2>&1) || { unlock_postgres; printf '%s\n' "$_problem" >&2; die "PostgreSQL did not start"; }
  unlock_postgres
  # The running server's own word for its port; the file may be older than a restart by hand.
  _port=$(as_postgres "sed -n 4p '$_pg/data/postmaster.pid'")
  CONNECTION="Host=127.0.0.1;Port=$_port;Username=delivery;Password=$_password;Database=delivery"
}

# Two calls at once (parallel test projects) must not both start it. A lock whose owner died is broken after 60 s.
lock_postgres() {
  _tries=0
  until mkdir "$STATE/postgres.lock" 2>/dev/null; do
    _tries=$((_tries + 1))
    if [ "$_tries" -gt 600 ]; then rmdir "$STATE/postgres.lock" 2>/dev/null || :; _tries=0; fi
    sleep 0.1
  done
}

unlock_postgres() { rmdir "$STATE/postgres.lock" 2>/dev/null || :; }

start_cluster() {
  # Several tries: after a kill -9 the dead server seems alive and its orphans hold its memory for a moment, and another clone may
  # take the free port first.
  _tries=0
  while :; do
    if ! as_postgres "'$_bin/pg_ctl' -D '$_pg/data' status" >/dev/null 2>&1; then
      _port=$(free_port "${POSTGRES_PORT:-$(cat "$STATE/postgres.port" 2>/dev/null || echo 5460)}")
      as_postgres "'$_bin/pg_ctl' -D '$_pg/data' -l '$_pg/log' -w -t 60 -o '-p $_port' start >/dev/null 2>&1" || :
    fi
    _port=$(as_postgres "sed -n 4p '$_pg/data/postmaster.pid' 2>/dev/null") || :
    if [ -n "$_port" ] && query postgres 'select 1' >/dev/null 2>&1; then break; fi
    _tries=$((_tries + 1))
    [ "$_tries" -lt 40 ] || { as_postgres "tail -n 20 '$_pg/log'"; return 1; }
    sleep 0.5
  done
  printf '%s' "$_port" > "$STATE/postgres.port"
  query delivery 'select 1' >/dev/null 2>&1 || query postgres 'create database delivery'
}

query() { PGPASSWORD=$_password "$_bin/psql" -h 127.0.0.1 -p "$_port" -U delivery -d "$1" -qAtc "$2"; }

ensure_container() {
  _name=temporal-delivery-$(clone_key)
  POSTGRES_IS="container $_name"
  [ -f "$STATE/container.password" ] || { secret | tr -dc 'A-Za-z0-9' > "$STATE/container.password"; chmod 600 "$STATE/container.password"; }
  _password=$(cat "$STATE/container.password")
  if ! docker container inspect "$_name" >/dev/null 2>&1; then
    docker run -d --name "$_name" -e POSTGRES_USER=delivery -e POSTGRES_PASSWORD="$_password" -e POSTGRES_DB=delivery \
      -p 127.0.0.1::5432 -v "$_name:/var/lib/postgresql/data" postgres:17 -c max_connections=400 >/dev/null
  else docker start "$_name" >/dev/null; fi
  _left=300
  until docker exec "$_name" pg_isready -h 127.0.0.1 -U delivery >/dev/null 2>&1; do
    _left=$((_left - 1)); [ "$_left" -gt 0 ] || die "the PostgreSQL container is not ready"; sleep 0.2
  done
  _port=$(docker port "$_name" 5432/tcp | sed -n '1s/.*://p')
  CONNECTION="Host=127.0.0.1;Port=$_port;Username=delivery;Password=$_password;Database=delivery"
}

install_postgres() {
  say "no PostgreSQL found; installing it with the distribution's package manager"
  _sudo=; [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 || die "PostgreSQL is not installed and installing it needs root. Install it (Debian: apt-get install postgresql) or set DATABASE_URL."; _sudo="sudo -n"; }
  if command -v apt-get >/dev/null 2>&1; then
    { $_sudo apt-get update && $_sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql; } >&2
  elif command -v dnf >/dev/null 2>&1; then $_sudo dnf install -y postgresql-server >&2
  elif command -v apk >/dev/null 2>&1; then $_sudo apk add postgresql >&2
  elif command -v brew >/dev/null 2>&1; then brew install postgresql@17 >&2
  else die "no known package manager; install PostgreSQL or set DATABASE_URL"; fi
}

stop_postgres() {
  if [ -f "$STATE/postgres/data/postmaster.pid" ] || as_postgres "test -f '$STATE/postgres/data/postmaster.pid'" 2>/dev/null; then
    if _bin=$(postgres_binaries); then as_postgres "'$_bin/pg_ctl' -D '$STATE/postgres/data' -m fast -w -t 60 stop" >/dev/null 2>&1 || :; fi
  fi
  _name=temporal-delivery-$(clone_key)
  if [ -f "$STATE/container.password" ] && command -v docker >/dev/null 2>&1; then docker stop "$_name" >/dev/null 2>&1 || :; fi
}

# --------------------------------------------------------------------------------------------------------- builds

require_dotnet() {
  command -v dotnet >/dev/null 2>&1 || die "the .NET SDK 10 is not installed (https://dot.net)"
  dotnet --version >/dev/null 2>&1 || die "the .NET SDK that global.json asks for is not installed; found: $(dotnet --list-sdks 2>/dev/null | tr '\n' ' ')"
}

build() {
  require_dotnet
  mkdir -p "$LOGS"
  if ! (cd "$ROOT" && dotnet build "$@" -c "$CONFIGURATION" --nologo -v quiet) > "$LOGS/build.log" 2>&1; then
    grep -E 'error|warning' "$LOGS/build.log" | sort -u | head -n 20 >&2 || tail -n 20 "$LOGS/build.log" >&2
    die "the build failed (log: $LOGS/build.log)"
  fi
}

dll() { printf '%s' "$ROOT/$1/bin/$CONFIGURATION/net10.0/$2.dll"; }

# The embedded Temporal server's executable, compiled ahead of time once per change of its sources: it starts in half the time.
# Sets SERVER.
publish_server() {
  _out=$ROOT/embedded/.publish; SERVER=$_out/Temporal.Server
  # Of two calls at once (test projects beside each other) the second waits for the first and finds the work done.
  mkdir -p "$_out"
  if command -v flock >/dev/null 2>&1; then exec 9> "$_out/lock"; flock 9; fi
  if [ ! -x "$SERVER" ] || [ -n "$(find "$ROOT/embedded/Temporal.Server" "$ROOT/Directory.Packages.props" "$ROOT/Directory.Build.props" \
      \( -name bin -o -name obj \) -prune -o -type f -newer "$_out/stamp" -print 2>/dev/null | head -n 1)" ]; then
    require_dotnet
    mkdir -p "$LOGS"
    touch "$_out/stamp.new"
    (cd "$ROOT" && dotnet publish embedded/Temporal.Server/Temporal.Server.csproj -c "$CONFIGURATION" --use-current-runtime --no-self-contained \
      -p:PublishReadyToRun=true -o "$_out" --nologo -v quiet) > "$LOGS/publish.log" 2>&1 \
      || { grep -E 'error|warning' "$LOGS/publish.log" | sort -u | head -n 20 >&2; die "publishing the Temporal server failed (log: $LOGS/publish.log)"; }
    mv "$_out/stamp.new" "$_out/stamp"
  fi
  if command -v flock >/dev/null 2>&1; then exec 9>&-; fi
}

# ------------------------------------------------------------------------------------------------------ the system

up() {
  prepare_state
  if _pid=$(pid_of supervisor); then die "already running in this clone (pid $_pid); ./temporal-dev.sh down stops it"; fi
  stop_processes        # what a killed script left behind
  remember supervisor $$
  say "building…"
  build TemporalDelivery.sln
  ensure_postgres
  say "PostgreSQL  $POSTGRES_IS"

  if [ ! -f "$STATE/secrets" ]; then
    (umask 077; printf 'PARTNER_SECRET=whsec_%s\nPAYMENTS_SECRET=whsec_%s\n' "$(secret)" "$(secret)" > "$STATE/secrets")
  fi
  . "$STATE/secrets"
  [ -z "${DATABASE_URL:-}" ] || CONNECTION=$DATABASE_URL

  api_port=$(free_port "${API_PORT:-8080}")
  API_URL=http://127.0.0.1:$api_port
  start_temporal
  _ledgers=$STATE/ledgers; mkdir -p "$_ledgers"
  partner_port=$(free_port "${PARTNER_PORT:-8091}")
  start partner 'Now listening on' dotnet "$(dll simulators TemporalDelivery.Simulators)" partner --Urls="http://127.0.0.1:$partner_port" \
    --Ledger="$_ledgers/partner.jsonl" --Webhook:Url="$API_URL/webhooks/partner" --Webhook:Secret="$PARTNER_SECRET" \
    --FailureRate="${PARTNER_FAILURE_RATE:-0.01}" --Pace="${PARTNER_PACE:-00:00:01}"
  payments_port=$(free_port "${PAYMENTS_PORT:-8092}")
  start payments 'Now listening on' dotnet "$(dll simulators TemporalDelivery.Simulators)" payments --Urls="http://127.0.0.1:$payments_port" \
    --Ledger="$_ledgers/payments.jsonl" --Webhook:Url="$API_URL/webhooks/payments" --Webhook:Secret="$PAYMENTS_SECRET"
  start_worker
  start_api

  cat > "$STATE/urls" <<URLS
API_URL=$API_URL
TEMPORAL=$TEMPORAL
PARTNER_URL=http://127.0.0.1:$partner_port
PAYMENTS_URL=http://127.0.0.1:$payments_port
URLS
  say "Temporal    $TEMPORAL ($TEMPORAL_IS)"
  say "partner     http://127.0.0.1:$partner_port"
  say "payments    http://127.0.0.1:$payments_port"
  say "API         $API_URL   (OpenAPI: $API_URL/openapi/v1.json)"
  say "logs        $LOGS"
}

start_temporal() {
  if [ -n "${TEMPORAL_ADDRESS:-}" ]; then TEMPORAL=$TEMPORAL_ADDRESS; TEMPORAL_IS="TEMPORAL_ADDRESS"; return 0; fi
  temporal_port=$(free_port "${TEMPORAL_PORT:-7233}")
  TEMPORAL=127.0.0.1:$temporal_port; TEMPORAL_IS="embedded server, PostgreSQL store"
  # In the environment and not on the command line, where everybody on the machine could read the password.
  publish_server
  TEMPORAL_POSTGRES=$CONNECTION \
    start temporal 'Temporal server ready' "$SERVER" server start-dev --ip 127.0.0.1 --port "$temporal_port" --headless
}

start_worker() {
  Database__ConnectionString=$CONNECTION Partner__BaseUrl=http://127.0.0.1:$partner_port Payments__BaseUrl=http://127.0.0.1:$payments_port \
    start worker 'Application started' dotnet "$(dll worker TemporalDelivery.Worker)" --Temporal:Address="$TEMPORAL"
}

start_api() {
  Database__ConnectionString=$CONNECTION Webhooks__Partner__Secrets__0=$PARTNER_SECRET Webhooks__Payments__Secrets__0=$PAYMENTS_SECRET \
    start api 'Now listening on' dotnet "$(dll api TemporalDelivery.Api)" --Urls="$API_URL" --Temporal:Address="$TEMPORAL"
}

stop_processes() { for _name in api worker partner payments temporal; do stop "$_name"; done; rm -f "$STATE/urls"; }

finish() {
  trap - EXIT; trap '' INT TERM HUP
  say "stopping…"
  stop_processes
  stop_postgres
  rm -f "$PIDS/supervisor"
}

run_until_interrupted() {
  trap 'finish; exit 0' INT TERM HUP
  trap 'finish' EXIT
  up
  say "running; Ctrl-C stops it"
  while :; do
    for _name in temporal partner payments worker api; do
      if [ -f "$PIDS/$_name" ] && ! pid_of "$_name" >/dev/null; then
        tail -n 20 "$LOGS/$_name.log" >&2
        die "$_name stopped by itself (log: $LOGS/$_name.log)"
      fi
    done
    sleep 1
  done
}

demo() {
  prepare_state
  if pid_of supervisor >/dev/null && [ -f "$STATE/urls" ]; then
    say "using the system that runs already"
  else
    trap 'finish; exit 130' INT TERM HUP
    trap 'finish' EXIT
    PARTNER_FAILURE_RATE=0
    up
  fi
  . "$STATE/urls"
  dotnet "$(dll simulators TemporalDelivery.Simulators)" demo --Api="$API_URL" "$@"
}

down() {
  if _pid=$(pid_of supervisor) && [ "$_pid" != $$ ]; then
    kill -TERM "$_pid" 2>/dev/null || :
    _left=400
    while alive "$_pid" && [ "$_left" -gt 0 ]; do sleep 0.1; _left=$((_left - 1)); done
  fi
  [ -d "$STATE" ] || { say "nothing to stop"; return 0; }
  stop_processes
  stop_postgres
  rm -f "$PIDS/supervisor"
  if [ "${1:-}" = --wipe ]; then
    if [ -f "$STATE/container.password" ] && command -v docker >/dev/null 2>&1; then
      docker rm -f -v "temporal-delivery-$(clone_key)" >/dev/null 2>&1 || :; docker volume rm "temporal-delivery-$(clone_key)" >/dev/null 2>&1 || :
    fi
    rm -rf "$STATE"; say "stopped, data forgotten"
  else say "stopped"; fi
}

# Measures a system of its own, with an instant partner and empty tables, and forgets it afterwards.
bench() {
  _what=${1:-api}; [ $# -eq 0 ] || shift
  case $_what in api|engine) ;; *) die "bench $_what: there are 'api' and 'engine'" ;; esac
  [ -n "$INSTANCE" ] || { TEMPORAL_DEV_INSTANCE=bench exec "$0" bench "$_what" "$@"; }
  prepare_state
  trap 'finish; rm -rf "$STATE"; exit 130' INT TERM HUP
  trap 'finish; rm -rf "$STATE"' EXIT
  if [ "$_what" = engine ]; then bench_engine "$@"; return; fi
  PARTNER_PACE=00:00:00 PARTNER_FAILURE_RATE=0
  up
  dotnet "$(dll bench TemporalDelivery.Bench)" "$_what" --api="$API_URL" --database="$CONNECTION" \
    $(for _name in temporal worker api partner payments; do if _pid=$(pid_of "$_name"); then printf -- '--process=%s=%s ' "$_name" "$_pid"; fi; done) \
    --process=postgres="$(as_postgres "sed -n 1p '$STATE/postgres/data/postmaster.pid'" 2>/dev/null || echo $$)" "$@"
}

# Starts its servers and workers itself; only the database is needed. The figures outlive the instance.
bench_engine() {
  say "building…"
  publish_server
  build bench/TemporalDelivery.Bench.csproj
  ensure_postgres
  say "PostgreSQL  $POSTGRES_IS"
  _figures=$ROOT/.data/bench; mkdir -p "$_figures"
  dotnet "$(dll bench TemporalDelivery.Bench)" engine --server="$ROOT/embedded/.publish/Temporal.Server.dll" --database="$CONNECTION" \
    --json="$_figures/engine.json" --markdown="$_figures/engine.md" "$@"
  say "figures     $_figures/engine.json, engine.md"
}

# ---------------------------------------------------------------------------------------------------------- tests

run_tests() {
  prepare_state
  say "building…"
  build TemporalDelivery.sln
  ensure_postgres
  say "PostgreSQL  $POSTGRES_IS"
  publish_server
  (cd "$ROOT" && TEST_POSTGRES=$CONNECTION TEMPORAL_TEST_SERVER=$SERVER dotnet test --solution TemporalDelivery.sln -c "$CONFIGURATION" --no-build \
    --max-parallel-test-modules 2 ${1:+--filter-method "$1"}; printf '%s' "$?" > "$STATE/test.status") 2>&1 | tee "$LOGS/test.log"
  _status=$(cat "$STATE/test.status")
  tally "$LOGS/test.log"
  return $_status
}

# The runner's own summary, as the last line.
tally() {
  awk '/^ +succeeded: / { passed = $2 } /^ +failed: / { failed = $2 } END { printf "%d passed, %d failed\n", passed, failed }' "$1"
}

case "${1:-up}" in
  up) run_until_interrupted ;;
  demo) shift; demo "$@" ;;
  test) shift; run_tests "$@" ;;
  bench) shift; bench "$@" ;;
  server) shift; prepare_state; publish_server; exec "$SERVER" server "$@" ;;
  test-server) prepare_state; publish_server; printf '%s\n' "$SERVER" ;;
  postgres) prepare_state; ensure_postgres; printf '%s\n' "$CONNECTION" ;;
  down) shift; down "$@" ;;
  help|-h|--help) usage ;;
  *) usage >&2; die "unknown command: $1" ;;
esac
