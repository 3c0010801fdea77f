#!/bin/sh
# Installs the packages that the build needs (with apt, on Debian 12 or newer), builds `build/ensure`, and
# creates an environment with it. A second run only builds what has changed.
#
#     build.sh [CMAKE-OPTION...]
#
# The executable contains the bytecode of pip for the Pythons of this machine; `release.sh` requires
# CPython 3.11 to 3.14.
set -eu
cd "$(dirname "$0")/.."
. packaging/shell/common.sh

kMaximumSize=16777216

build_tools='g++ cmake ninja-build dpkg-dev'
libraries='libc6-dev libssl-dev zlib1g-dev libbz2-dev liblzma-dev libzstd-dev liblz4-dev
  libxxhash-dev libdeflate-dev libnghttp2-dev libc-ares-dev nlohmann-json3-dev'
# Any pip can fetch the pinned pips. Debian's wheel of pip runs without being installed.
fetching='python3 python3-pip-whl ca-certificates'

# shellcheck disable=SC2086 # lists of names
need_packages build/log/packages.log $build_tools $libraries $fetching
sh packaging/static/libraries.sh build/deps

if [ ! -f build/build.ninja ] || [ $# -gt 0 ]; then
  say "configuring build/"
  run_logged build/log/configure.log cmake --preset static -DENSURE_TESTS=OFF "$@"
fi
say "building build/ensure"
cmake --build build --target ensure --parallel "$(jobs)"

size=$(wc -c <build/ensure)
[ "$size" -le "$kMaximumSize" ] || fail "build/ensure has $size bytes, more than $kMaximumSize" \
  "bundle the bytecode of fewer Pythons: -DENSURE_BYTECODE_PYTHONS"
say "build/ensure has $size bytes; trying it"

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
build/ensure --version
build/ensure --venv "$directory/env"
"$directory/env/bin/pip" --version
say "done: build/ensure works"
