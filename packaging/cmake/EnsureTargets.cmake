# Settings that all targets share, and `ensure_layer`, which makes the target of one directory.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_package(Threads REQUIRED)

add_library(ensure_options INTERFACE)
target_compile_options(ensure_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                                -Werror)
# GCC 12 warns about an overlap in every `std::string + char*` (its bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(ensure_options INTERFACE -Wno-restrict)
endif()
# Clang warns about a deprecated function that `std::stable_sort` of libstdc++ 12 calls. GCC warns about
# deprecated functions in our own code only.
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_compile_options(ensure_options INTERFACE -Wno-deprecated-declarations)
endif()
target_compile_definitions(ensure_options INTERFACE _FILE_OFFSET_BITS=64)
target_link_libraries(ensure_options INTERFACE Threads::Threads)

option(ENSURE_SANITIZE "Build with the address and undefined-behaviour sanitizers" OFF)
if(ENSURE_SANITIZE)
  target_compile_options(ensure_options INTERFACE -fsanitize=address,undefined
                                                  -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(ensure_options INTERFACE -fsanitize=address,undefined)
endif()

option(ENSURE_FUZZ "Build tests/fuzz for libFuzzer, and instrument all code for it (clang only)" OFF)
if(ENSURE_FUZZ)
  target_compile_options(ensure_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# clang-tidy runs with the compiler, so a source is checked again when it or one of its headers has
# changed; OBJECT_DEPENDS does the same for a change of the settings. packaging/lint.sh sets the path.
set(ENSURE_CLANG_TIDY "" CACHE FILEPATH "The clang-tidy that checks every source which is compiled")
if(ENSURE_CLANG_TIDY)
  set(CMAKE_CXX_CLANG_TIDY sh "${CMAKE_SOURCE_DIR}/packaging/tidy-source.sh" "${ENSURE_CLANG_TIDY}"
                           --quiet)
endif()

# ensure_check_again_with_settings(<file>...)
function(ensure_check_again_with_settings)
  if(ENSURE_CLANG_TIDY)
    set_property(SOURCE ${ARGN} APPEND PROPERTY OBJECT_DEPENDS "${CMAKE_SOURCE_DIR}/.clang-tidy")
  endif()
endfunction()

if(ENSURE_STATIC)
  include(EnsureStatic)
endif()

# With -O3 the executable is a tenth larger and not faster.
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")

# ensure_layer(<directory> [SOURCES <file>...] [USES <directory>...] [LIBRARIES <target>...] [SMALL])
#
# Makes the library of one source directory. Its headers are included as `<directory>/<file>.h`, and only
# targets that name the directory in USES can include them: each directory has an include root of its
# own. LIBRARIES are third-party targets, which stay private to the directory. SMALL compiles for size.
# It is for layers that mostly wait, or are as fast that way: the saved space is left for bytecode.
function(ensure_layer directory)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SMALL" "" "SOURCES;USES;LIBRARIES")
  string(REPLACE "/" "_" name "${directory}")
  set(target "ensure_${name}")
  set(root "${CMAKE_BINARY_DIR}/include/${name}")
  cmake_path(GET directory PARENT_PATH parent)
  file(MAKE_DIRECTORY "${root}/${parent}")
  file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${directory}" "${root}/${directory}" SYMBOLIC)

  add_library(${target} STATIC ${arg_SOURCES})
  ensure_check_again_with_settings(${arg_SOURCES})
  target_include_directories(${target} PUBLIC "${root}")
  target_link_libraries(${target} PRIVATE ensure_options ${arg_LIBRARIES})
  if(arg_SMALL AND CMAKE_BUILD_TYPE STREQUAL Release)
    target_compile_options(${target} PRIVATE -Os)
  endif()
  # Their tests read megabytes, which takes minutes without optimisation.
  if(ENSURE_SANITIZE AND directory MATCHES "^installer/(specs|text)$")
    target_compile_options(${target} PRIVATE -O1)
  endif()
  foreach(used IN LISTS arg_USES)
    string(REPLACE "/" "_" used_name "${used}")
    target_link_libraries(${target} PRIVATE "ensure_${used_name}")
  endforeach()
endfunction()

# ensure_program(<target> SOURCES <file>... [USES <directory>...] [LIBRARIES <target>...])
#
# Makes an executable from the layers in USES.
function(ensure_program target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;LIBRARIES")
  add_executable(${target} ${arg_SOURCES})
  ensure_check_again_with_settings(${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ensure_options)
  foreach(used IN LISTS arg_USES)
    string(REPLACE "/" "_" used_name "${used}")
    target_link_libraries(${target} PRIVATE "ensure_${used_name}")
  endforeach()
  # The linker searches static libraries in this order, and the layers may call functions of LIBRARIES.
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES})
endfunction()

# ensure_embed_script(<file> <constant> <namespace>)
#
# Turns a script of the current directory into a string constant: `ensure_embed_script(probe.py kProbe venv)`
# makes the header "probe.py.h" in the directory that the variable `embedded_scripts` names.
function(ensure_embed_script file constant namespace)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" text)
  file(CONFIGURE OUTPUT "${embedded_scripts}/${file}.h" @ONLY CONTENT [[#pragma once
#include <string_view>
namespace ensure::@namespace@ {
inline constexpr std::string_view @constant@ = R"__python__(@text@)__python__";
}  // namespace ensure::@namespace@
]])
endfunction()
