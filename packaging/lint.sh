#!/bin/sh
# Checks the sources of this project, but nothing that a build generates.
#
#     lint.sh format     checks that clang-format agrees with every file
#     lint.sh tidy       compiles everything with the sanitizers (build-sanitize/), and runs clang-tidy
#                        on each source that is compiled
#
# `tidy` follows the dependencies that the compiler reports: it checks a source again if the source, one
# of its headers or .clang-tidy has changed.
set -eu
cd "$(dirname "$0")/.."
. packaging/shell/common.sh

check_format() {
  git ls-files -z '*.cc' '*.h' '*.c' | xargs -0 clang-format-19 --dry-run -Werror
}

check_tidy() {
  tidy=$(python3 packaging/fetch-clang-tidy.py build/tools/clang-tidy)
  payload=
  [ ! -f build/bundled/payload.bin ] || payload="-DENSURE_PAYLOAD=$PWD/build/bundled/payload.bin"
  # shellcheck disable=SC2086 # one word or none
  run_logged build/log/sanitize.log \
    cmake --preset sanitize "-DENSURE_CLANG_TIDY=$tidy" ${payload:+"$payload"}
  # -k 0: all findings are reported, not only the first.
  cmake --build --preset sanitize --parallel "$(jobs)" -- -k 0 >build/log/tidy.log 2>&1 && return 0
  grep -E -A 6 '(error|FAILED):' build/log/tidy.log | head -n 200 >&2
  fail "clang-tidy or the compiler found something" "the whole output is in build/log/tidy.log"
}

case ${1-} in
  format) check_format ;;
  tidy) check_tidy ;;
  *) fail "lint.sh needs to know what to check" "sh packaging/lint.sh format" ;;
esac
