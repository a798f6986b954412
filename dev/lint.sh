# What no test finds: every analyzer's word (a warning is an error), white space, the order of usings.
# Its last line counts the checks: "N passed, N failed".

lint() {
  prepare_state
  require_dotnet
  _passed=0; _failed=0
  check analysis build dev/all.slnx -c Debug --nologo -v quiet
  check whitespace format whitespace . --folder --verify-no-changes
  for _solution in TemporalDelivery.sln embedded/Temporal.Server.sln; do
    # IDE0065 is where usings stand; their order comes with any rule of style.
    check "usings of $_solution" format style "$_solution" --no-restore --verify-no-changes --diagnostics IDE0065
  done
  printf '%d passed, %d failed\n' "$_passed" "$_failed"
  [ "$_failed" -eq 0 ]
}

# check NAME ARGS…: runs dotnet with them; what it found is shown.
check() {
  _name=$1; shift
  if (cd "$ROOT" && dotnet "$@") > "$LOGS/lint.log" 2>&1; then _passed=$((_passed + 1)); say "$_name: nothing to say"; return 0; fi
  _failed=$((_failed + 1))
  say "$_name:"
  grep -E 'error|warning' "$LOGS/lint.log" | sort -u | head -n 20 >&2 || tail -n 20 "$LOGS/lint.log" >&2
}
