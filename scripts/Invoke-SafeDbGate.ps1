<#
.SYNOPSIS
    Runs a script block with SafeDb's cmdlets and ends the process with the exit code that pipelines test.
.DESCRIPTION
    0 done, 1 failed and nothing changed, 2 wrong input, 3 stopped by a gate, 4 failed and rolled back, 5 failed and needs a person, 130 interrupted: the codes of the 'safedb' command.
    Cmdlets never end a process; this wrapper is for callers that only see an exit code.
.PARAMETER ScriptBlock
    What to run. Every error stops it.
.PARAMETER ModulePath
    The module's manifest; by default the one beside this folder.
.EXAMPLE
    pwsh -NonInteractive -Command "./scripts/Invoke-SafeDbGate.ps1 { Get-MigrationRisk ./migrations | Format-Table }"
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)]
    [scriptblock] $ScriptBlock,

    [string] $ModulePath = (Join-Path $PSScriptRoot '../SafeDb.psd1')
)

$ErrorActionPreference = 'Stop'
try {
    Import-Module -Name $ModulePath
    & $ScriptBlock
    exit 0
}
catch {
    $failure = $_
    $known = $failure.Exception -as [SafeDb.Errors.SafeDbException]
    Write-Error -ErrorRecord $failure -ErrorAction Continue
    if (-not $known) { exit 1 }
    switch ("$($known.Error.Kind)") {
        'InvalidInput' { exit 2 }
        'GateClosed' { exit 3 }
        'RolledBack' { exit 4 }
        'NeedsPerson' { exit 5 }
        'Cancelled' { exit 130 }
        default { exit 1 }
    }
}
