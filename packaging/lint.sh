#!/bin/sh
# Checks the sources of this project, and nothing that a build generates.
#
#     lint.sh format          clang-format agrees with every file
#     lint.sh tidy [BUILD]    clang-tidy finds nothing, with the compile commands of BUILD
#     lint.sh tidy-all [BUILD]
#
# To read all sources takes clang-tidy minutes. What it has found nothing in is listed by its content
# in packaging/tidied.txt, and `tidy` reads the others only. `tidy-all` reads all of them, as is wise
# after a change of a header, and writes that list anew.
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

# "HASH PATH" for each path of the standard input, after one line for the settings.
with_hashes() {
  git hash-object .clang-tidy
  while read -r file; do printf '%s %s\n' "$(git hash-object "$file")" "$file"; done
}

# The files of the standard input that are not known to be clean.
not_known() {
  [ -f "$known" ] && [ "$(head -n 1 "$known")" = "$(git hash-object .clang-tidy)" ] || {
    cat
    return
  }
  with_hashes | sed 1d | grep -F -x -v -f "$known" | cut -d ' ' -f 2-
}

# clang-tidy reads each header again for each source: one process per core, few files each.
read_files() {
  xargs -r -n 3 -P "$(jobs)" \
    clang-tidy-19 --quiet --extra-arg=-Wno-unknown-warning-option -p "$1" 2>/dev/null
}

need_build() {
  [ -f "$1/compile_commands.json" ] || fail "there is no $1/compile_commands.json" \
    "configure first: cmake --preset $(basename "$1" | sed 's/^build-*//;s/^$/static/')"
}

check_tidy() {
  need_build "$1"
  compiled_files "$1" | not_known | read_files "$1"
}

check_all() {
  need_build "$1"
  compiled_files "$1" | read_files "$1"
  compiled_files "$1" | with_hashes >"$known"
}

known=packaging/tidied.txt

case ${1-} in
  format) check_format ;;
  tidy) check_tidy "${2-build}" ;;
  tidy-all) check_all "${2-build}" ;;
  *) fail "lint.sh wants to know what to check" "sh packaging/lint.sh format" ;;
esac
