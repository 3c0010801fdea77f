#!/bin/sh
# Replaces the bundled wheels without a compiler: appends a zip archive of wheels to `ensure`.
#
#     sh rebundle.sh ENSURE ARCHIVE.zip OUTPUT
#
# The archive must contain wheels of pip and nothing else; they may be compressed:
#
#     pip download --no-deps pip==26.3.1          (or your own build of it)
#     zip -0 site.zip pip-*.whl                   (or: python3 -m zipfile -c site.zip pip-*.whl)
#     sh rebundle.sh ensure site.zip ensure-site
#     ./ensure-site --version                     (lists the wheels with their digests)
#
# For every Python that a wheel of the archive supports, the newest such wheel replaces the bundled
# one; all other Pythons keep the bundled one. The archive is audited like a wheel: if it is damaged or
# ambiguous, `ensure` ends with exit code 7 and changes nothing.
#
# `zip -A OUTPUT` adjusts the archive for tools that need that; `unzip -l OUTPUT` does not. `strip` removes an
# appended archive, so strip first. To replace an archive, append the new one to the original ENSURE.
set -eu

if [ "$#" -ne 3 ]; then
    echo "usage: rebundle.sh ENSURE ARCHIVE.zip OUTPUT" >&2
    exit 2
fi
program=$1 archive=$2 output=$3

for file in "$program" "$archive"; do
    if ! [ -f "$file" ]; then
        echo "error: the file \`$file\` does not exist" >&2
        exit 1
    fi
done
if [ "$output" -ef "$program" ] || [ "$output" -ef "$archive" ]; then
    echo "error: \`$output\` is both an input and the output" >&2
    exit 1
fi

# The file gets its final name when it is complete, so that no incomplete program can be started.
unfinished=$output.unfinished
trap 'rm -f -- "$unfinished"' EXIT
cat -- "$program" "$archive" >"$unfinished"
chmod 755 -- "$unfinished"
mv -f -- "$unfinished" "$output"
