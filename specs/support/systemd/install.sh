#!/bin/sh
# Installs systemd-analyze, by which a spec checks docs/vm-monitor.service, and systemd-notify, which the monitor
# uses, where they are missing. Debian has both in the package systemd, which starts nothing by itself: a machine
# runs it only if it boots with it. Does nothing when they are there; not root: says what to do, exit 1.
set -eu

command -v systemd-analyze >/dev/null && command -v systemd-notify >/dev/null && exit 0

if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
  echo "the specs of the service need: apt-get install -y --no-install-recommends systemd   (as root, then again make test)" >&2
  exit 1
fi

echo "installing systemd for the specs of the service"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends systemd >/dev/null
