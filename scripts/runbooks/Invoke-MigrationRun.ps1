#Requires -Version 7.4
#Requires -Modules SafeDb
<#
.SYNOPSIS
    Applies the pending migrations of a database: backed up, proved, rehearsed, gated, applied, verified.
.DESCRIPTION
    Shows the plan and stops with -PlanOnly. Otherwise applies it, without a question. A run that was interrupted is finished by starting this again with -Resume. When the run fails,
    Invoke-SafeMigration has taken back what it could; the error says what holds now.
.PARAMETER Database
    The database: an address, or its name in safedb.json.
.PARAMETER Path
    Folder of the migrations; by default that of safedb.json.
.PARAMETER Destination
    Where the backup before the run goes; by default the database's own destination.
.PARAMETER Passphrase
    Passphrase of the archive; by default the recipients in safedb.json.
.PARAMETER Recipient
    Certificates or names of recipients; by default those in safedb.json.
.PARAMETER AllowHazard
    Rules that are accepted this time.
.PARAMETER ApprovedBy
    Who approved the run; goes into the evidence.
.PARAMETER ConfigPath
    The configuration file; by default the nearest safedb.json.
.PARAMETER EvidencePath
    Folder of the evidence.
.PARAMETER Resume
    Finish an interrupted run.
.PARAMETER PlanOnly
    List what is pending and do nothing.
.EXAMPLE
    ./Invoke-MigrationRun.ps1 -Database shop -ApprovedBy 'change 4711'
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Database,

    [string] $Path,

    [string] $Destination,

    [securestring] $Passphrase,

    [string[]] $Recipient,

    [string[]] $AllowHazard,

    [string] $ApprovedBy,

    [string] $ConfigPath,

    [string] $EvidencePath = 'safedb-evidence',

    [switch] $Resume,

    [switch] $PlanOnly
)

. (Join-Path $PSScriptRoot 'Runbook.Common.ps1')
if ($PlanOnly) {
    $which = Select-Given -Bound $PSBoundParameters -Name Database, Path, ConfigPath
    Get-SafeMigration @which | Where-Object State -NE 'Applied'
    return
}

$run = Select-Given -Bound $PSBoundParameters -Name Database, Path, Destination, Passphrase, Recipient, AllowHazard, ApprovedBy, ConfigPath, Resume
Invoke-SafeMigration @run -EvidencePath $EvidencePath -Confirm:$false
