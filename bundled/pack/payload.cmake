# Makes the payload when the program is built, and sets ENSURE_PAYLOAD_FILE to its path.
include("${CMAKE_CURRENT_LIST_DIR}/build_pythons.cmake")

set(ENSURE_PIP_WHEELS "" CACHE STRING
    "Wheels to bundle, as paths separated by \";\"; fetched as bundled/manifest.json pins them if empty")
set(ENSURE_BYTECODE_PYTHONS "auto" CACHE STRING
    "Pythons that compile the bundled bytecode, as paths separated by \";\"; \"auto\" finds them")
set(ENSURE_BYTECODE_REQUIRED "" CACHE STRING
    "Versions such as \"3.12;3.13\": the build fails if the bytecode for one of them is not bundled")
# The executable must stay below 16 MiB. OpenSSL's static library has grown by 3 MB with version 3.5.
if(ENSURE_STATIC AND OPENSSL_VERSION VERSION_GREATER_EQUAL 3.5)
  set(limit 4900000)
else()
  set(limit 7750000)
endif()
set(ENSURE_PAYLOAD_LIMIT "${limit}" CACHE STRING
    "The largest payload, in bytes. If it would be larger, bytecode for the oldest Pythons is left out")
set(ENSURE_PAYLOAD "" CACHE FILEPATH
    "The payload.bin of another build, for cross compiling; empty to make one")

if(ENSURE_PAYLOAD)
  set(ENSURE_PAYLOAD_FILE "${ENSURE_PAYLOAD}")
  return()
endif()
set(ENSURE_PAYLOAD_FILE "${CMAKE_CURRENT_BINARY_DIR}/payload.bin")
set(pins "${CMAKE_CURRENT_SOURCE_DIR}/manifest.json")
set(compiler "${CMAKE_CURRENT_SOURCE_DIR}/pack/compile_bytecode.py")

if(ENSURE_PIP_WHEELS)
  set(wheels "${ENSURE_PIP_WHEELS}")
  set(pin_arguments)
else()
  find_program(ENSURE_BUILD_PYTHON NAMES python3 python REQUIRED
               DOC "The Python that fetches the wheels, of any version")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${pins}")
  file(READ "${pins}" manifest)
  string(JSON count LENGTH "${manifest}" wheels)
  math(EXPR last "${count} - 1")
  set(wheels)
  foreach(i RANGE ${last})
    string(JSON filename GET "${manifest}" wheels ${i} filename)
    list(APPEND wheels "${CMAKE_CURRENT_BINARY_DIR}/wheels/${filename}")
  endforeach()
  set(pin_arguments --pins "${pins}")
  set(fetch "${CMAKE_SOURCE_DIR}/packaging/fetch-wheels.py")
  add_custom_command(
    OUTPUT ${wheels}
    COMMAND "${ENSURE_BUILD_PYTHON}" "${fetch}" --pins "${pins}"
            --output "${CMAKE_CURRENT_BINARY_DIR}/wheels"
    COMMAND "${CMAKE_COMMAND}" -E touch ${wheels}
    DEPENDS "${pins}" "${fetch}" "${CMAKE_SOURCE_DIR}/packaging/pip_at_hand.py"
    COMMENT "Fetching the pinned wheels"
    VERBATIM)
endif()

set(pythons "${ENSURE_BYTECODE_PYTHONS}")
if(pythons STREQUAL "auto")
  ensure_find_build_pythons(pythons)
endif()
list(TRANSFORM pythons PREPEND "--python;" OUTPUT_VARIABLE python_arguments)
list(TRANSFORM ENSURE_BYTECODE_REQUIRED PREPEND "--require-bytecode;"
     OUTPUT_VARIABLE required_arguments)

add_custom_command(
  OUTPUT "${ENSURE_PAYLOAD_FILE}"
  COMMAND ensure-pack ${pin_arguments} ${python_arguments} ${required_arguments} --limit "${ENSURE_PAYLOAD_LIMIT}"
          --compiler "${compiler}" --work "${CMAKE_CURRENT_BINARY_DIR}/bytecode"
          --output "${ENSURE_PAYLOAD_FILE}"
          ${wheels}
  DEPENDS ensure-pack ${wheels} "${compiler}" "${pins}"
  COMMENT "Packing the bundle"
  VERBATIM)
