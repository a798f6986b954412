# All tests, with everything that they need. The last line counts them: "N passed, N failed".

# Two test projects beside each other: there may be no more than two cores, and each has databases of its own.
PROJECTS_AT_ONCE=2

# run_tests [--engine] [FILTER]
run_tests() {
  _engine=
  if [ "${1:-}" = --engine ]; then _engine=yes; shift; fi
  prepare_state
  say "building…"
  build TemporalDelivery.sln
  build embedded/Temporal.Server.sln
  # Built in any case, so that it does not rot while nobody runs it.
  build embedded/Temporal.Server.Long.slnx
  publish_server
  ensure_postgres
  say "PostgreSQL  $POSTGRES_IS"
  : > "$LOGS/tests.log"; _status=0
  _server=${TEMPORAL_TEST_SERVER:-$SERVER}
  run_solution TemporalDelivery.sln "$@" || _status=1
  _server=$SERVER
  run_solution embedded/Temporal.Server.sln "$@" || _status=1
  # Fuzzing, random histories, killed processes: long, and of the embedded server only.
  [ -z "$_engine" ] || run_solution embedded/Temporal.Server.Long.slnx "$@" || _status=1
  tally "$LOGS/tests.log"
  return $_status
}

# run_solution SOLUTION [FILTER]: FILTER is a method's name as xunit takes it, e.g. '*voucher*'.
run_solution() {
  _solution=$1; shift
  { (cd "$ROOT" && TEST_POSTGRES=$CONNECTION TEMPORAL_TEST_SERVER=$_server dotnet test --solution "$_solution" -c "$CONFIGURATION" --no-build \
      --max-parallel-test-modules "$PROJECTS_AT_ONCE" ${1:+--filter-method "$1" --ignore-exit-code 8}) 2>&1; printf '%s' "$?" > "$STATE/tests.status"; } | tee -a "$LOGS/tests.log"
  [ "$(cat "$STATE/tests.status")" = 0 ]
}

# Sums the runners' own summaries.
tally() {
  awk '/^ +succeeded: [0-9]+$/ { passed += $2 } /^ +failed: [0-9]+$/ { failed += $2 } END { printf "%d passed, %d failed\n", passed, failed }' "$1"
}
