# Measurements, of systems of their own that are forgotten afterwards; the figures outlive them.

bench() {
  _what=${1:-api}; [ $# -eq 0 ] || shift
  case $_what in api|engine) ;; *) die "bench $_what: there are 'api' and 'engine'" ;; esac
  [ -n "$INSTANCE" ] || { TEMPORAL_DEV_INSTANCE=bench exec "$ROOT/temporal-dev.sh" ${TEMPORAL_KIND:+--temporal "$TEMPORAL_KIND"} bench "$_what" "$@"; }
  prepare_state
  trap 'forget; exit 130' INT TERM HUP
  trap forget EXIT
  "bench_$_what" "$@"
}

forget() { if finish; then wipe_postgres; rm -rf "$STATE"; fi; }

# The whole system with an instant partner and empty tables.
bench_api() {
  PARTNER_PACE=00:00:00 PARTNER_FAILURE_RATE=0
  up
  build bench/TemporalDelivery.Bench.csproj
  _measured=$(for _each in $PROCESSES; do if _pid=$(pid_of "$_each"); then printf -- '--process=%s=%s ' "$_each" "$_pid"; fi; done)
  # Only of a cluster of ours is it known which process it is.
  if _pid=$(as_postgres "sed -n 1p '$STATE/postgres/data/postmaster.pid'" 2>/dev/null); then _measured="$_measured --process=postgres=$_pid"; fi
  BENCH_DATABASE=$CONNECTION dotnet "$(dll bench TemporalDelivery.Bench)" api --api="$API_URL" $_measured "$@"
}

# Starts its servers and workers itself; only the database is needed.
bench_engine() {
  claim
  say "building…"
  publish_server
  build bench/TemporalDelivery.Bench.csproj
  ensure_postgres
  say "PostgreSQL  $POSTGRES_IS"
  _figures=$ROOT/.data/figures; mkdir -p "$_figures"
  BENCH_DATABASE=$CONNECTION dotnet "$(dll bench TemporalDelivery.Bench)" engine --server="$SERVER" \
    --json="$_figures/engine.json" --markdown="$_figures/engine.md" "$@"
  say "figures     $_figures/engine.json, engine.md"
}
