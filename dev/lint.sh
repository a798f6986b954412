# What no test finds: every analyzer's word (a warning is an error), white space, the order of usings, and what is bad style in the API's
# description. Its last line counts the checks: "N passed, N failed".

SPECTRAL=@stoplight/spectral-cli@6.16.3
REDOCLY=@redocly/cli@2.77.0

lint() {
  prepare_state
  require_dotnet
  _passed=0; _failed=0
  check analysis dotnet build dev/all.slnx -c Debug --nologo -v quiet
  check whitespace dotnet format whitespace . --folder --verify-no-changes
  for _solution in TemporalDelivery.sln embedded/Temporal.Server.sln; do
    # IDE0065 is where usings stand; their order comes with any rule of style.
    check "usings of $_solution" dotnet format style "$_solution" --no-restore --verify-no-changes --diagnostics IDE0065
  done
  lint_description
  printf '%d passed, %d failed\n' "$_passed" "$_failed"
  [ "$_failed" -eq 0 ]
}

# The rules that are switched off, and why, stand in dev/openapi.
lint_description() {
  export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
  if can_be_had "$SPECTRAL"; then
    check "spectral on docs/openapi.json" npx --yes "$SPECTRAL" lint --fail-severity hint -r dev/openapi/spectral.yaml docs/openapi.json
  fi
  if can_be_had "$REDOCLY"; then
    check "redocly on docs/openapi.json" npx --yes "$REDOCLY" lint --config dev/openapi/redocly.yaml docs/openapi.json
  fi
}

can_be_had() {
  command -v npx > /dev/null 2>&1 && npx --yes "$1" --version > /dev/null 2>&1 && return 0
  say "$1: cannot be had by npx here, so its rules are not looked at"
  return 1
}

# check NAME COMMAND…: runs it; what it found is shown.
check() {
  _name=$1; shift
  if (cd "$ROOT" && "$@") > "$LOGS/lint.log" 2>&1; then _passed=$((_passed + 1)); say "$_name: nothing to say"; return 0; fi
  _failed=$((_failed + 1))
  say "$_name:"
  grep -E 'error|warning' "$LOGS/lint.log" | sort -u | head -n 20 >&2 || tail -n 20 "$LOGS/lint.log" >&2
}
