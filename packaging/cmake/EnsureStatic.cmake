# One static executable: where its libraries come from, and how it is linked. `packaging/build.sh`
# prepares the libraries; see packaging/static.

set(ENSURE_STATIC_PREFIX "${CMAKE_SOURCE_DIR}/build/deps/prefix"
    CACHE PATH "The prefix that packaging/static/libraries.sh filled")
if(NOT EXISTS "${ENSURE_STATIC_PREFIX}/lib/libarchive.a")
  message(FATAL_ERROR "The static libraries are not in ${ENSURE_STATIC_PREFIX}: "
                      "run `sh packaging/build.sh`, which makes them")
endif()

# From here on, find_library finds static libraries only.
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(OPENSSL_USE_STATIC_LIBS ON)
set(CURL_NO_CURL_CMAKE ON)
list(PREPEND CMAKE_PREFIX_PATH "${ENSURE_STATIC_PREFIX}")

# Copies of Debian's archives without unwind tables.
set(OPENSSL_CRYPTO_LIBRARY "${ENSURE_STATIC_PREFIX}/lib/libcrypto.a" CACHE FILEPATH "" FORCE)
set(OPENSSL_SSL_LIBRARY "${ENSURE_STATIC_PREFIX}/lib/libssl.a" CACHE FILEPATH "" FORCE)

# Static libraries do not record the libraries that they need.
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(LibArchive REQUIRED)
find_package(BZip2 REQUIRED)
find_package(LibLZMA REQUIRED)
find_library(ENSURE_ZSTD_LIBRARY zstd REQUIRED)
find_library(ENSURE_NGHTTP2_LIBRARY nghttp2 REQUIRED)
find_library(ENSURE_CARES_LIBRARY cares REQUIRED)
set_property(TARGET CURL::libcurl APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS CURL_STATICLIB)
set_property(
  TARGET CURL::libcurl APPEND
  PROPERTY INTERFACE_LINK_LIBRARIES "${ENSURE_NGHTTP2_LIBRARY}" "${ENSURE_CARES_LIBRARY}"
           OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB)
set_property(
  TARGET LibArchive::LibArchive APPEND
  PROPERTY INTERFACE_LINK_LIBRARIES BZip2::BZip2 LibLZMA::LibLZMA "${ENSURE_ZSTD_LIBRARY}"
           ZLIB::ZLIB)

add_compile_options(-fPIE -ffunction-sections -fdata-sections)

add_library(ensure_no_machine_modules OBJECT
            "${CMAKE_SOURCE_DIR}/packaging/static/no_machine_modules.c")

# ensure_link_static(<target>)
#
# Links the program <target> without anything that is looked up at run time. glibc warns about each
# function that would load modules of the machine, and such a warning ends the link. The executable
# parses hostile archives, so it is position-independent: the kernel loads it at a random address.
# Packed relative relocations take a fiftieth of the space of ordinary ones.
function(ensure_link_static target)
  target_link_libraries(${target} PRIVATE ensure_no_machine_modules)
  target_link_options(${target} PRIVATE -static-pie -s -Wl,--gc-sections -Wl,--fatal-warnings
                                           -Wl,-z,pack-relative-relocs)
  foreach(function IN ITEMS dlopen getaddrinfo getnameinfo gethostbyname getservbyname
                            getservbyname_r getservbyport_r getpwuid_r)
    target_link_options(${target} PRIVATE "-Wl,--wrap=${function}")
  endforeach()
endfunction()
