#!/bin/sh
# Installs what the VM specs need and this machine lacks: QEMU, a static busybox, mkfs.ext4, lz4, a C compiler. The guest's
# kernel is only downloaded, into .cache/vm: the machine's own boot is not touched. Does nothing when all is there; packages
# missing and not root: says what to do, exit 1.
set -eu
cd "$(dirname "$0")/../.."

CACHE=.cache/vm
KERNEL=linux-image-cloud-amd64

missing() {
  command -v qemu-system-x86_64 >/dev/null || echo qemu-system-x86
  command -v busybox >/dev/null && busybox true && ! ldd "$(command -v busybox)" >/dev/null 2>&1 || echo busybox-static
  command -v mkfs.ext4 >/dev/null || [ -x /usr/sbin/mkfs.ext4 ] || echo e2fsprogs
  command -v lz4 >/dev/null || echo lz4
  command -v gcc >/dev/null && [ -f "$(gcc -print-file-name=libc.a)" ] || echo gcc libc6-dev
}

has_kernel() { ls "$CACHE"/linux-image-*.deb >/dev/null 2>&1; }

# The package of this name has no files: it depends on the newest version of the kernel.
download_kernel() {
  package=$(apt-cache depends "$KERNEL" | awk '$1 == "Depends:" && $2 ~ /^linux-image-/ { print $2 }')
  [ -n "$package" ] || return 1
  echo "downloading $package for the VM specs"
  (cd "$CACHE" && apt-get download -qq "$package" 2>/dev/null)
}

wanted=$(missing | tr '\n' ' ')
mkdir -p "$CACHE"
if [ -z "$wanted" ] && has_kernel; then exit 0; fi

if ! command -v apt-get >/dev/null || { [ -n "$wanted" ] && [ "$(id -u)" != 0 ]; }; then
  echo "the VM specs need: apt-get install -y --no-install-recommends $wanted  (as root, then again make test)" >&2
  exit 1
fi

if [ -n "$wanted" ]; then
  echo "installing $wanted for the VM specs"
  apt-get update -qq
  # shellcheck disable=SC2086 # several packages are several words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
fi

has_kernel || download_kernel || { [ "$(id -u)" = 0 ] && apt-get update -qq && download_kernel; } || {
  echo "the VM specs need the kernel package that $KERNEL depends on; apt-get could not download it: try apt-get update (as root)" >&2
  exit 1
}
