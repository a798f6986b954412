# A RabbitMQ server, which tests start for themselves: the installed one, else the distribution's package, unpacked beside the clone's data.
# Unpacked and not installed: the machine does not get a server that runs, and nobody has to be root.

RABBITMQ=$ROOT/.data/rabbitmq

# Prints the path of rabbitmq-server; fails, having said why, where none can be had.
rabbitmq_server() {
  for _root in "$RABBITMQ" ''; do
    _server=$_root/usr/lib/rabbitmq/bin/rabbitmq-server
    if [ -x "$_server" ]; then printf '%s\n' "$_server"; return 0; fi
  done
  prepare_state
  if unpack_rabbitmq > "$LOGS/rabbitmq.log" 2>&1; then printf '%s\n' "$RABBITMQ/usr/lib/rabbitmq/bin/rabbitmq-server"; return 0; fi
  say "there is no RabbitMQ server, and the distribution's package rabbitmq-server cannot be had (log: $LOGS/rabbitmq.log)"
  return 1
}

unpack_rabbitmq() {
  command -v apt-get && command -v dpkg-deb || return 1
  _new=$RABBITMQ.new.$$; rm -rf "$_new"; mkdir -p "$_new/packages"
  # The lists of packages may be missing, or too old to name what is there.
  download_rabbitmq "$_new/packages" || { update_package_lists && download_rabbitmq "$_new/packages"; } || { rm -rf "$_new"; return 1; }
  for _package in "$_new"/packages/*.deb; do dpkg-deb -x "$_package" "$_new" || return 1; done
  rm -rf "$_new/packages"
  sed -i 's|^\( *ROOTDIR=\)/usr/lib/erlang$|\1$(dirname "$(dirname "$(readlink -f "$0")")")|' "$_new/usr/lib/erlang/bin/erl"
  "$_new/usr/lib/erlang/bin/erl" -noinput -eval 'ok = crypto:start(), halt(0).' || { rm -rf "$_new"; return 1; }
  # Of two calls at once the second finds that the first has put it there.
  mv -T "$_new" "$RABBITMQ" || rm -rf "$_new"
}

# Those of its packages that the server itself is made of; the libraries under them are on every machine.
download_rabbitmq() {
  _packages=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances rabbitmq-server \
    | grep -E '^(rabbitmq|erlang)-' | sort -u)
  [ -n "$_packages" ] && (cd "$1" && apt-get download $_packages)
}

update_package_lists() { if [ "$(id -u)" = 0 ]; then apt-get update; else sudo -n apt-get update; fi; }
