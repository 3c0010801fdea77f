# ensure_find_build_pythons(<variable>)
#
# Sets <variable> to the Pythons of this machine that may compile bytecode: every python3.8 to
# python3.14 on PATH and in the directories of version managers. Scripts do not count, because the shims
# of version managers are scripts.
function(ensure_find_build_pythons variable)
  set(directories)
  foreach(manager IN ITEMS "$ENV{PYENV_ROOT}/versions" "$ENV{HOME}/.pyenv/versions"
                           "$ENV{HOME}/.asdf/installs/python" "$ENV{HOME}/.local/share/uv/python"
                           "$ENV{HOME}/.local/share/mise/installs/python")
    if(IS_ABSOLUTE "${manager}")
      file(GLOB found LIST_DIRECTORIES true "${manager}/*/bin")
      list(APPEND directories ${found})
    endif()
  endforeach()
  cmake_path(CONVERT "$ENV{PATH}" TO_CMAKE_PATH_LIST path)
  list(APPEND directories ${path})

  set(pythons)
  foreach(directory IN LISTS directories)
    foreach(minor RANGE 8 14)
      set(python "${directory}/python3.${minor}")
      if(IS_ABSOLUTE "${python}" AND EXISTS "${python}" AND NOT IS_DIRECTORY "${python}")
        file(REAL_PATH "${python}" python)
        file(READ "${python}" start LIMIT 2 HEX)
        if(NOT start STREQUAL "2321") # "#!"
          list(APPEND pythons "${python}")
        endif()
      endif()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES pythons)
  set(${variable} "${pythons}" PARENT_SCOPE)
endfunction()
