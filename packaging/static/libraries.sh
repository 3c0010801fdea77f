#!/bin/sh
# Builds the library of the static executable that Debian's own archive cannot give: its libcurl.a
# wants Kerberos and calls getaddrinfo. This one comes from Debian's source package, with Debian's
# security patches, and holds HTTP alone.
#
#     libraries.sh FOLDER
#
# leaves it in FOLDER/prefix. FOLDER/stamp says what they were made of; where that is still what
# apt would give, nothing is done.
set -eu
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../shell/common.sh"

mkdir -p "$1"
folder=$(cd "$1" && pwd)
prefix=$folder/prefix
work=$folder/work

# What the libraries are compiled against and with.
ingredients() {
  dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' \
    g++ libssl-dev zlib1g-dev libnghttp2-dev libc-ares-dev
  cksum <"$here/libraries.sh"
}

# The versions apt would install; nothing where its lists were deleted, as images often do.
candidates() {
  apt-cache policy libcurl4-openssl-dev | sed -n 's/^  Candidate: //p'
}

is_current() {
  [ -f "$folder/stamp" ] && [ -f "$prefix/lib/libcurl.a" ] || return 1
  [ "$(ingredients)" = "$(cat "$folder/stamp")" ] || return 1
  now=$(candidates)
  [ -z "$now" ] || [ "$now" = "$(cat "$folder/candidates")" ]
}

# Source packages are rarely switched on. A list of our own, with the archives this machine already
# trusts for packages, leaves the machine's settings alone and needs no right.
source_list() {
  keyring=
  for file in /usr/share/keyrings/debian-archive-keyring.gpg; do
    [ ! -f "$file" ] || keyring="[signed-by=$file] "
  done
  apt-get indextargets --format "deb-src $keyring\$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
    'Created-By: Packages' 'Origin: Debian' | sort -u
}

fetch_sources() {
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  source_list >"$work/sources.list"
  [ -s "$work/sources.list" ] || fail "apt knows no archive of Debian" "run as root: apt-get update"
  set -- -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" \
    -o "APT::Sandbox::User=$(id -un)"
  run_logged "$folder/fetch.log" apt-get "$@" update
  versions=$(curl_versions "$@")
  [ -n "$versions" ] || fail "Debian's archives list no source package of curl" \
    "look at the archives in $work/sources.list"
  for version in $versions; do
    fetch_curl "$version" "$@" && return 0
    say "curl $version is listed, but cannot be fetched: trying an older version"
  done
  tail -n 20 "$folder/fetch.log" >&2
  fail "no version of curl's source package can be fetched" "see $folder/fetch.log; try again later"
}

# curl_versions APT-OPTION...: the versions that the archives list, the newest first.
curl_versions() {
  apt-cache "$@" madison curl | awk '{ print $3 }' | sort -ruV
}

# fetch_curl VERSION APT-OPTION...: a mirror may list a version before (or after) it has its files.
fetch_curl() {
  version=$1
  shift
  (cd "$work" && apt-get "$@" source --only-source "curl=$version") >>"$folder/fetch.log" 2>&1
}

# build_library NAME CMAKE-OPTION...
build_library() {
  name=$1
  shift
  # The name of the library's target differs between versions; its directory does not.
  cmake -S "$(echo "$work/$name"-*/)" -B "$work/build-$name" -G Ninja \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS='-ffunction-sections -fdata-sections' \
    -DCMAKE_POSITION_INDEPENDENT_CODE=OFF -DBUILD_SHARED_LIBS=OFF "$@" &&
    cmake --build "$work/build-$name" --target lib/all --parallel "$(jobs)"
}

# c-ares resolves names, so that nothing asks glibc, which would load modules of the machine.
build_curl() {
  build_library curl -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DENABLE_MANUAL=OFF \
    -DHTTP_ONLY=ON -DENABLE_ARES=ON -DUSE_NGHTTP2=ON -DCURL_USE_OPENSSL=ON \
    -DCURL_DISABLE_OPENSSL_AUTO_LOAD_CONFIG=ON -DCURL_CA_BUNDLE=none -DCURL_CA_PATH=none \
    -DUSE_LIBIDN2=OFF -DCURL_USE_LIBPSL=OFF -DCURL_USE_LIBSSH2=OFF -DCURL_USE_GSSAPI=OFF \
    -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DENABLE_UNIX_SOCKETS=OFF
}

keep_results() {
  rm -rf "$prefix"
  mkdir -p "$prefix/lib" "$prefix/include" "$prefix/share/doc"
  cp "$work/build-curl/lib/libcurl.a" "$prefix/lib/"
  cp -R "$work"/curl-*/include/curl "$prefix/include/"
  cp "$work"/curl-*/debian/copyright "$prefix/share/doc/curl.copyright"
  (cd "$work" && ls ./*.dsc) >"$prefix/share/doc/sources"
}

if is_current; then
  exit 0
fi
say "building libcurl from Debian's source"
rm -rf "$work" "$folder/stamp"
fetch_sources
run_logged "$folder/curl.log" build_curl
keep_results
rm -rf "$work"
candidates >"$folder/candidates"
ingredients >"$folder/stamp"
