# Shared by the runbooks: dot-sourced. Nothing here asks anybody anything.

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

function Write-Heartbeat {
    <#
    .SYNOPSIS
        Says in the evidence folder that a scheduled run ended, and how. Test-SafeDbReadiness reads it.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory)]
        [string] $Name,

        [Parameter(Mandatory)]
        [string] $EvidencePath,

        [Parameter(Mandatory)]
        [bool] $Succeeded,

        [string] $Message
    )

    $null = New-Item -ItemType Directory -Path $EvidencePath -Force
    $line = [ordered]@{ name = $Name; finishedAt = [DateTimeOffset]::UtcNow.ToString('O'); succeeded = $Succeeded; message = $Message }
    Add-Content -LiteralPath (Join-Path $EvidencePath 'heartbeats.jsonl') -Value ($line | ConvertTo-Json -Compress) -Encoding utf8
}

function Select-Given {
    <#
    .SYNOPSIS
        The named parameters that the caller gave, for splatting; what was not given keeps the cmdlet's own default.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory)]
        [System.Collections.IDictionary] $Bound,

        [Parameter(Mandatory)]
        [string[]] $Name
    )

    $given = @{}
    foreach ($key in $Name) {
        if ($Bound.Keys -contains $key) { $given[$key] = $Bound[$key] }
    }

    $given
}
