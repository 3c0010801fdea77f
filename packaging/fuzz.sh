#!/bin/sh
# Fuzzes every parser of foreign bytes with libFuzzer (clang 19), MINUTES in total, on all processors.
#
#     fuzz.sh [MINUTES] [TARGET...]      60 minutes and all targets by default
#
# Run build.sh once before. Installs clang with apt if it is missing.
#
# Inputs with new coverage are kept in build-fuzz/corpus. A crash leaves its input in
# build-fuzz/findings: fix the parser, and add the input to tests/fuzz/corpus/TARGET, which the test
# unit.fuzz replays.
set -eu
cd "$(dirname "$0")/.."
. packaging/shell/common.sh

minutes=60
case ${1-} in
  '' | *[!0-9]*) ;;
  *)
    minutes=$1
    shift
    ;;
esac

need_packages build-fuzz/packages.txt clang-19 libclang-rt-19-dev libcurl4-openssl-dev libarchive-dev

say "building the fuzzer"
run_logged build-fuzz/log.txt cmake --preset fuzz
run_logged build-fuzz/log.txt cmake --build --preset fuzz --parallel "$(jobs)"
fuzzer=$PWD/build-fuzz/tests/fuzz/ensure_fuzz

targets=$*
[ -n "$targets" ] || targets=$(ls tests/fuzz/corpus)
count=$(echo "$targets" | wc -w)
seconds=$((minutes * 60 * $(jobs) / count))
[ "$seconds" -gt 0 ] || seconds=1
mkdir -p build-fuzz/findings build-fuzz/corpus

fuzz_one='mkdir -p "build-fuzz/corpus/$2" &&
  ENSURE_FUZZ_TARGET=$2 "$0" -max_total_time="$1" -timeout=10 -rss_limit_mb=1024 -max_len=8192 \
    -print_final_stats=1 -artifact_prefix="build-fuzz/findings/$2-" \
    "build-fuzz/corpus/$2" "tests/fuzz/corpus/$2" >"build-fuzz/$2.log" 2>&1 ||
  { echo "$2: see build-fuzz/$2.log"; exit 1; }'

say "fuzzing $count targets for $seconds s each"
# shellcheck disable=SC2086 # a list of names
printf '%s\n' $targets | xargs -P "$(jobs)" -I '{}' sh -c "$fuzz_one" "$fuzzer" "$seconds" '{}' ||
  fail "the fuzzer found something" "run: ENSURE_FUZZ_TARGET=TARGET $fuzzer INPUT"
say "done: nothing found"
