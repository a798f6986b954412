# Every scenario that a person can watch, on a system of its own whose deliveries are soon overdue; it is forgotten when all went as expected.

EXPECTED=$ROOT/simulators/Demo/Scenarios/expected.md

# scenarios [--record FILE] [--expect FILE]: the words after `demo --all`
scenarios() {
  _record= _expect=$EXPECTED
  while [ $# -gt 0 ]; do
    case $1 in
      --record|--expect) [ $# -ge 2 ] || die "demo --all: $1 needs a file" ;;
      *) die "demo --all: '$1' is none of --record FILE, --expect FILE" ;;
    esac
    if [ "$1" = --record ]; then _record=$2; else _expect=$2; fi
    shift 2
  done
  [ -n "$_record" ] || [ -f "$_expect" ] || die "demo --all: there is no file $_expect"
  [ -z "${DATABASE_URL:-}" ] || die "demo --all wants a database of its own, and DATABASE_URL names one that others may use: unset it"

  TEMPORAL_DEV_INSTANCE=${INSTANCE:+$INSTANCE-}scenarios
  . "$ROOT/dev/state.sh"
  if _pid=$(pid_of supervisor); then die "demo --all is already running in this clone (pid $_pid)"; fi
  down --wipe > /dev/null 2>&1
  trap 'finish || :; exit 130' INT TERM HUP
  trap 'finish || :' EXIT
  PARTNER_FAILURE_RATE=0 MAIL_FOLDER=$STATE/mails WITH_BROKER=1
  export Orders__Delivery__SilenceAfter__Created=00:00:15 Orders__Delivery__SilenceAfter__Delivered=00:00:15
  up
  [ -z "${Broker__Url:-}" ] || await_line rabbitmq 'completed with'
  _status=0
  Database__ConnectionString=$CONNECTION dotnet "$(dll simulators TemporalDelivery.Simulators)" scenarios --Api="$API_URL" --Temporal="$TEMPORAL" \
    --PartnerLedger="$STATE/ledgers/partner.jsonl" --PaymentsLedger="$STATE/ledgers/payments.jsonl" --MailFolder="$MAIL_FOLDER" \
    --Expect="$_expect" ${_record:+--Record="$_record"} || _status=$?
  finish > /dev/null 2>&1
  if [ "$_status" -eq 0 ]; then down --wipe > /dev/null 2>&1; else say "ledgers, mails and logs: $STATE"; fi
  exit "$_status"
}
