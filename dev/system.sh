# The whole system on this machine: PostgreSQL, Temporal, both simulators, worker, API.

PROCESSES="temporal partner payments worker api"

# Whose hosts and simulators run: this checkout's, or another one's that is measured beside it.
PRODUCT=${BENCH_PRODUCT:-$ROOT}

# The settings in which a measured system differs from the one that people use; empty for the processes' own defaults.
PARTNER_PACE=${PARTNER_PACE:-00:00:01}
PARTNER_FAILURE_RATE=${PARTNER_FAILURE_RATE:-0.01}

up() {
  prepare_state
  choose_temporal
  claim
  [ -z "${WITH_BROKER:-}" ] || start_broker
  say "building…"
  # The server and the product share nothing, so they are built beside each other.
  _publishing=
  if runs_embedded; then publish_server & _publishing=$!; fi
  build "$PRODUCT/dev/system.slnf"
  ensure_postgres
  [ -z "$_publishing" ] || wait "$_publishing" || exit 1
  _publishing=
  say "PostgreSQL  $POSTGRES_IS"
  [ -f "$STATE/secrets" ] || (umask 077; printf 'PARTNER_SECRET=whsec_%s\nPAYMENTS_SECRET=whsec_%s\n' "$(secret)" "$(secret)" > "$STATE/secrets")
  for _key in ACTOR_KEY RECEIPT_KEY; do grep -q "^$_key=" "$STATE/secrets" || printf '%s=%s\n' "$_key" "$(secret)" >> "$STATE/secrets"; done
  . "$STATE/secrets"
  start_temporal
  start_simulators
  start_hosts
  cat > "$STATE/urls" <<URLS
API_URL=$API_URL
TEMPORAL=$TEMPORAL
PARTNER_URL=$PARTNER_URL
PAYMENTS_URL=$PAYMENTS_URL
URLS
  say "Temporal    $TEMPORAL ($TEMPORAL_IS)${TEMPORAL_UI:+, Web UI $TEMPORAL_UI}"
  say "partner     $PARTNER_URL"
  say "payments    $PAYMENTS_URL"
  say "API         $API_URL   (OpenAPI: $API_URL/openapi/v1.json)"
  [ -z "${MAIL_FOLDER:-}" ] || say "mails       $MAIL_FOLDER"
  say "logs        $LOGS"
}

# This call runs the clone's system from now on; another one must not run it already.
claim() {
  if _pid=$(pid_of supervisor); then die "already running in this clone (pid $_pid); ./temporal-dev.sh down stops it"; fi
  stop_processes        # what a killed script left behind
  remember supervisor $$
}

start_simulators() {
  API_URL=http://127.0.0.1:$(free_port "${API_PORT:-8080}")
  _partner=$(free_port "${PARTNER_PORT:-8091}"); _payments=$(free_port "${PAYMENTS_PORT:-8092}")
  # Nobody listens yet, so both may have found the same one.
  [ "$_payments" != "$_partner" ] || _payments=$(free_port $((_partner + 1)))
  PARTNER_URL=http://127.0.0.1:$_partner PAYMENTS_URL=http://127.0.0.1:$_payments
  _ledgers=$STATE/ledgers; mkdir -p "$_ledgers"
  Webhook__Secret=$PARTNER_SECRET launch partner dotnet "$(dll simulators TemporalDelivery.Simulators "$PRODUCT")" partner --Urls="$PARTNER_URL" \
    --Ledger="$_ledgers/partner.jsonl" --Webhook:Url="$API_URL/webhooks/partner" --FailureRate="$PARTNER_FAILURE_RATE" --Pace="$PARTNER_PACE"
  Webhook__Secret=$PAYMENTS_SECRET launch payments dotnet "$(dll simulators TemporalDelivery.Simulators "$PRODUCT")" payments --Urls="$PAYMENTS_URL" \
    --Ledger="$_ledgers/payments.jsonl" --Webhook:Url="$API_URL/webhooks/payments"
}

