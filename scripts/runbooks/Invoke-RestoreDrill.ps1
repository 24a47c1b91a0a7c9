#Requires -Version 7.4
#Requires -Modules SafeDb
<#
.SYNOPSIS
    Restores the newest backup of a database into a scratch place, compares every row, and leaves evidence.
.DESCRIPTION
    The weekly proof that an emergency would go well, with the time that it would take. Nothing is left behind but the evidence beside the archive and a heartbeat. Asks nothing.
.PARAMETER Database
    The database: an address, or its name in safedb.json.
.PARAMETER Destination
    Where the archives are; by default the database's own destination.
.PARAMETER Passphrase
    Passphrase of the archives; by default the recipients in safedb.json.
.PARAMETER Recipient
    Certificates with private keys, or names of recipients; by default those in safedb.json.
.PARAMETER Scratch
    Server or folder, as a database address, where the copy is made; by default that of the database.
.PARAMETER ConfigPath
    The configuration file; by default the nearest safedb.json.
.PARAMETER EvidencePath
    Folder of the evidence.
.EXAMPLE
    ./Invoke-RestoreDrill.ps1 -Database shop -Scratch postgresql://drill@standby/postgres
#>
[CmdletBinding()]
[OutputType('SafeDb.RunbookResult')]
param(
    [Parameter(Mandatory)]
    [string] $Database,

    [string] $Destination,

    [securestring] $Passphrase,

    [string[]] $Recipient,

    [string] $Scratch,

    [string] $ConfigPath,

    [string] $EvidencePath = 'safedb-evidence'
)

. (Join-Path $PSScriptRoot 'Runbook.Common.ps1')
$place = Select-Given -Bound $PSBoundParameters -Name Destination, ConfigPath
$drill = Select-Given -Bound $PSBoundParameters -Name Passphrase, Recipient, Scratch, ConfigPath

Invoke-ScheduledWork -Runbook RestoreDrill -Schedule restore-drill -Database $Database -EvidencePath $EvidencePath -Work {
    $backup = Get-SafeDbBackup -Database $Database @place | Where-Object Coverage -NE 'Filtered' | Select-Object -First 1
    if (-not $backup) {
        throw "There is no archive of $(Get-DatabaseLabel -Database $Database) to drill."
    }

    $proof = Test-SafeDbBackup -Backup $backup.Backup -Database $Database @drill -Level Restore
    [ordered]@{
        Succeeded    = $proof.Passed
        Backup       = $backup.Backup
        SnapshotTime = $proof.SnapshotTime
        Rows         = $proof.RowsCompared
        RecoveryTime = $proof.RecoveryTime
        Note         = $backup.Name
    }
}
