# Measurements, of systems of their own that are forgotten afterwards; the figures outlive them.

FIGURES=$ROOT/.data/figures

bench() {
  _what=${1:-api}; [ $# -eq 0 ] || shift
  case $_what in
    api|burst|open|engine) ;;
    pairs) bench_pairs "$@"; return ;;
    *) die "bench $_what: there are 'api', 'burst', 'open', 'pairs' and 'engine'" ;;
  esac
  [ -n "$INSTANCE" ] || { TEMPORAL_DEV_INSTANCE=bench exec "$ROOT/temporal-dev.sh" ${TEMPORAL_KIND:+--temporal "$TEMPORAL_KIND"} bench "$_what" "$@"; }
  prepare_state
  trap 'forget; exit 130' INT TERM HUP
  trap forget EXIT
  "bench_$_what" "$@"
}

forget() {
  finish || return 0
  wipe_postgres; rm -rf "$STATE"
  [ -z "${TEMPORAL_CONNECTION:-}" ] || beside down --wipe
}

# This script for the instance that holds Temporal's PostgreSQL.
beside() { TEMPORAL_DEV_INSTANCE=$INSTANCE-temporal "$ROOT/temporal-dev.sh" "$@"; }

# The partner is there at once.
bench_api() { PARTNER_PACE=00:00:00; measure_shop api "$@"; }
bench_burst() { PARTNER_PACE=00:00:00; measure_shop burst "$@"; }

# The courier comes when the measurement says so.
bench_open() {
  PARTNER_PACE=1.00:00:00
  build bench/TemporalDelivery.Bench.csproj
  # So that the processes can be asked to collect their garbage before their memory is read.
  STARTUP_HOOK=$(dll bench TemporalDelivery.Bench)
  measure_shop open "$@"
}

# The whole system with empty tables. Temporal has a PostgreSQL of its own, so that the transactions of the shop's can be counted.
measure_shop() {
  _measurement=$1; shift
  PARTNER_FAILURE_RATE=0
  if runs_embedded; then TEMPORAL_CONNECTION=$(beside postgres); fi
  up
  build bench/TemporalDelivery.Bench.csproj
  _processes=$(for _each in $PROCESSES; do if _pid=$(pid_of "$_each"); then printf -- '--process=%s=%s ' "$_each" "$_pid"; fi; done)
  BENCH_DATABASE=$CONNECTION BENCH_TEMPORAL_DATABASE=${TEMPORAL_CONNECTION:-} BENCH_PARTNER_SECRET=$PARTNER_SECRET \
    dotnet "$(dll bench TemporalDelivery.Bench)" "$_measurement" --api="$API_URL" --temporal="$TEMPORAL" $_processes "$@"
}

# bench_pairs CHECKOUT [--pairs=N] [options of bench api]: the product of another checkout and this one's in turn, by the same measurement
# and on the same Temporal server.
bench_pairs() {
  [ $# -gt 0 ] && _other=$(CDPATH= cd -- "$1" && pwd -P) || die "bench pairs needs the directory of another checkout"
  shift
  _pairs=5
  case ${1:-} in --pairs=*) _pairs=${1#--pairs=}; shift ;; esac
  mkdir -p "$FIGURES"; : > "$FIGURES/old.txt"; : > "$FIGURES/new.txt"
  _pair=1
  while [ "$_pair" -le "$_pairs" ]; do
    for _side in old new; do
      say "pair $_pair of $_pairs: $_side"
      if [ $_side = old ]; then _product=$_other; else _product=$ROOT; fi
      BENCH_PRODUCT=$_product "$ROOT/temporal-dev.sh" bench api "$@" >> "$FIGURES/$_side.txt" || die "the measurement of $_product failed"
    done
    _pair=$((_pair + 1))
  done
  compare "$FIGURES/old.txt" "$FIGURES/new.txt" | tee "$FIGURES/pairs.txt"
}

# compare OLD NEW: of every figure the median and, in brackets, the least and the most on either side, and the median of new/old pair by pair.
compare() {
  awk '
    function sorted(values, count,   i, j, t) {
      for (i = 2; i <= count; i++) for (j = i; j > 1 && values[j] < values[j - 1]; j--) { t = values[j]; values[j] = values[j - 1]; values[j - 1] = t }
    }
    function median(values, count) { return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2 }
    function side(name,   i, values) {
      for (i = 1; i <= n[name]; i++) values[i] = figure[name, i]
      sorted(values, n[name])
      return sprintf("%9.1f [%.1f..%.1f]", median(values, n[name]), values[1], values[n[name]])
    }
    FNR == 1 { file++ }
    {
      # The words before the first figure say what all figures of the line are of.
      line = ""; figures = 0
      for (i = 1; i <= NF; i++) {
        gsub(/[()]/, "", $i)
        if (split($i, part, "=") == 2 && part[1] != "n" && part[2] ~ /^[0-9.]+$/) {
          figures++
          name = line part[1]
          if (!(name in known)) { known[name] = 1; names[++all] = name }
          figure[file " " name, ++n[file " " name]] = part[2] + 0
        } else if (!figures) line = line $i " "
      }
    }
    END {
      printf "%-34s %-28s %-28s %s\n", "", "old", "new", "new/old"
      for (k = 1; k <= all; k++) {
        name = names[k]; old = "1 " name; new = "2 " name; pairs = 0
        if (!n[old] || !n[new]) continue
        for (i = 1; i <= n[old] && i <= n[new]; i++) if (figure[old, i] > 0) ratio[++pairs] = figure[new, i] / figure[old, i]
        sorted(ratio, pairs)
        printf "%-34s %-28s %-28s %s\n", name, side(old), side(new), pairs ? sprintf("%.2f", median(ratio, pairs)) : "-"
      }
    }
  ' "$1" "$2"
}

# Starts its servers and workers itself; only the database is needed.
bench_engine() {
  claim
  say "building…"
  publish_server
  build bench/TemporalDelivery.Bench.csproj
  ensure_postgres
  say "PostgreSQL  $POSTGRES_IS"
  mkdir -p "$FIGURES"
  BENCH_DATABASE=$CONNECTION dotnet "$(dll bench TemporalDelivery.Bench)" engine --server="$SERVER" \
    --json="$FIGURES/engine.json" --markdown="$FIGURES/engine.md" "$@"
  say "figures     $FIGURES/engine.json, engine.md"
}
