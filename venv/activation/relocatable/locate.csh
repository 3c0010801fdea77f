# The environment may have been moved: it is where this file is, and csh holds the file open while
# it reads it.
unset _VIRTUAL_ENV_SCRIPT
foreach _VIRTUAL_ENV_FILE ( /proc/$$/fd/* )
    set _VIRTUAL_ENV_FILE = "`readlink $_VIRTUAL_ENV_FILE`"
    if ( $_VIRTUAL_ENV_FILE:q =~ */bin/activate.csh ) set _VIRTUAL_ENV_SCRIPT = $_VIRTUAL_ENV_FILE:q
end
unset _VIRTUAL_ENV_FILE
if ( ! $?_VIRTUAL_ENV_SCRIPT ) then
    echo 'activate.csh: cannot tell where this script is'
    exit 1
endif
setenv VIRTUAL_ENV $_VIRTUAL_ENV_SCRIPT:h:h:q
unset _VIRTUAL_ENV_SCRIPT
