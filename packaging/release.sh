#!/bin/sh
# Builds `build/ensure` for publication: like build.sh, but fails unless the executable contains the
# bytecode of pip for CPython 3.11 to 3.14, which upstream still supports. These Pythons must be on this machine: on PATH, installed by
# pyenv, asdf, mise or uv, or named with -DENSURE_BYTECODE_PYTHONS='PATH;PATH'.
#
#     release.sh [CMAKE-OPTION...]
#
# Build releases on Debian 12: its static libraries are small enough to leave room for all of this
# bytecode.
set -eu
cd "$(dirname "$0")/.."

pythons='3.11;3.12;3.13;3.14'
sh packaging/build.sh "-DENSURE_BYTECODE_REQUIRED=$pythons" "$@"
sha256sum build/ensure
