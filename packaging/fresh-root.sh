#!/bin/sh
# For developers: creates a fresh minimal Debian with mmdebstrap, and runs the two commands of the
# README in it: `sh packaging/build.sh`, then `sh packaging/test.sh`. Needs root.
#
#     fresh-root.sh [OPTION...] [COMMAND...]
#
#     --release NAME  bookworm (the default), trixie, ...; may be given several times
#     --suite NAME    build or test: only that one of the two
#     --mirror URL    the archive that mmdebstrap and the root's apt use
#     --keep          do not remove the root, and print its path
#
# COMMAND... runs instead of these two, in the checkout, which is a clone of the last commit. The script
# copies the network settings of this machine into the root: resolver, proxies, certificates and pip's
# settings.
set -eu
cd "$(dirname "$0")/.."
. packaging/shell/common.sh

releases=
suite=all
mirror=
keep=no
while [ $# -gt 0 ]; do
  case $1 in
    --keep)
      keep=yes
      shift
      continue
      ;;
    --release | --suite | --mirror) [ $# -gt 1 ] || fail "\`$1\` needs a value" "see the comment at the top of $0" ;;
    -*) fail "\`$1\` is not an option" "see the comment at the top of $0" ;;
    *) break ;;
  esac
  case $1 in
    --release) releases="$releases $2" ;;
    --suite) suite=$2 ;;
    --mirror) mirror=$2 ;;
  esac
  shift 2
done
case $suite in
  all | build | test) ;;
  *) fail "\`$suite\` is not a suite" "name build or test" ;;
esac

[ "$(id -u)" -eq 0 ] || fail "only root can enter a root file system" "run it with sudo"
command -v mmdebstrap >/dev/null 2>&1 || fail "mmdebstrap is missing" "apt-get install mmdebstrap"

# Makes the root of `$release` at `$root`.
make_root() {
  root=$(mktemp -d)
  # mktemp makes the directory private, but dpkg and apt enter it without root's rights.
  chmod 755 "$root"
  trap leave EXIT
  say "making a fresh $release in $root"
  run_logged "build/log/fresh-root-$release.log" \
    mmdebstrap --variant=minbase "$release" "$root" ${mirror:+"$mirror"}
  mount -t proc proc "$root/proc"
  mount --bind /dev "$root/dev"
  mount --bind /dev/pts "$root/dev/pts"
  mount -t tmpfs tmpfs "$root/dev/shm"
  lend_network
  git clone --quiet --no-hardlinks . "$root/checkout"
  [ ! -d ../shared ] || cp -R ../shared "$root/shared"
}

leave() {
  for directory in proc dev/pts dev/shm dev; do
    umount "$root/$directory" 2>/dev/null || true
  done
  trap - EXIT
  if [ "$keep" = yes ]; then
    say "the root is kept: $root"
  elif ! grep -q " $root/" /proc/mounts; then
    rm -rf "$root"
  fi
}

lend_network() {
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  # The package ca-certificates adds the certificates in this directory when it is installed.
  [ ! -d /usr/local/share/ca-certificates ] ||
    cp -R /usr/local/share/ca-certificates "$root/usr/local/share/"
  apt-config dump 2>/dev/null | grep -E '^Acquire::(http|https)::Proxy' \
    >"$root/etc/apt/apt.conf.d/99lent-proxy" || true
  # Paths in pip's settings do not exist in the root: only lines with addresses are copied.
  cat /etc/pip.conf "${XDG_CONFIG_HOME:-$HOME/.config}/pip/pip.conf" "$HOME/.pip/pip.conf" 2>/dev/null |
    grep -E '^[[:space:]]*(\[.*\]|(extra-)?index-url|trusted-host|proxy|timeout|retries)' \
      >"$root/etc/pip.conf" || true
}

# Prints the variables of this machine that configure the network.
network_variables() {
  env | grep -E \
    '^(https?_proxy|HTTPS?_PROXY|all_proxy|ALL_PROXY|no_proxy|NO_PROXY|PIP_(EXTRA_)?INDEX_URL|PIP_TRUSTED_HOST|PIP_PROXY|PIP_DEFAULT_TIMEOUT|PIP_RETRIES)=' ||
    true
}

# None of their values contains blanks.
enter() {
  # shellcheck disable=SC2046 # one word a variable
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    $(network_variables) sh -c 'cd /checkout && exec "$@"' sh "$@"
}

timed() {
  begin=$(date +%s)
  enter "$@"
  say "\`$*\` took $(($(date +%s) - begin)) s in a fresh $release"
}

for release in ${releases:-bookworm}; do
  make_root
  if [ $# -gt 0 ]; then
    timed "$@"
  else
    [ "$suite" = test ] || timed sh packaging/build.sh
    [ "$suite" = build ] || timed sh packaging/test.sh
  fi
  leave
done
