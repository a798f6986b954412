# Builds, quietly; what went wrong is shown, the rest is in the log.

require_dotnet() {
  command -v dotnet >/dev/null 2>&1 || die "the .NET SDK 10 is not installed (https://dot.net)"
  dotnet --version >/dev/null 2>&1 || die "the .NET SDK that global.json asks for is not installed; found: $(dotnet --list-sdks 2>/dev/null | tr '\n' ' ')"
}

# dotnet_quietly LOG ARGS…
dotnet_quietly() {
  _log=$LOGS/$1.log; shift
  require_dotnet
  mkdir -p "$LOGS"
  # Without the lock of publish_server (descriptor 9): compilers that stay behind would keep it.
  (cd "$ROOT" && dotnet "$@" -c "$CONFIGURATION" --nologo -v quiet) > "$_log" 2>&1 9>&- && return 0
  if grep -qE 'error|warning' "$_log"; then grep -E 'error|warning' "$_log" | sort -u | head -n 20 >&2; else tail -n 20 "$_log" >&2; fi
  die "dotnet $1 failed (log: $_log)"
}

# build SOLUTION-OR-PROJECT
build() { dotnet_quietly build build "$@"; }

# The built assembly of a project: dll FOLDER NAME [CHECKOUT]
dll() { printf '%s' "${3:-$ROOT}/$1/bin/$CONFIGURATION/net10.0/$2.dll"; }
