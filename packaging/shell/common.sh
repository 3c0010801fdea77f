# Functions for the scripts of this directory. Read it with `.` in a POSIX shell with `set -eu`.

say() { printf '%s\n' "== $*"; }

fail() {
  printf '%s\n' "error: $1" >&2
  [ $# -lt 2 ] || printf '%s\n' "hint: $2" >&2
  exit 1
}

# run_logged LOG COMMAND...: keeps what the command prints in LOG, and shows its end if it fails.
run_logged() {
  log=$1
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 && return 0
  tail -n 40 "$log" >&2
  fail "\`$*\` failed" "the whole output is in $log"
}

# missing_packages PACKAGE...: prints those that are not installed. `a|b` needs one of the two.
missing_packages() {
  for wanted in "$@"; do
    found=no
    for package in $(printf '%s' "$wanted" | tr '|' ' '); do
      status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || continue
      [ "$status" != installed ] || found=yes
    done
    [ "$found" = yes ] || printf '%s ' "${wanted%%|*}"
  done
}

# need_packages LOG PACKAGE...: installs the missing packages, which needs root and the network. If all of
# them are installed, it needs neither.
need_packages() {
  packages_log=$1
  shift
  command -v apt-get >/dev/null 2>&1 || fail "this script needs Debian's apt" \
    "elsewhere, install the libraries that docs/usage.md lists, then: cmake --preset release"
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  is_root || fail "these packages are missing: $missing" \
    "run as root: apt-get install --no-install-recommends $missing"
  say "installing with apt: $missing"
  export DEBIAN_FRONTEND=noninteractive
  run_logged "$packages_log" apt-get update
  # shellcheck disable=SC2086 # a list of names
  run_logged "$packages_log" apt-get install --yes --no-install-recommends $missing
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# want_packages LOG PACKAGE...: like need_packages, but continues if packages cannot be installed.
want_packages() {
  if command -v apt-get >/dev/null 2>&1 && is_root; then
    need_packages "$@"
    return
  fi
  shift
  missing=$(missing_packages "$@")
  [ -z "$missing" ] || say "not installed, so the tests that use them are skipped: $missing"
}

# One more than there are processors: compilers wait for files, and tests for servers and timeouts.
jobs() { echo $(($(getconf _NPROCESSORS_ONLN) + 1)); }
