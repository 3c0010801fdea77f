# `ensure_unit_test`: one Catch2 binary per layer, for the 2.x that Debian 12 ships and for 3.x.

find_package(Catch2 REQUIRED)
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/include/tests_support/tests")
file(CREATE_LINK "${CMAKE_SOURCE_DIR}/tests/support"
     "${CMAKE_BINARY_DIR}/include/tests_support/tests/support" SYMBOLIC)

add_library(ensure_catch_main STATIC "${CMAKE_SOURCE_DIR}/tests/support/catch_main.cc")
target_include_directories(ensure_catch_main PUBLIC "${CMAKE_BINARY_DIR}/include/tests_support")
if(TARGET Catch2::Catch2WithMain)
  target_link_libraries(ensure_catch_main PUBLIC Catch2::Catch2WithMain)
else()
  target_link_libraries(ensure_catch_main PUBLIC Catch2::Catch2)
endif()

# `ctest -L quick` runs these in less than a minute on two processors; `ctest -L full` runs all.
set(ENSURE_QUICK_TESTS "^(architecture|cli|conformance|oracle|packaging|unit)[.]"
    "^behaviour[.](bundle|environment_options|named_target|output|python_command|satisfied)_test$")
# These take longest: ctest starts them first, so that none of them is left over at the end.
set(ENSURE_LONG_TESTS
    "^behaviour[.](errno|in_place|kill|killed_change|odd_paths|pip_inside|race|space)_test$"
    "^behaviour[.](cpython_test_venv|online[.](faults|scenarios|sdist|servers)_test)$")

# ensure_label_test(<test> [<label>...])
function(ensure_label_test name)
  set(labels full ${ARGN})
  foreach(pattern IN LISTS ENSURE_QUICK_TESTS)
    if(name MATCHES "${pattern}")
      list(APPEND labels quick)
    endif()
  endforeach()
  set_tests_properties("${name}" PROPERTIES LABELS "${labels}")
  foreach(pattern IN LISTS ENSURE_LONG_TESTS)
    if(name MATCHES "${pattern}")
      set_tests_properties("${name}" PROPERTIES COST 100)
    endif()
  endforeach()
endfunction()

# ensure_python_test(<test> <file.py> [LABELS <label>...] [TIMEOUT <seconds>] [ARGUMENTS <word>...]
#                    [VARIABLES <NAME=VALUE>...])
#
# A Python test of the executable, which it finds in the variable ENSURE. A test that exits with 77 was
# skipped (tests/behaviour/support.py).
function(ensure_python_test name file)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "TIMEOUT" "LABELS;ARGUMENTS;VARIABLES")
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
  add_test(NAME "${name}" COMMAND Python3::Interpreter -B "${CMAKE_CURRENT_SOURCE_DIR}/${file}"
                                  ${arg_ARGUMENTS})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set_tests_properties("${name}" PROPERTIES
    TIMEOUT ${arg_TIMEOUT}
    SKIP_RETURN_CODE 77
    ENVIRONMENT "ENSURE=$<TARGET_FILE:ensure>;${arg_VARIABLES}")
  ensure_label_test("${name}" ${arg_LABELS})
endfunction()

# ensure_unit_test(<directory> SOURCES <file>... [USES <directory>...] [LIBRARIES <target>...])
#
# The tests of the layer <directory>, run by ctest as `unit.<directory>`.
function(ensure_unit_test directory)
  string(REPLACE "/" "_" name "${directory}")
  set(target "test_${name}")
  ensure_program(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE ensure_catch_main)
  # What tests of several subdirectories share lies at the top of the layer's directory.
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  # Catch2's macros take twice as long to compile when they are optimised; what is tested is.
  target_compile_options(${target} PRIVATE -O0)
  target_precompile_headers(${target} PRIVATE "${CMAKE_SOURCE_DIR}/tests/support/catch.h")
  add_test(NAME "unit.${directory}" COMMAND ${target})
  set_tests_properties("unit.${directory}" PROPERTIES TIMEOUT 300)
  ensure_label_test("unit.${directory}" unit)
endfunction()
