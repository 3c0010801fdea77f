#!/bin/sh
# Builds what is tested and runs every check: the unit tests under the sanitizers, all others on the
# executable as it is shipped, and the linters. Installs what is missing with apt, as build.sh does.
# Ends with the tests that were skipped, and ctest's line for all runs together.
set -eu
cd "$(dirname "$0")/.."
. packaging/shell/common.sh

# The unit tests, the build against shared libraries, and the linters.
sources='git catch2 libcurl4-openssl-dev libarchive-dev python3 clang-format-19 clang-19 libclang-rt-19-dev'
# The behaviour tests run these programs; a test that finds one missing is skipped.
programs='binutils procps util-linux strace python3-venv pypy3 fish zsh tcsh nginx-light openssl'

failed=
# check COMMAND...: a check that fails does not keep the others from running.
check() { "$@" || failed="$failed
  $*"; }

# run_tests PRESET CTEST-OPTION...: keeps the report for the list of skipped tests.
run_tests() {
  preset=$1
  shift
  ctest --preset "$preset" --parallel "$(jobs)" --test-output-size-passed 100000 \
    --output-junit "$reports/$preset.xml" "$@"
}

reports=$PWD/build/log/tests
rm -rf "$reports"
mkdir -p "$reports"

# shellcheck disable=SC2086 # lists of names
need_packages build/log/test-packages.log $sources
# shellcheck disable=SC2086
want_packages build/log/test-packages.log $programs
sh packaging/build.sh -DENSURE_TESTS=ON -DENSURE_UNIT_TESTS=OFF

say "checking the format of the sources"
check sh packaging/lint.sh format

say "building what the behaviour tests run"
run_logged build/log/tests.log cmake --build build --parallel "$(jobs)"

say "building with the sanitizers and clang-tidy"
check sh packaging/lint.sh tidy

# Of the behaviour tests not those that use strace: the leak sanitizer cannot work under it.
say "running the unit tests and quick others with the sanitizers"
check run_tests sanitize --tests-regex \
  '^unit|^conformance|^oracle|behaviour.(bundle|ensurepip|environment|environment_options|output|python_command)_test'

say "running all other tests on build/ensure"
check run_tests static
check python3 packaging/test_summary.py "$reports"/*.xml
[ -z "$failed" ] || fail "these checks failed:$failed"
