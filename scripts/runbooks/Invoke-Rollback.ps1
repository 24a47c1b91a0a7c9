#Requires -Version 7.4
#Requires -Modules SafeDb
<#
.SYNOPSIS
    Takes migrations back by their down scripts; with -Backup puts the database back as an archive holds it.
.DESCRIPTION
    Down scripts first: they keep what users wrote since. A restore loses that, so it must be asked for by naming the archive; the old database is kept under a dated name, and a safety backup is
    taken. Asks nothing.
.PARAMETER Database
    The database: an address, or its name in safedb.json.
.PARAMETER Path
    Folder of the migrations; by default that of safedb.json.
.PARAMETER Steps
    How many migrations to take back, the last first.
.PARAMETER Backup
    Restore this archive over the database instead.
.PARAMETER Passphrase
    Passphrase of the archive; by default the recipients in safedb.json.
.PARAMETER Recipient
    Certificates or names of recipients; by default those in safedb.json.
.PARAMETER ConfigPath
    The configuration file; by default the nearest safedb.json.
.PARAMETER EvidencePath
    Folder of the evidence.
.EXAMPLE
    ./Invoke-Rollback.ps1 -Database shop -Steps 2
.EXAMPLE
    ./Invoke-Rollback.ps1 -Database shop -Backup ./backups/shop-20260131T030000123Z-1a2b3c4d.safedb
#>
[CmdletBinding(DefaultParameterSetName = 'Undo')]
param(
    [Parameter(Mandatory)]
    [string] $Database,

    [Parameter(ParameterSetName = 'Undo')]
    [string] $Path,

    [Parameter(ParameterSetName = 'Undo')]
    [ValidateRange(1, 10000)]
    [int] $Steps,

    [Parameter(ParameterSetName = 'Restore', Mandatory)]
    [string] $Backup,

    [securestring] $Passphrase,

    [string[]] $Recipient,

    [string] $ConfigPath,

    [Parameter(ParameterSetName = 'Undo')]
    [string] $EvidencePath = 'safedb-evidence'
)

. (Join-Path $PSScriptRoot 'Runbook.Common.ps1')
$common = Select-Given -Bound $PSBoundParameters -Name Database, Passphrase, Recipient, ConfigPath
if ($PSCmdlet.ParameterSetName -eq 'Restore') {
    Restore-SafeDb -Backup $Backup @common -Overwrite -Confirm:$false
    return
}

$undo = Select-Given -Bound $PSBoundParameters -Name Path, Steps
Undo-SafeMigration @common @undo -EvidencePath $EvidencePath -Confirm:$false
