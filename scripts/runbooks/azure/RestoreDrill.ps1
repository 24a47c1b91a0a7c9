<#
.SYNOPSIS
    Azure Automation runbook: restores the newest archive of a container into a scratch database and compares every row.
.DESCRIPTION
    The weekly drill, within the sandbox's limits: no process, no file, managed identity. See NightlyBackup.ps1 for the rights that the identity needs.
.PARAMETER VaultName
    The key vault.
.PARAMETER DatabaseSecret
    Secret that holds the database's address.
.PARAMETER ArchiveSecret
    Secret that holds the archives' passphrase.
.PARAMETER Destination
    The container, https://account.blob.core.windows.net/container/prefix.
.PARAMETER ScratchSecret
    Secret that holds the address of the server where the copy is made.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $VaultName,
    [Parameter(Mandatory)] [string] $DatabaseSecret,
    [Parameter(Mandatory)] [string] $ArchiveSecret,
    [Parameter(Mandatory)] [string] $Destination,
    [Parameter(Mandatory)] [string] $ScratchSecret
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module -Name SafeDb

$null = Connect-AzAccount -Identity
$database = Get-AzKeyVaultSecret -VaultName $VaultName -Name $DatabaseSecret -AsPlainText
$scratch = Get-AzKeyVaultSecret -VaultName $VaultName -Name $ScratchSecret -AsPlainText
$passphrase = (Get-AzKeyVaultSecret -VaultName $VaultName -Name $ArchiveSecret).SecretValue

$backup = Get-SafeDbBackup -Database $database -Destination $Destination | Where-Object Coverage -NE 'Filtered' | Select-Object -First 1
if (-not $backup) {
    throw "There is no archive in $Destination to drill."
}

$proof = Test-SafeDbBackup -Backup $backup.Backup -Passphrase $passphrase -Scratch $scratch -Level Restore
[pscustomobject]@{ Runbook = 'RestoreDrill'; Backup = $backup.Backup; Passed = $proof.Passed; Rows = $proof.RowsCompared; RecoverySeconds = $proof.RecoveryTime.TotalSeconds }
