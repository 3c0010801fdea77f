# One static executable: where its libraries come from, and how it is linked. `packaging/build.sh`
# prepares the libraries; see packaging/static.

set(ENSURE_STATIC_PREFIX "${CMAKE_SOURCE_DIR}/build/deps/prefix"
    CACHE PATH "Where packaging/static/libraries.sh left libcurl")
if(NOT EXISTS "${ENSURE_STATIC_PREFIX}/lib/libcurl.a")
  message(FATAL_ERROR "The static libraries are not in ${ENSURE_STATIC_PREFIX}: "
                      "`sh packaging/build.sh` makes them")
endif()

# Every find_library of the layers takes archives from here on.
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(OPENSSL_USE_STATIC_LIBS ON)
set(CURL_NO_CURL_CMAKE ON)
list(PREPEND CMAKE_PREFIX_PATH "${ENSURE_STATIC_PREFIX}")

# Archives do not say what they need themselves.
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_library(ENSURE_NGHTTP2_LIBRARY nghttp2 REQUIRED)
find_library(ENSURE_CARES_LIBRARY cares REQUIRED)
set_property(TARGET CURL::libcurl APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS CURL_STATICLIB)
set_property(
  TARGET CURL::libcurl APPEND
  PROPERTY INTERFACE_LINK_LIBRARIES "${ENSURE_NGHTTP2_LIBRARY}" "${ENSURE_CARES_LIBRARY}"
           OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB)

# A fixed address saves a quarter of a millisecond of relocation at every start, which is half of
# what a start costs.
add_compile_options(-fno-pie -ffunction-sections -fdata-sections)
add_link_options(-no-pie)

add_library(ensure_no_machine_modules OBJECT
            "${CMAKE_SOURCE_DIR}/packaging/static/no_machine_modules.c")

# ensure_link_static(<target>)
#
# Links the program <target> with nothing left to look up at run time. glibc warns about each
# function that would load modules of the machine after all; that ends the link.
function(ensure_link_static target)
  target_link_libraries(${target} PRIVATE ensure_no_machine_modules)
  target_link_options(${target} PRIVATE -static -s -Wl,--gc-sections -Wl,--fatal-warnings)
  foreach(function IN ITEMS dlopen getaddrinfo getnameinfo gethostbyname getservbyname
                            getservbyname_r getservbyport_r getpwuid_r)
    target_link_options(${target} PRIVATE "-Wl,--wrap=${function}")
  endforeach()
endfunction()
