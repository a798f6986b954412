# Where this clone's state lives: data, logs and process ids, apart from every other clone and instance on the machine.

# Two systems of one clone live beside each other under different names (the end-to-end tests use one of their own).
INSTANCE=${TEMPORAL_DEV_INSTANCE:-}
case "$INSTANCE" in
  *[!A-Za-z0-9_-]*) die "TEMPORAL_DEV_INSTANCE may hold letters, digits, - and _ only" ;;
  default) die "TEMPORAL_DEV_INSTANCE 'default' is the one that has no name; leave it unset" ;;
esac

# Names this clone among all on the machine, those included that lay under the same path before it: their data are not its own.
CLONE_ID=$ROOT/.data/clone
clone_key() {
  [ -s "$CLONE_ID" ] || { mkdir -p "$ROOT/.data"; head -c 8 /dev/urandom | od -An -tx1 | tr -d ' \n' > "$CLONE_ID"; }
  { printf '%s' "$ROOT"; cat "$CLONE_ID"; } | cksum | tr -d ' \n'
  [ -z "$INSTANCE" ] || printf -- '-%s' "$INSTANCE"
}

if [ "$(id -u)" = 0 ]; then
  # PostgreSQL refuses to run as root, so its unprivileged user must be able to reach the directory.
  STATE=/var/lib/temporal-delivery/$(clone_key)
else
  STATE=$ROOT/.data/instances/${INSTANCE:-default}
fi
LOGS=$STATE/logs
PIDS=$STATE/pids

prepare_state() {
  mkdir -p "$STATE" "$LOGS" "$PIDS"
  if [ "$(id -u)" = 0 ]; then
    chmod 711 /var/lib/temporal-delivery "$STATE"
    chmod 700 "$LOGS" "$PIDS"
    printf '%s\n' "$ROOT" > "$STATE/clone"
  else
    chmod 700 "$STATE"
  fi
}

# A random secret, base64.
secret() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }

# A random password for PostgreSQL on standard output, kept in FILE, which only its owner reads.
password_in() {
  [ -s "$1" ] || (umask 077; secret | tr -dc 'A-Za-z0-9' > "$1")
  cat "$1"
}