# All of them start beside each other: whoever needs another waits for it.
start_hosts() {
  Database__ConnectionString=$CONNECTION Database__Seed=demo Partner__BaseUrl=$PARTNER_URL Payments__BaseUrl=$PAYMENTS_URL \
  Actors__Keys__0=$ACTOR_KEY Receipts__Keys__0=$RECEIPT_KEY Mail__Folder=${MAIL_FOLDER:-} Mail__From='The shop <shop@example.com>' Webhooks__Outgoing__AllowPrivateNetworks=true \
    launch worker dotnet "$(dll worker TemporalDelivery.Worker "$PRODUCT")" --Temporal:Address="$TEMPORAL"
  # Development: whoever is on this machine may say who they are, by X-Dev-Actor.
  ASPNETCORE_ENVIRONMENT=Development Tokens__Issuer=$API_URL/ Database__ConnectionString=$CONNECTION Database__Seed=demo \
  Webhooks__Partner__Secrets__0=$PARTNER_SECRET Webhooks__Payments__Secrets__0=$PAYMENTS_SECRET Actors__Keys__0=$ACTOR_KEY Receipts__Keys__0=$RECEIPT_KEY Webhooks__Outgoing__AllowPrivateNetworks=true \
    launch api dotnet "$(dll api TemporalDelivery.Api "$PRODUCT")" --Urls="$API_URL" --Temporal:Address="$TEMPORAL"
  await_line partner 'Now listening on'
  await_line payments 'Now listening on'
  await_line worker 'Application started'
  await_line api 'Now listening on'
}

stop_processes() { for _each in api worker payments partner temporal rabbitmq epmd; do stop "$_each"; done; rm -f "$STATE/urls"; }

finish() {
  trap - EXIT; trap '' INT TERM HUP
  # What another call of this script started is not ours to stop.
  [ "$(pid_of supervisor)" = $$ ] || return 1
  say "stopping…"
  [ -z "${_publishing:-}" ] || { kill "$_publishing" 2>/dev/null; wait "$_publishing" || :; }
  stop_processes
  stop_postgres
  rm -f "$PIDS/supervisor"
}

run_until_interrupted() {
  trap 'finish || :; exit 0' INT TERM HUP
  trap 'finish || :' EXIT
  MAIL_FOLDER=$STATE/mails
  up
  say "running; Ctrl-C stops it"
  while :; do
    for _each in $PROCESSES; do
      if [ -f "$PIDS/$_each" ] && ! pid_of "$_each" >/dev/null; then
        tail -n 20 "$LOGS/$_each.log" >&2
        die "$_each stopped by itself (log: $LOGS/$_each.log)"
      fi
    done
    sleep 1
  done
}

# demo [--all …] [--Rounds=N …]
demo() {
  if [ "${1:-}" = --all ]; then shift; scenarios "$@"; fi
  prepare_state
  if pid_of supervisor >/dev/null && [ -f "$STATE/urls" ]; then
    say "using the system that runs already"
  else
    trap 'finish || :; exit 130' INT TERM HUP
    trap 'finish || :' EXIT
    PARTNER_FAILURE_RATE=0
    MAIL_FOLDER=$STATE/mails
    up
  fi
  . "$STATE/urls"
  dotnet "$(dll simulators TemporalDelivery.Simulators)" demo --Api="$API_URL" "$@"
}

# user add NAME ROLE [--customer ID], user password|disable|enable NAME: a password comes by standard input, never by a word.
user() {
  prepare_state
  build api/TemporalDelivery.Api.csproj < /dev/null
  ensure_postgres < /dev/null
  Database__ConnectionString=$CONNECTION Database__Seed=demo exec dotnet "$(dll api TemporalDelivery.Api)" user "$@"
}

down() {
  if _pid=$(pid_of supervisor) && [ "$_pid" != $$ ]; then
    kill -TERM "$_pid" 2>/dev/null || :
    _left=400
    while pid_of supervisor >/dev/null && [ "$_left" -gt 0 ]; do sleep 0.1; _left=$((_left - 1)); done
  fi
  [ -d "$STATE" ] || { say "nothing to stop"; return 0; }
  stop_processes
  stop_postgres
  rm -f "$PIDS/supervisor"
  if [ "${1:-}" = --wipe ]; then
    wipe_postgres
    rm -rf "$STATE"; say "stopped, data forgotten"
  else say "stopped"; fi
}
