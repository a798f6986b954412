# Orders, kills and faults on a system of its own, which is forgotten afterwards; ledgers, logs and what is found outlive it.

# chaos [--orders N] [--minutes M] [--seed S] [--faults all|none] [--sabotage]
chaos() {
  [ -z "${DATABASE_URL:-}" ] || die "chaos kills its PostgreSQL, and DATABASE_URL names one that others may use: unset it"
  prepare_state
  say "building…"
  publish_server
  build dev/system.slnf
  build chaos/TemporalDelivery.Chaos.csproj
  _kept=$ROOT/.data/chaos/$(date -u +%Y%m%d-%H%M%S)-$$
  mkdir -p "$_kept"
  say "ledgers, logs and differences: $_kept"
  # The executable that the system's processes use as their Temporal server is this one, whatever the tests were told.
  TEMPORAL_TEST_SERVER=$SERVER exec dotnet "$(dll chaos TemporalDelivery.Chaos)" --keep "$_kept" "$@"
}
