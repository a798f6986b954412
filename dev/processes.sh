# Processes that the script starts, each known by its id and start time, and ended by these only.

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
  while pid_of "$1" >/dev/null && [ "$_left" -gt 0 ]; do sleep 0.1; _left=$((_left - 1)); done
  if _pid=$(pid_of "$1"); then say "  $1 did not stop in 15 s; killed"; kill -KILL "$_pid" 2>/dev/null || :; fi
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

# launch NAME COMMAND…: runs it in the background, its output in the log. Secrets travel in its environment. What a measurement loads into
# it (STARTUP_HOOK) it loads itself, and not the compilers that run before.
launch() {
  _name=$1; shift
  : > "$LOGS/$_name.log"
  # A process group signal (Ctrl-C) must reach only this script, which then stops them in order.
  ( trap '' INT; [ -z "${STARTUP_HOOK:-}" ] || export DOTNET_STARTUP_HOOKS="$STARTUP_HOOK"; exec "$@" ) >> "$LOGS/$_name.log" 2>&1 < /dev/null &
  remember "$_name" "$!"
}

# await NAME CONDITION…: until the command CONDITION succeeds; dies when the process ends before or after 60 s.
await() {
  _name=$1; shift
  _left=600
  until "$@"; do
    if ! pid_of "$_name" >/dev/null; then tail -n 20 "$LOGS/$_name.log" >&2; die "$_name stopped while starting (log: $LOGS/$_name.log)"; fi
    _left=$((_left - 1))
    [ "$_left" -gt 0 ] || { tail -n 20 "$LOGS/$_name.log" >&2; die "$_name is not ready after 60 s (log: $LOGS/$_name.log)"; }
    sleep 0.1
  done
}

# await_line NAME PATTERN: until the process has printed it.
await_line() { await "$1" grep -q -e "$2" "$LOGS/$1.log"; }

# await_port NAME PORT: until somebody listens there.
await_port() { await "$1" busy_port "$2"; }
