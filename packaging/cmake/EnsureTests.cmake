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

# ensure_unit_test(<folder> SOURCES <file>... [USES <folder>...] [LIBRARIES <target>...])
#
# The tests of the layer <folder>, run by ctest as `unit.<folder>`.
function(ensure_unit_test folder)
  string(REPLACE "/" "_" name "${folder}")
  set(target "test_${name}")
  ensure_program(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE ensure_catch_main)
  # What tests of several subdirectories share lies at the top of the layer's directory.
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  # Catch2's macros take twice as long to compile when they are optimised; what is tested is.
  target_compile_options(${target} PRIVATE -O0)
  target_precompile_headers(${target} PRIVATE "${CMAKE_SOURCE_DIR}/tests/support/catch.h")
  add_test(NAME "unit.${folder}" COMMAND ${target})
  set_tests_properties("unit.${folder}" PROPERTIES LABELS unit TIMEOUT 300)
endfunction()
