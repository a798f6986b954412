# All tests, with everything that they need. The last line counts them: "N passed, N failed".

# Two modules beside each other: there may be no more than two cores, and each has databases of its own.
MODULES_AT_ONCE=2

# The longest first, so that none of them runs alone at the end. The others come after them.
LONGEST="tests/EndToEnd tests/Workflows.Tests tests/Database.Tests embedded/Temporal.Server.Tests tests/Worker.Tests tests/Activities.Tests tests/Api.Tests"
# Fuzzing, random histories, killed processes: of the embedded server only.
ENGINE="embedded/Temporal.Server.Long.Tests embedded/Temporal.Endurance.Tests"

# run_tests [--engine] [FILTER]: FILTER is a method's name as xunit takes it, e.g. '*voucher*'.
run_tests() {
  _modules=$(modules)
  if [ "${1:-}" = --engine ]; then _modules="$ENGINE $_modules"; shift; fi
  prepare_state
  say "building…"
  # The long suites too, so that they do not rot while nobody runs them.
  build dev/all.slnx
  publish_server
  start_test_postgres
  say "PostgreSQL  $POSTGRES_IS"
  # Without one the tests that need it say that they did not run, and are counted neither way.
  TEST_RABBITMQ=$(rabbitmq_server) || TEST_RABBITMQ=
  export TEST_RABBITMQ
  rm -rf "$LOGS/tests"; mkdir -p "$LOGS/tests"; _status=0
  # Processes that live for seconds: what a compiler learns to make them faster later, and a collector of many heaps, only cost them.
  printf '%s\n' $_modules | TEST_POSTGRES=$CONNECTION TEMPORAL_TEST_SERVER=${TEMPORAL_TEST_SERVER:-$SERVER} DOTNET_TieredPGO=0 DOTNET_gcServer=0 \
    CONFIGURATION=$CONFIGURATION LOGS=$LOGS/tests FILTER=${1:-} xargs -n 1 -P "$MODULES_AT_ONCE" sh -c "$RUN_MODULE" "$ROOT" || _status=1
  tally "$LOGS"/tests/*.log
  return $_status
}

modules() {
  printf '%s\n' $LONGEST
  (cd "$ROOT" && ls -d tests/*.Tests embedded/*.Tests) | while read -r _module; do
    case " $LONGEST $ENGINE " in *" $_module "*) ;; *) printf '%s\n' "$_module" ;; esac
  done
}

# One module's tests ($0 is the checkout, $1 the module's folder). The embedded server's tests are of this checkout's server, whichever the
# others use. What a module prints is shown when a test of it failed, and the names of those that did not run always.
RUN_MODULE='
  cd "$0/$1" || exit 1
  _name=$(basename *.csproj .csproj)
  case $1 in embedded/*) TEMPORAL_TEST_SERVER=$0/embedded/.publish/Temporal.Server ;; esac
  if "bin/$CONFIGURATION/net10.0/$_name" -noColor -noLogo ${FILTER:+-method "$FILTER"} > "$LOGS/$_name.log" 2>&1
  then grep -A 1 "\[SKIP\]" "$LOGS/$_name.log"; grep "  Total: " "$LOGS/$_name.log" || { cat "$LOGS/$_name.log"; exit 1; }
  else cat "$LOGS/$_name.log"; exit 1; fi
'

# A server of the tests alone, in memory or at least not waiting for the disk: what they leave need not survive the machine. Gone when
# they are over.
start_test_postgres() {
  if [ -n "${DATABASE_URL:-}" ]; then ensure_postgres; return 0; fi
  export POSTGRES_FORGETFUL=yes
  TESTS_INSTANCE=${INSTANCE:+$INSTANCE-}tests
  trap 'TEMPORAL_DEV_INSTANCE=$TESTS_INSTANCE "$ROOT/temporal-dev.sh" down --wipe 2> /dev/null' EXIT
  trap 'exit 130' INT TERM
  CONNECTION=$(TEMPORAL_DEV_INSTANCE=$TESTS_INSTANCE "$ROOT/temporal-dev.sh" postgres)
  POSTGRES_IS="of the tests alone"
}

# Sums the runners' own summaries.
tally() {
  awk '/  Total: [0-9]+/ { for (i = 1; i < NF; i++) { n = $(i + 1) + 0
      if ($i == "Total:") passed += n; else if ($i == "Errors:" || $i == "Failed:") { failed += n; passed -= n }
      else if ($i == "Skipped:" || ($i == "Run:" && $(i - 1) == "Not")) passed -= n } }
    END { printf "%d passed, %d failed\n", passed, failed }' "$@"
}
