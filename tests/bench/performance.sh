#!/bin/sh
# Runs all benchmarks and rewrites docs/performance.md, its results (JSON) and its plots (SVG).
#
#     performance.sh ENSURE [ROUNDS [OPTION-OF-THE-ONLINE-BENCHMARK...]]
#
# ROUNDS is 25 by default; the online benchmarks do a fifth of it. Needs nginx, and the network for the first
# run. On a machine with other work start it with `chrt -f 50`.
set -eu
ensure=$(realpath "$1")
rounds=${2:-25}
[ $# -lt 2 ] || shift
shift
cd "$(dirname "$0")/../.."
results=docs/performance
few=$(((rounds + 4) / 5))
mkdir -p "$results"

bench() {
  program=$1
  shift
  python3 -B "tests/bench/$program.py" --ensure "$ensure" "$@"
}

bench offline --rounds "$rounds" --json "$results/offline.json"
bench add --rounds "$rounds" --json "$results/add.json"
bench online --rounds "$few" --json "$results/online.json" "$@"
bench online --rounds "$few" --round-trip 20 --modes cold,warm --tools 'ensure;uv, copies' \
  --json "$results/online-far.json" "$@"
python3 -B tests/bench/page.py docs/performance.md
