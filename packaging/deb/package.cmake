# `cpack` in a build directory makes the .deb.

include(GNUInstallDirs)
set(ENSURE_MAINTAINER "The ensure authors <ensure@localhost.localdomain>"
    CACHE STRING "The maintainer of the .deb, in the form NAME <ADDRESS>")
set(maintainer "${ENSURE_MAINTAINER}")
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # of SOURCE_DATE_EPOCH, if that is set
file(STRINGS "${CMAKE_SOURCE_DIR}/LICENSE" lines)
list(REMOVE_AT lines 0 1)
list(TRANSFORM lines PREPEND " ")
list(JOIN lines "\n" licence)
string(REPLACE "\n \n" "\n .\n" licence "${licence}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/copyright.in" "${CMAKE_BINARY_DIR}/deb/copyright" @ONLY)
configure_file("${CMAKE_CURRENT_LIST_DIR}/changelog.in" "${CMAKE_BINARY_DIR}/deb/changelog" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/deb/copyright" "${CMAKE_BINARY_DIR}/deb/changelog"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT ensure)
if(ENSURE_STATIC)
  install(FILES "${CMAKE_CURRENT_LIST_DIR}/lintian-overrides"
          DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/lintian/overrides" RENAME ensure
          COMPONENT ensure)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "${maintainer}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/compress.cmake")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS python3)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "creates, repairs and fills Python environments")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Creates virtual environments with a working pip in a few milliseconds,
without network and without Python's own modules venv and ensurepip. It also
installs packages from an index. A change takes place completely or not at all.")
if(NOT ENSURE_STATIC)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
include(CPack)
