# A PostgreSQL server: the one that DATABASE_URL names, a private cluster from installed binaries, a container, or one to be installed.

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
    rm -rf "$_pg"; make_postgres_folder
    password_in "$_pg/password" > /dev/null
    [ "$(id -u)" = 0 ] && chown -R "$(postgres_user)" "$_pg/"
    as_postgres "'$_bin/initdb' -D '$_pg/new' -U delivery --pwfile='$_pg/password' --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-instructions ${POSTGRES_FORGETFUL:+--no-sync}" > "$LOGS/initdb.log" 2>&1 \
      || as_postgres "rm -rf '$_pg/new'; '$_bin/initdb' -D '$_pg/new' -U delivery --pwfile='$_pg/password' --auth=scram-sha-256 -E UTF8 --locale=C" > "$LOGS/initdb.log" 2>&1 \
      || { unlock_postgres; cat "$LOGS/initdb.log" >&2; die "initdb failed"; }
    cat > "$STATE/postgres.conf.new" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 400
shared_buffers = 256MB
CONF
    if [ -n "${POSTGRES_FORGETFUL:-}" ]; then
      printf '%s\n' "fsync = off" "full_page_writes = off" "max_wal_size = 512MB"
    else
      printf '%s\n' "wal_compression = on" "max_wal_size = 2GB"
    fi >> "$STATE/postgres.conf.new"
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

# In memory where nothing need survive the machine and there is room: a database is 300 files, and tests make a thousand of them.
make_postgres_folder() {
  if [ -n "${POSTGRES_FORGETFUL:-}" ] && [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')0" -gt 40000000 ]; then
    _memory=$(mktemp -d "/dev/shm/temporal-delivery-$(clone_key)-XXXXXX")
    chmod 711 "$_memory"
    ln -s "$_memory" "$_pg"
  else mkdir -p "$_pg"; fi
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
      _last=$(cat "$STATE/postgres.port" 2>/dev/null || :)
      # What a killed server leaves holds its port for a moment, and whoever was connected looks for it there.
      _left=50
      while [ -n "$_last" ] && [ "$_left" -gt 0 ] && busy_port "$_last"; do _left=$((_left - 1)); sleep 0.1; done
      _port=$(free_port "${POSTGRES_PORT:-${_last:-5460}}")
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
  _password=$(password_in "$STATE/container.password")
  if ! docker container inspect "$_name" >/dev/null 2>&1; then
    POSTGRES_PASSWORD=$_password docker run -d --name "$_name" -e POSTGRES_USER=delivery -e POSTGRES_PASSWORD -e POSTGRES_DB=delivery \
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

# Forgets what is kept outside the state directory.
wipe_postgres() {
  if [ -L "$STATE/postgres" ]; then rm -rf "$(readlink "$STATE/postgres")"; fi
  if [ -f "$STATE/container.password" ] && command -v docker >/dev/null 2>&1; then
    _name=temporal-delivery-$(clone_key)
    docker rm -f -v "$_name" >/dev/null 2>&1 || :; docker volume rm "$_name" >/dev/null 2>&1 || :
  fi
}
