# The environment may have been moved: it is where this file is.
if [ -n "${BASH_VERSION-}" ]; then
    eval '_VIRTUAL_ENV_SCRIPT=${BASH_SOURCE[0]}'
elif [ -n "${ZSH_VERSION-}" ]; then
    eval '_VIRTUAL_ENV_SCRIPT=${(%):-%x}'
else
    # Other shells do not tell, but they hold the file open while they read it.
    _VIRTUAL_ENV_SCRIPT=
    read -r _VIRTUAL_ENV_PID _VIRTUAL_ENV_REST </proc/self/stat
    for _VIRTUAL_ENV_FILE in "/proc/$_VIRTUAL_ENV_PID/fd/"*; do
        _VIRTUAL_ENV_FILE=$(readlink "$_VIRTUAL_ENV_FILE") || continue
        case $_VIRTUAL_ENV_FILE in
            */bin/activate) _VIRTUAL_ENV_SCRIPT=$_VIRTUAL_ENV_FILE ;;
        esac
    done
    unset _VIRTUAL_ENV_PID _VIRTUAL_ENV_REST _VIRTUAL_ENV_FILE
    if [ -z "$_VIRTUAL_ENV_SCRIPT" ]; then
        echo 'activate: cannot tell where this script is; read it in with bash or zsh' >&2
        unset _VIRTUAL_ENV_SCRIPT
        return 1
    fi
fi
case $_VIRTUAL_ENV_SCRIPT in
    */*) ;;
    *) _VIRTUAL_ENV_SCRIPT=./$_VIRTUAL_ENV_SCRIPT ;;
esac
VIRTUAL_ENV=$(CDPATH= cd -- "${_VIRTUAL_ENV_SCRIPT%/*}/.." >/dev/null && pwd)
unset _VIRTUAL_ENV_SCRIPT
