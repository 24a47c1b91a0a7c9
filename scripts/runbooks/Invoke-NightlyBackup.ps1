#Requires -Version 7.4
#Requires -Modules SafeDb
<#
.SYNOPSIS
    Backs up a database, proves the backup by a restore drill, and removes what retention does not keep.
.DESCRIPTION
    For cron, systemd timers and scheduled tasks. Asks nothing. A run that was interrupted after its backup goes on with that backup when it is started again within -ResumeWithin.
    Old archives are removed only after the new one was proved. The end is written to the evidence folder as a heartbeat, which Test-SafeDbReadiness checks.
    A failure ends the script with the error, so that the scheduler sees it.
.PARAMETER Database
    The database: an address, or its name in safedb.json.
.PARAMETER Destination
    Where the archive goes; by default the database's own destination.
.PARAMETER Passphrase
    Passphrase of the archives; by default the recipients in safedb.json.
.PARAMETER Recipient
    Certificates or names of recipients; by default those in safedb.json.
.PARAMETER ConfigPath
    The configuration file; by default the nearest safedb.json.
.PARAMETER EvidencePath
    Folder of the evidence.
.PARAMETER ResumeWithin
    How old an unproved backup may be to be taken up again.
.PARAMETER SkipPrune
    Remove nothing.
.EXAMPLE
    ./Invoke-NightlyBackup.ps1 -Database shop
    Everything else stands in safedb.json.
#>
[CmdletBinding()]
[OutputType('SafeDb.RunbookResult')]
param(
    [Parameter(Mandatory)]
    [string] $Database,

    [string] $Destination,

    [securestring] $Passphrase,

    [string[]] $Recipient,

    [string] $ConfigPath,

    [string] $EvidencePath = 'safedb-evidence',

    [timespan] $ResumeWithin = '02:00:00',

    [switch] $SkipPrune
)

. (Join-Path $PSScriptRoot 'Runbook.Common.ps1')
$place = Select-Given -Bound $PSBoundParameters -Name Destination, Passphrase, Recipient, ConfigPath
$open = Select-Given -Bound $PSBoundParameters -Name Passphrase, Recipient, ConfigPath

Invoke-ScheduledWork -Runbook NightlyBackup -Schedule nightly-backup -Database $Database -EvidencePath $EvidencePath -Work {
    # Only a backup of this runbook is taken up again, which its mark in the evidence folder tells: another unproved one may be what somebody kept of a damaged state.
    $null = New-Item -ItemType Directory -Path $EvidencePath -Force
    $backup = try {
        Get-SafeDbBackup -Database $Database @place -Since ([DateTimeOffset]::UtcNow.Subtract($ResumeWithin)) -Authenticate |
            Where-Object { $null -eq $_.VerifiedAt -and $_.Authenticated -and (Test-Path -LiteralPath (Join-Path $EvidencePath "$($_.Name).pending")) } | Select-Object -First 1
    }
    catch {
        # The very first run: the backup makes the folder.
        if ($_.FullyQualifiedErrorId -notlike 'Folder.Missing,*') { throw }
    }

    $resumed = $null -ne $backup
    if (-not $resumed) {
        $backup = Backup-SafeDb -Database $Database @place
        $null = New-Item -ItemType File -Path $EvidencePath -Name "$($backup.Name).pending"
    }

    $proof = Test-SafeDbBackup -Backup $backup.Backup -Database $Database @open -Level Restore
    Remove-Item -LiteralPath (Join-Path $EvidencePath "$($backup.Name).pending")
    $removed = if ($SkipPrune) { @() } else { @(Remove-SafeDbBackup -Database $Database @place -Confirm:$false | Where-Object Reason -Like 'removed:*') }
    [ordered]@{
        Succeeded    = $proof.Passed
        Resumed      = $resumed
        Backup       = $backup.Backup
        Rows         = $proof.RowsCompared
        RecoveryTime = $proof.RecoveryTime
        Removed      = @($removed.ForEach('Name'))
        Note         = $backup.Name
    }
}
