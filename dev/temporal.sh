# A Temporal server: the one at TEMPORAL_ADDRESS, the embedded one, or (--temporal cli) the dev server of the `temporal` command.

PUBLISHED=$ROOT/embedded/.publish
SERVER=$PUBLISHED/Temporal.Server

# Makes the embedded server's executable, compiled ahead of time once per change of its sources: it starts in half the time.
publish_server() {
  # Of two calls at once (test projects beside each other) the second waits for the first and finds the work done.
  if command -v flock >/dev/null 2>&1; then exec 9> "$ROOT/embedded/.publish.lock"; flock 9; fi
  if [ ! -f "$PUBLISHED/stamp" ] || [ -n "$(find "$ROOT/embedded/Temporal.Server" "$ROOT"/Directory.*.props "$ROOT/Directory.Build.targets" \
      \( -name bin -o -name obj \) -prune -o -type f -newer "$PUBLISHED/stamp" -print | head -n 1)" ]; then
    # Made apart and then put in place whole, because the one that it replaces may be running.
    rm -rf "$PUBLISHED.new"; mkdir -p "$PUBLISHED.new"; touch "$PUBLISHED.new/stamp"
    dotnet_quietly publish publish embedded/Temporal.Server/Temporal.Server.csproj -o "$PUBLISHED.new"
    rm -rf "$PUBLISHED.old"; [ ! -d "$PUBLISHED" ] || mv "$PUBLISHED" "$PUBLISHED.old"
    mv "$PUBLISHED.new" "$PUBLISHED"; rm -rf "$PUBLISHED.old"
  fi
  if command -v flock >/dev/null 2>&1; then exec 9>&-; fi
}

# Which server `start_temporal` takes, said before anything is built.
choose_temporal() {
  case ${TEMPORAL_KIND:-} in
    ''|embedded) ;;
    cli) command -v temporal >/dev/null 2>&1 || die "--temporal cli: there is no 'temporal' command on the PATH (https://docs.temporal.io/cli)" ;;
    *) die "--temporal $TEMPORAL_KIND: there are 'embedded' and 'cli'" ;;
  esac
  [ -z "${TEMPORAL_ADDRESS:-}" ] || [ -z "${TEMPORAL_KIND:-}" ] || die "TEMPORAL_ADDRESS names a server and --temporal another; take one of them"
}

runs_embedded() { [ -z "${TEMPORAL_ADDRESS:-}" ] && [ "${TEMPORAL_KIND:-embedded}" = embedded ]; }

# Sets TEMPORAL, TEMPORAL_IS and TEMPORAL_UI.
start_temporal() {
  TEMPORAL_UI=
  if [ -n "${TEMPORAL_ADDRESS:-}" ]; then TEMPORAL=$TEMPORAL_ADDRESS; TEMPORAL_IS="TEMPORAL_ADDRESS"; return 0; fi
  temporal_port=$(free_port "${TEMPORAL_PORT:-7233}")
  TEMPORAL=127.0.0.1:$temporal_port
  if [ "${TEMPORAL_KIND:-}" = cli ]; then
    _ui_port=$(free_port $((temporal_port + 1000)))
    TEMPORAL_IS="temporal command, database file"; TEMPORAL_UI=http://127.0.0.1:$_ui_port
    launch temporal temporal server start-dev --ip 127.0.0.1 --port "$temporal_port" --ui-ip 127.0.0.1 --ui-port "$_ui_port" --db-filename "$STATE/temporal.db"
    await_port temporal "$temporal_port"
    return 0
  fi
  TEMPORAL_IS="embedded server, PostgreSQL store"
  TEMPORAL_POSTGRES=${TEMPORAL_CONNECTION:-$CONNECTION} launch temporal "$SERVER" server start-dev --ip 127.0.0.1 --port "$temporal_port" --headless
  await_line temporal 'Temporal server ready'
}
