# Makes this shell use the Python environment: `. bin/Activate.ps1`.
# `deactivate` undoes all of it.
#
# -VenvDir uses the environment at another path, -Prompt shows another text.

param(
    [string] $VenvDir = __ENVIRONMENT__,
    [string] $Prompt
)

function global:deactivate ([switch] $NonDestructive) {
    if (Test-Path -Path Variable:_OLD_VIRTUAL_PATH) {
        $env:PATH = $global:_OLD_VIRTUAL_PATH
        Remove-Variable -Name _OLD_VIRTUAL_PATH -Scope global
    }
    if (Test-Path -Path Variable:_OLD_VIRTUAL_PYTHONHOME) {
        $env:PYTHONHOME = $global:_OLD_VIRTUAL_PYTHONHOME
        Remove-Variable -Name _OLD_VIRTUAL_PYTHONHOME -Scope global
    }
    if (Test-Path -Path Function:_OLD_VIRTUAL_PROMPT) {
        Copy-Item -Path Function:_OLD_VIRTUAL_PROMPT -Destination Function:global:prompt
        Remove-Item -Path Function:_OLD_VIRTUAL_PROMPT
    }
    foreach ($Name in 'VIRTUAL_ENV', 'VIRTUAL_ENV_PROMPT') {
        if (Test-Path -Path "Env:$Name") {
            Remove-Item -Path "Env:$Name"
        }
    }
    if (-not $NonDestructive) {
        Remove-Item -Path Function:deactivate
    }
}

# Leave another environment that this shell is in.
deactivate -NonDestructive

$env:VIRTUAL_ENV = $VenvDir
$env:VIRTUAL_ENV_PROMPT = if ($Prompt) { $Prompt } else { __PROMPT__ }

$global:_OLD_VIRTUAL_PATH = $env:PATH
$env:PATH = (Join-Path -Path $VenvDir -ChildPath 'bin') + [IO.Path]::PathSeparator + $env:PATH

# PYTHONHOME would take precedence over the environment's own library.
if (Test-Path -Path Env:PYTHONHOME) {
    $global:_OLD_VIRTUAL_PYTHONHOME = $env:PYTHONHOME
    Remove-Item -Path Env:PYTHONHOME
}

if (-not $env:VIRTUAL_ENV_DISABLE_PROMPT) {
    # The user's own prompt gets another name, and is shown behind the environment's.
    Copy-Item -Path Function:prompt -Destination Function:global:_OLD_VIRTUAL_PROMPT

    function global:prompt {
        Write-Host -NoNewline -ForegroundColor Green -Object "($env:VIRTUAL_ENV_PROMPT) "
        _OLD_VIRTUAL_PROMPT
    }
}
