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

# Starts a server of this system's own, on loopback, and tells the hosts of it (Broker__Url); says so where none can be had.
start_broker() {
  _server=${TEST_RABBITMQ-$(rabbitmq_server)} || _server=
  if [ -z "$_server" ]; then say "RabbitMQ    none here"; return 0; fi
  _erlang=$(cd "$(dirname "$_server")/../../erlang/bin" && pwd -P)
  _mq=$STATE/rabbitmq; mkdir -p "$_mq"
  _amqp=$(free_port "${RABBITMQ_PORT:-21672}"); _distribution=$(free_port $((_amqp + 1))); _mapper=$(free_port $((_distribution + 1)))
  printf 'listeners.tcp.1 = 127.0.0.1:%s\nlog.console = true\nlog.console.level = error\nlog.file = false\n' "$_amqp" > "$_mq/rabbitmq.conf"
  printf '[].' > "$_mq/plugins"; : > "$_mq/environment"
  launch epmd env HOME="$_mq" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$_mapper" "$_erlang/epmd"
  # The script becomes the server and does not wait for it as for a child: so its id is the server's.
  launch rabbitmq env HOME="$_mq" PATH="$_erlang:$PATH" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$_mapper" ERL_MAX_PORTS=1024 ERL_MAX_ETS_TABLES=2000 \
    RABBITMQ_NODENAME="demo$_amqp@localhost" RABBITMQ_DIST_PORT="$_distribution" RABBITMQ_MAX_NUMBER_OF_PROCESSES=32768 RABBITMQ_MAX_NUMBER_OF_ATOMS=1048576 \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +SDio 2' RABBITMQ_MNESIA_BASE="$_mq/data" \
    RABBITMQ_LOG_BASE="$_mq/log" RABBITMQ_PID_FILE="$_mq/pid" RABBITMQ_ENABLED_PLUGINS_FILE="$_mq/plugins" RABBITMQ_CONFIG_FILE="$_mq/rabbitmq" \
    RABBITMQ_ADVANCED_CONFIG_FILE="$_mq/advanced" RABBITMQ_CONF_ENV_FILE="$_mq/environment" RUNNING_UNDER_SYSTEMD=true "$_server"
  export Broker__Url="amqp://guest:guest@127.0.0.1:$_amqp"
  say "RabbitMQ    127.0.0.1:$_amqp"
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
