# Makes this shell use the Python environment: read it in with `source bin/activate.csh`.
# For tcsh and csh. `deactivate` undoes all of it.

# An `if` on one line expands the variables of its command even where the condition is false;
# `eval` puts that off.
alias deactivate 'if ( $?_OLD_VIRTUAL_PATH ) eval '\''setenv PATH $_OLD_VIRTUAL_PATH:q'\''; if ( $?_OLD_VIRTUAL_NO_PATH ) unsetenv PATH; unset _OLD_VIRTUAL_PATH _OLD_VIRTUAL_NO_PATH; if ( $?_OLD_VIRTUAL_PYTHONHOME ) eval '\''setenv PYTHONHOME $_OLD_VIRTUAL_PYTHONHOME:q'\''; unset _OLD_VIRTUAL_PYTHONHOME; if ( $?_OLD_VIRTUAL_PROMPT ) eval '\''set prompt = $_OLD_VIRTUAL_PROMPT:q'\''; unset _OLD_VIRTUAL_PROMPT; unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT; rehash; if ( "\!*" != nondestructive ) unalias deactivate'

# Leave another environment that this shell is in.
deactivate nondestructive

__ENVIRONMENT__
setenv VIRTUAL_ENV_PROMPT __PROMPT__

if ( $?PATH ) then
    set _OLD_VIRTUAL_PATH = $PATH:q
    setenv PATH ${VIRTUAL_ENV:q}/bin:${PATH:q}
else
    set _OLD_VIRTUAL_NO_PATH
    setenv PATH ${VIRTUAL_ENV:q}/bin
endif

# PYTHONHOME would take precedence over the environment's own library.
if ( $?PYTHONHOME ) then
    set _OLD_VIRTUAL_PYTHONHOME = $PYTHONHOME:q
    unsetenv PYTHONHOME
endif

set _VIRTUAL_ENV_QUIET = ''
if ( $?VIRTUAL_ENV_DISABLE_PROMPT ) eval 'set _VIRTUAL_ENV_QUIET = $VIRTUAL_ENV_DISABLE_PROMPT:q'
if ( $?prompt && $_VIRTUAL_ENV_QUIET:q == '' ) then
    set _OLD_VIRTUAL_PROMPT = $prompt:q
    if ( $?tcsh && $VIRTUAL_ENV_PROMPT:q =~ *[%\!\\]* ) then
        # tcsh looks for `%`, `!` and `\` in a prompt, but not in a variable that it refers to.
        set prompt = '(%$VIRTUAL_ENV_PROMPT) '$prompt:q
    else
        set prompt = '('$VIRTUAL_ENV_PROMPT:q') '$prompt:q
    endif
endif
unset _VIRTUAL_ENV_QUIET

rehash
