#!/bin/sh
# Builds what is tested and runs every check there is: the unit tests under the sanitizers, all others
# on the executable as it is shipped, and the linters. Installs what is missing with
# apt, as build.sh does. The last lines are the summary of ctest.
set -eu
cd "$(dirname "$0")/.."
. packaging/shell/common.sh

# The unit tests, the build against shared libraries, and what reads the sources.
sources='git catch2 libcurl4-openssl-dev libarchive-dev python3 clang-format-19 clang-tidy-19'
# What the behaviour tests start; those that find something missing say that they skip it.
programs='binutils procps util-linux strace python3-venv pypy3 fish zsh tcsh nginx-light openssl'

failed=
# check COMMAND...: a check that fails does not keep the others from running.
check() { "$@" || failed="$failed
  $*"; }

# shellcheck disable=SC2086 # lists of names
need_packages build/log/test-packages.log $sources
# shellcheck disable=SC2086
want_packages build/log/test-packages.log $programs
sh packaging/build.sh

say "checking the format of the sources"
check sh packaging/lint.sh format

say "building what the behaviour tests run"
run_logged build/log/configure.log cmake --preset static -DENSURE_TESTS=ON -DENSURE_UNIT_TESTS=OFF
run_logged build/log/tests.log cmake --build build --parallel "$(jobs)"

# The unit tests are built and run here alone. Of the behaviour tests not those that use strace: the
# leak sanitizer cannot work under it.
say "building with the sanitizers, and running the unit tests and quick others there"
run_logged build/log/sanitize.log cmake --preset sanitize "-DENSURE_PAYLOAD=$PWD/build/bundled/payload.bin"
run_logged build/log/sanitize.log cmake --build --preset sanitize --parallel "$(jobs)"
check ctest --preset sanitize --parallel "$(jobs)" --label-regex unit
check ctest --preset sanitize --parallel "$(jobs)" --tests-regex \
  'behaviour.(bundle|ensurepip|environment|environment_options|output|python_command)_test'

say "reading the sources with clang-tidy"
check sh packaging/lint.sh tidy build

say "running all tests on build/ensure"
check ctest --preset static --parallel "$(jobs)"
[ -z "$failed" ] || fail "these checks failed:$failed"
