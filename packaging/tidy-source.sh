#!/bin/sh
# Runs clang-tidy for CMake (CMAKE_CXX_CLANG_TIDY) without the precompiled header of the compile command,
# which is for clang of another version; clang-tidy reads the header itself.
#
#     tidy-source.sh CLANG-TIDY ARGUMENT...
set -eu
count=$#
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  count=$((count - 1))
  if [ "$argument" = -Xclang ] && [ "${1-}" = -include-pch ]; then
    shift 3
    count=$((count - 3))
    continue
  fi
  set -- "$@" "$argument"
done
exec "$@"
