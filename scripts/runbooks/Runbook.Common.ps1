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

function Get-DatabaseLabel {
    <#
    .SYNOPSIS
        What heartbeats, results and messages call a database: its name in safedb.json as it is; of an address only the scheme, server and database, never the user's part or the options.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory)]
        [string] $Database
    )

    if ($Database -match '^(?<scheme>[A-Za-z][A-Za-z0-9+.-]+):(?<rest>.+)$' -and $Database -notmatch '^[A-Za-z]:[\\/]' -and $Matches.scheme -notmatch '=') {
        # Up to the last @: a password that somebody did not encode may hold one.
        return "$($Matches.scheme):$($Matches.rest -replace '^//.*@', '//' -replace '[?;#].*$')"
    }

    if ($Database -notmatch '=') { return $Database }
    try {
        $parts = [System.Data.Common.DbConnectionStringBuilder]@{ ConnectionString = $Database }
        $shown = foreach ($key in 'Host', 'Server', 'Data Source', 'DataSource', 'Filename', 'Database', 'Initial Catalog') {
            if ($parts.ContainsKey($key)) { $parts[$key] }
        }

        if ($shown) { $shown -join '/' } else { 'a database' }
    }
    catch {
        'a database'
    }
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

function Invoke-ScheduledWork {
    <#
    .SYNOPSIS
        Runs the work of a schedule: its end goes into the evidence folder as a heartbeat, its facts into one result object; a failure is passed on.
    .PARAMETER Runbook
        Name of the runbook in the result.
    .PARAMETER Schedule
        Id of the schedule, which Register-SafeDbSchedule uses too.
    .PARAMETER Work
        Gives a dictionary of facts; 'Note' is what the heartbeat says.
    #>
    [CmdletBinding()]
    [OutputType('SafeDb.RunbookResult')]
    param(
        [Parameter(Mandatory)]
        [string] $Runbook,

        [Parameter(Mandatory)]
        [string] $Schedule,

        [Parameter(Mandatory)]
        [string] $Database,

        [Parameter(Mandatory)]
        [string] $EvidencePath,

        [Parameter(Mandatory)]
        [scriptblock] $Work
    )

    $started = [DateTimeOffset]::UtcNow
    $label = Get-DatabaseLabel -Database $Database
    $name = "$Schedule $label"
    try {
        $facts = & $Work
        Write-Heartbeat -Name $name -EvidencePath $EvidencePath -Succeeded $true -Message $facts.Note
        $facts.Remove('Note')
        [pscustomobject] ([ordered]@{ PSTypeName = 'SafeDb.RunbookResult'; Runbook = $Runbook; Database = $label } + $facts +
            [ordered]@{ StartedAt = $started; Duration = [DateTimeOffset]::UtcNow - $started })
    }
    catch {
        Write-Heartbeat -Name $name -EvidencePath $EvidencePath -Succeeded $false -Message $_.FullyQualifiedErrorId
        throw
    }
}
