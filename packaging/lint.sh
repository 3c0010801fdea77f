#!/bin/sh
# Checks the sources of this project, and nothing that a build generates.
#
#     lint.sh format          clang-format agrees with every file
#     lint.sh tidy [BUILD]    clang-tidy finds nothing, with the compile commands of BUILD
set -eu
cd "$(dirname "$0")/.."
. packaging/shell/common.sh

check_format() {
  git ls-files -z '*.cc' '*.h' '*.c' | xargs -0 clang-format-19 --dry-run -Werror
}

# The files of the compile commands that lie in the source folders, one a line.
compiled_files() {
  root=$(pwd -P)
  sed -n "s|^ *\"file\": \"$root/\(.*\)\",*\$|\1|p" "$1/compile_commands.json" |
    grep -E '^(bootstrap|bundled|venv|installer|packaging|tests)/' | sort -u
}

# clang-tidy reads each header again for each source: one process per core, few files each.
check_tidy() {
  [ -f "$1/compile_commands.json" ] || fail "there is no $1/compile_commands.json" \
    "configure first: cmake --preset $(basename "$1" | sed 's/^build-*//;s/^$/static/')"
  compiled_files "$1" | xargs -n 3 -P "$(jobs)" \
    clang-tidy-19 --quiet --extra-arg=-Wno-unknown-warning-option -p "$1" 2>/dev/null
}

case ${1-} in
  format) check_format ;;
  tidy) check_tidy "${2-build}" ;;
  *) fail "lint.sh wants to know what to check" "sh packaging/lint.sh format" ;;
esac
