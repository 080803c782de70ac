#!/bin/sh
# Installs what the PostgreSQL specs need and this machine lacks: a server, its headers at the very
# same version, and a C compiler. Does nothing when all is there; not root: says what to do, exit 1.
set -eu

NO_CLUSTER=/etc/postgresql-common/createcluster.d/vm-monitor-specs.conf

server_bindir() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | while read -r dir; do
  [ -x "$dir/postgres" ] && [ -x "$dir/initdb" ] && echo "$dir"
done | tail -n 1; }

major() { basename "$(dirname "$(server_bindir)")"; }
installed_version() { dpkg-query -W -f '${Version}' "postgresql-$1"; }
has_headers() { [ -f "$("$(server_bindir)/pg_config" --includedir-server)/utils/guc.h" ]; }

# Prints the arguments of apt-get for the first thing that is missing; nothing when all is there.
missing() {
  if [ -z "$(server_bindir)" ]; then echo postgresql; return; fi
  command -v gcc >/dev/null || { echo gcc libc6-dev; return; }
  # Headers of another minor version would make apt upgrade the server.
  has_headers || echo "postgresql-server-dev-$(major)=$(installed_version "$(major)")"
}

install() {
  echo "installing $* for the PostgreSQL specs"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

[ -n "$(missing)" ] || exit 0

if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
  echo "the PostgreSQL specs need: apt-get install -y --no-install-recommends $(missing)   (as root, then again make test)" >&2
  exit 1
fi

# The specs start servers of their own; Debian's package must not start one too.
trap 'rm -f "$NO_CLUSTER"' EXIT
mkdir -p "$(dirname "$NO_CLUSTER")"
echo 'create_main_cluster = false' >"$NO_CLUSTER"

apt-get update -qq
while [ -n "$(missing)" ]; do
  wanted=$(missing)
  # shellcheck disable=SC2086 # several packages are several words
  install $wanted
  [ "$(missing)" != "$wanted" ] || { echo "still missing after its installation: $wanted" >&2; exit 1; }
done
