#!/bin/sh
# Gives `ensure` other wheels without a compiler: appends a zip archive of wheels to it.
#
#     sh rebundle.sh ENSURE ARCHIVE.zip OUTPUT
#
# The archive holds wheels of pip, uncompressed or not, and nothing else:
#
#     pip download --no-deps pip==26.3.1          (or your own build of it)
#     zip -0 site.zip pip-*.whl                   (or: python3 -m zipfile -c site.zip pip-*.whl)
#     sh rebundle.sh ensure site.zip ensure-site
#     ./ensure-site --version                     (lists what it would use, with digests)
#
# For every Python that a wheel of the archive supports, the newest such wheel replaces the bundled
# one; all other Pythons get what they got before. The archive is read as strictly as any wheel:
# where it is damaged, or holds two readings, the program ends with exit code 7 and changes nothing.
#
# `zip -A OUTPUT` may follow, so that other tools find the archive too (`unzip -l OUTPUT` does
# anyway). `strip` removes what is appended: strip first. To replace an archive, start again from
# an ENSURE that has none.
set -eu

if [ "$#" -ne 3 ]; then
    echo "usage: rebundle.sh ENSURE ARCHIVE.zip OUTPUT" >&2
    exit 2
fi
program=$1 archive=$2 output=$3

for file in "$program" "$archive"; do
    if ! [ -f "$file" ]; then
        echo "error: there is no file \`$file\`" >&2
        exit 1
    fi
done
if [ "$output" -ef "$program" ] || [ "$output" -ef "$archive" ]; then
    echo "error: \`$output\` would be read and written at the same time" >&2
    exit 1
fi

# Under another name until it is whole, so that nobody starts half a program.
unfinished=$output.unfinished
trap 'rm -f -- "$unfinished"' EXIT
cat -- "$program" "$archive" >"$unfinished"
chmod 755 -- "$unfinished"
mv -f -- "$unfinished" "$output"
