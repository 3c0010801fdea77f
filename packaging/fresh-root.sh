#!/bin/sh
# For developers: makes a fresh minimal Debian 12 with mmdebstrap, and runs there what the README
# promises: `sh packaging/build.sh`, then `sh packaging/test.sh`. Needs root.
#
#     fresh-root.sh [--release NAME] [--keep] [COMMAND...]
#
# COMMAND... runs instead of the two, in the checkout. What this machine needs to reach the network
# (resolver, certificates) is lent to the root; its apt asks the archives that mmdebstrap chose.
set -eu
cd "$(dirname "$0")/.."
. packaging/shell/common.sh

release=bookworm
keep=no
while [ $# -gt 0 ]; do
  case $1 in
    --release)
      release=$2
      shift 2
      ;;
    --keep)
      keep=yes
      shift
      ;;
    *) break ;;
  esac
done

[ "$(id -u)" -eq 0 ] || fail "a root file system can only be entered by root" "run it with sudo"
command -v mmdebstrap >/dev/null 2>&1 || fail "mmdebstrap is missing" "apt-get install mmdebstrap"

root=$(mktemp -d)
# dpkg and apt drop rights; mktemp's folder lets nobody in.
chmod 755 "$root"

leave() {
  for folder in proc dev/pts dev/shm dev; do
    umount "$root/$folder" 2>/dev/null || true
  done
  if [ "$keep" = yes ]; then
    say "the root is kept: $root"
  elif ! grep -q " $root/" /proc/mounts; then
    rm -rf "$root"
  fi
}
trap leave EXIT

lend_network() {
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  # `ca-certificates`, once it is installed, takes in what lies here.
  [ ! -d /usr/local/share/ca-certificates ] ||
    cp -R /usr/local/share/ca-certificates "$root/usr/local/share/"
}

enter() {
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    LC_ALL=C.UTF-8 sh -c 'cd /checkout && exec "$@"' sh "$@"
}

timed() {
  begin=$(date +%s)
  enter "$@"
  say "\`$*\` took $(($(date +%s) - begin)) s in a fresh $release"
}

say "making a fresh $release in $root"
run_logged build/log/fresh-root.log mmdebstrap --variant=minbase "$release" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind /dev/pts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
lend_network
git clone --quiet --no-hardlinks . "$root/checkout"
[ ! -d ../shared ] || cp -R ../shared "$root/shared"

if [ $# -gt 0 ]; then
  timed "$@"
else
  timed sh packaging/build.sh
  timed sh packaging/test.sh
fi
