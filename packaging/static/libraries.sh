#!/bin/sh
# Builds the two libraries of the static executable that Debian's own archives cannot provide:
# Debian's libcurl.a needs Kerberos and calls getaddrinfo, and its libarchive.a calls iconv, which
# loads modules of the machine. These come from Debian's source packages, with Debian's security
# patches. libcurl speaks HTTP alone; libarchive is compiled without any optional library except
# the decompressors.
#
#     libraries.sh DIRECTORY
#
# leaves them in DIRECTORY/prefix. DIRECTORY/stamp names the versions they were built from and with.
# If apt still offers those versions, the script does nothing.
set -eu
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../shell/common.sh"

mkdir -p "$1"
directory=$(cd "$1" && pwd)
prefix=$directory/prefix
work=$directory/work

# The compiler and the libraries that the two are compiled against.
ingredients() {
  dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' \
    g++ libssl-dev zlib1g-dev libnghttp2-dev libc-ares-dev libbz2-dev liblzma-dev libzstd-dev
  cksum <"$here/libraries.sh"
}

# The versions that apt would install. Empty if apt's lists were deleted, as in many images.
candidates() {
  apt-cache policy libcurl4-openssl-dev libarchive-dev | sed -n 's/^  Candidate: //p'
}

is_current() {
  [ -f "$directory/stamp" ] && [ -f "$prefix/lib/libcurl.a" ] || return 1
  [ -f "$prefix/lib/libarchive.a" ] && [ -f "$prefix/lib/libcrypto.a" ] || return 1
  [ "$(ingredients)" = "$(cat "$directory/stamp")" ] || return 1
  now=$(candidates)
  [ -z "$now" ] || [ "$now" = "$(cat "$directory/candidates")" ]
}

# Source packages are rarely enabled. A source list of our own, with the archives that this machine
# already trusts for packages, leaves the machine's settings alone and needs no permission.
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
  run_logged "$directory/fetch.log" apt-get "$@" update
  for name in curl libarchive; do
    fetch_source "$name" "$@"
  done
}

# fetch_source NAME APT-OPTION...: a mirror may list a version before (or after) it has its files,
# so older versions are tried as well.
fetch_source() {
  name=$1
  shift
  versions=$(apt-cache "$@" madison "$name" | awk '{ print $3 }' | sort -ruV)
  [ -n "$versions" ] || fail "Debian's archives list no source package of $name" \
    "look at the archives in $work/sources.list"
  for version in $versions; do
    (cd "$work" && apt-get "$@" source --only-source "$name=$version") \
      >>"$directory/fetch.log" 2>&1 && return 0
    say "$name $version is listed, but cannot be fetched: trying an older version"
  done
  tail -n 20 "$directory/fetch.log" >&2
  fail "no version of the source package $name can be fetched" \
    "see $directory/fetch.log; try again later"
}

# build_library NAME TARGET CMAKE-OPTION...: compiled for size. No exception passes through their
# functions, so unwind tables would only take room.
build_library() {
  name=$1
  target=$2
  shift 2
  cmake -S "$(echo "$work/$name"-*/)" -B "$work/build-$name" -G Ninja \
    -DCMAKE_BUILD_TYPE=MinSizeRel -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF \
    -DCMAKE_C_FLAGS='-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables' "$@" &&
    cmake --build "$work/build-$name" --target "$target" --parallel "$(jobs)"
}

# c-ares resolves names, so that nothing asks glibc, which would load modules of the machine. The
# name of the library's target differs between versions; its directory does not.
build_curl() {
  build_library curl lib/all -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DENABLE_MANUAL=OFF \
    -DHTTP_ONLY=ON -DENABLE_ARES=ON -DUSE_NGHTTP2=ON -DCURL_USE_OPENSSL=ON \
    -DCURL_DISABLE_OPENSSL_AUTO_LOAD_CONFIG=ON -DCURL_CA_BUNDLE=none -DCURL_CA_PATH=none \
    -DUSE_LIBIDN2=OFF -DCURL_USE_LIBPSL=OFF -DCURL_USE_LIBSSH2=OFF -DCURL_USE_GSSAPI=OFF \
    -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DENABLE_UNIX_SOCKETS=OFF
}

build_libarchive() {
  build_library libarchive archive_static \
    -DENABLE_TEST=OFF -DENABLE_TAR=OFF -DENABLE_CPIO=OFF -DENABLE_CAT=OFF -DENABLE_UNZIP=OFF \
    -DENABLE_ICONV=OFF -DENABLE_ACL=OFF -DENABLE_XATTR=OFF -DENABLE_LIBXML2=OFF \
    -DENABLE_EXPAT=OFF -DENABLE_OPENSSL=OFF -DENABLE_MBEDTLS=OFF -DENABLE_NETTLE=OFF \
    -DENABLE_LIBB2=OFF -DENABLE_LZ4=OFF -DENABLE_LZO=OFF -DPOSIX_REGEX_LIB=NONE
}

# without_unwind_tables NAME: copies Debian's archive. What is linked of it becomes 400 KB smaller; no
# exception passes through OpenSSL.
without_unwind_tables() {
  libraries=/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
  objcopy --remove-section=.eh_frame "$libraries/$1.a" "$prefix/lib/$1.a"
}

keep_results() {
  rm -rf "$prefix"
  mkdir -p "$prefix/lib" "$prefix/include" "$prefix/share/doc"
  cp "$work/build-curl/lib/libcurl.a" "$work/build-libarchive/libarchive/libarchive.a" \
    "$prefix/lib/"
  cp -R "$work"/curl-*/include/curl "$prefix/include/"
  cp "$work"/libarchive-*/libarchive/archive.h "$work"/libarchive-*/libarchive/archive_entry.h \
    "$prefix/include/"
  without_unwind_tables libcrypto
  without_unwind_tables libssl
  cp "$work"/curl-*/debian/copyright "$prefix/share/doc/curl.copyright"
  cp "$work"/libarchive-*/debian/copyright "$prefix/share/doc/libarchive.copyright"
  (cd "$work" && ls ./*.dsc) >"$prefix/share/doc/sources"
}

if is_current; then
  exit 0
fi
say "building libcurl and libarchive from Debian's sources"
rm -rf "$work" "$directory/stamp"
fetch_sources
run_logged "$directory/curl.log" build_curl
run_logged "$directory/libarchive.log" build_libarchive
keep_results
rm -rf "$work"
candidates >"$directory/candidates"
ingredients >"$directory/stamp"
