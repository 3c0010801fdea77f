# Makes this shell use the Python environment: read it in with `source bin/activate.fish`.
# `deactivate` undoes all of it.

function deactivate --description 'Leave the Python environment'
    if set -q _OLD_VIRTUAL_PATH
        set -gx PATH $_OLD_VIRTUAL_PATH
        set -e _OLD_VIRTUAL_PATH
    end
    if set -q _OLD_VIRTUAL_PYTHONHOME
        set -gx PYTHONHOME $_OLD_VIRTUAL_PYTHONHOME
        set -e _OLD_VIRTUAL_PYTHONHOME
    end
    if set -q _OLD_FISH_PROMPT_OVERRIDE
        set -e _OLD_FISH_PROMPT_OVERRIDE
        if functions -q _old_fish_prompt
            functions -e fish_prompt
            functions -c _old_fish_prompt fish_prompt
            functions -e _old_fish_prompt
        end
    end
    set -e VIRTUAL_ENV
    set -e VIRTUAL_ENV_PROMPT
    if test "$argv[1]" != nondestructive
        functions -e deactivate _virtual_env_status
    end
end

# Leave another environment that this shell is in.
deactivate nondestructive

set -gx VIRTUAL_ENV __ENVIRONMENT__
set -gx VIRTUAL_ENV_PROMPT __PROMPT__

set -g _OLD_VIRTUAL_PATH $PATH
set -gx PATH $VIRTUAL_ENV/bin $PATH

# PYTHONHOME would take precedence over the environment's own library.
if set -q PYTHONHOME
    set -g _OLD_VIRTUAL_PYTHONHOME $PYTHONHOME
    set -e PYTHONHOME
end

if test -z "$VIRTUAL_ENV_DISABLE_PROMPT"; and functions -q fish_prompt
    # The user's own prompt gets another name, and is shown behind the environment's.
    functions -c fish_prompt _old_fish_prompt

    function _virtual_env_status
        return $argv[1]
    end

    function fish_prompt
        set -l last_status $status
        printf '%s(%s)%s ' (set_color 4B8BBE) "$VIRTUAL_ENV_PROMPT" (set_color normal)
        # The user's prompt may show how the last command ended.
        _virtual_env_status $last_status
        _old_fish_prompt
    end

    set -g _OLD_FISH_PROMPT_OVERRIDE $VIRTUAL_ENV
end
