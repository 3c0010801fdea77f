# Makes this shell use the Python environment: `overlay use bin/activate.nu`, do not run it.
# `deactivate` undoes all of it.

const environment = __ENVIRONMENT__
const prompt = __PROMPT__

export-env {
    $env.VIRTUAL_ENV = $environment
    $env.VIRTUAL_ENV_PROMPT = $prompt

    # Where another environment is active already, this one takes its place.
    let path = if "_OLD_VIRTUAL_PATH" in $env {
        $env._OLD_VIRTUAL_PATH
    } else {
        $env.PATH? | default [] | split row (char esep)
    }
    $env._OLD_VIRTUAL_PATH = $path
    $env.PATH = ($path | prepend ($environment | path join bin))

    # PYTHONHOME would take precedence over the environment's own library.
    hide-env --ignore-errors PYTHONHOME

    if ($env.VIRTUAL_ENV_DISABLE_PROMPT? | is-empty) {
        let rest = if "_OLD_VIRTUAL_PROMPT" in $env {
            $env._OLD_VIRTUAL_PROMPT
        } else if "PROMPT_COMMAND" in $env {
            $env.PROMPT_COMMAND
        } else {
            ""
        }
        $env._OLD_VIRTUAL_PROMPT = $rest
        $env.PROMPT_COMMAND = {||
            let shown = if ($rest | describe) == "closure" { do $rest } else { $rest }
            "(" + $env.VIRTUAL_ENV_PROMPT + ") " + $shown
        }
    }
}

export alias deactivate = overlay hide activate
