# CPack runs this on the directory that it packs. Debian requires compressed manual pages and changelogs.
file(GLOB_RECURSE documents "${CPACK_TEMPORARY_DIRECTORY}/*/ensure.1"
     "${CPACK_TEMPORARY_DIRECTORY}/*/changelog")
foreach(document IN LISTS documents)
  execute_process(COMMAND gzip -9n "${document}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
