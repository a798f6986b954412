#!/bin/sh
# The one script a person needs: brings the whole system up on this machine, plays the demo on it, runs the tests. Its parts are in dev/.
# Needs a POSIX shell, the .NET SDK and a PostgreSQL source (see `./temporal-dev.sh help`). Every process that it starts is its own:
# private ports, private PostgreSQL cluster, its pid remembered, ended by that pid only. Secrets never stand on a command line.
set -eu

ROOT=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
CONFIGURATION=Release

usage() {
  cat <<'TEXT'
usage: ./temporal-dev.sh [--temporal embedded|cli] [command]

  (none)            everything on this machine until Ctrl-C: PostgreSQL, Temporal, simulators, worker, API
  demo              places orders of every kind through the REST API, plays them through, prints what became of each
  demo --all        plays every scenario that a person can watch, and compares what everybody saw of it with what is expected;
                    --record FILE writes what is seen instead, --expect FILE compares with another file
  test [--engine] [FILTER]
                    everything the tests need, then all tests (FILTER: of methods, e.g. '*voucher*');
                    --engine also runs the embedded server's long suites
  lint              what no test finds: analyzers, white space, order of usings, and spectral and redocly on docs/openapi.json
  bench [api]       orders per second, what an order costs, latency of POST, memory of each process
  bench burst       thousands of orders placed at once: --orders=N --kind=ebook|physical
  bench open        thousands of open deliveries: --deliveries=N --rates=20,60,100 --restart
  bench pairs CHECKOUT [--pairs=N]
                    'bench api' of another checkout's product and this one's in turn, medians beside each other
  bench engine      the embedded server alone: --quick, --store memory|postgres, --scenario one,ten,…
  chaos [--orders N] [--minutes M] [--seed S] [--faults none] [--sabotage]
                    orders of every kind while processes are killed and partners have faults, then an audit of what is left
  server ARGS…      the embedded Temporal server alone, e.g. server start-dev --port 7233 --headless
  user add NAME ROLE [--customer ID]
                    adds who may use the API: a customer, operator, client, partner, payments or admin. The password is the first line of
                    standard input; without one it is made and shown, once. Also: user password NAME, user disable NAME, user enable NAME
  docs              writes what is generated from the code: the diagram of the delivery states, the description of the API
  down [--wipe]     stops what this clone started; --wipe also forgets its data

  --temporal cli    run on the dev server of the `temporal` command, with its Web UI and a database file

for other programs
  postgres          starts the private PostgreSQL if it is not running and prints its connection string
  test-server       prints the path of the executable that tests start as their Temporal server
  rabbitmq          prints the path of the rabbitmq-server that tests start; unpacks the distribution's package where there is none

environment
  DATABASE_URL      use this PostgreSQL instead of a private one
  TEMPORAL_ADDRESS  use this Temporal (host:port) instead of the embedded server
  TEMPORAL_DEV_INSTANCE  a second system of this clone, beside the first, with its own data
  API_PORT TEMPORAL_PORT PARTNER_PORT PAYMENTS_PORT POSTGRES_PORT   first port to try for each (the next free one is taken)
TEXT
}

say() { printf '%s\n' "$*" >&2; }
die() { say "temporal-dev: $*"; exit 1; }

for _part in state processes postgres rabbitmq build temporal system scenarios bench chaos tests lint docs; do . "$ROOT/dev/$_part.sh"; done

while [ "${1:-}" = --temporal ]; do
  [ $# -ge 2 ] || die "--temporal needs a value: embedded or cli"
  TEMPORAL_KIND=$2; shift 2
done

case "${1:-up}" in
  up) run_until_interrupted ;;
  demo) shift; demo "$@" ;;
  test) shift; run_tests "$@" ;;
  lint) lint ;;
  bench) shift; bench "$@" ;;
  chaos) shift; chaos "$@" ;;
  docs) docs ;;
  user) shift; user "$@" ;;
  server) shift; prepare_state; publish_server; exec "$SERVER" server "$@" ;;
  test-server) prepare_state; publish_server; printf '%s\n' "$SERVER" ;;
  rabbitmq) rabbitmq_server ;;
  postgres) prepare_state; ensure_postgres; printf '%s\n' "$CONNECTION" ;;
  down) shift; down "$@" ;;
  help|-h|--help) usage ;;
  *) usage >&2; die "unknown command: $1" ;;
esac
