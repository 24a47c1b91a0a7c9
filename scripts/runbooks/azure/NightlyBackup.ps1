<#
.SYNOPSIS
    Azure Automation runbook: backs up a database to a blob container, proves the archive, and applies retention.
.DESCRIPTION
    For a PowerShell 7.4 or later runtime environment with the SafeDb module zip and Az.Accounts, Az.KeyVault. Starts no process, writes no file, keeps within 400 MB of memory: the archive streams.
    Signs in with the managed identity; the identity needs 'Key Vault Secrets User' on the vault and 'Storage Blob Data Contributor' on the container. An interrupted runbook starts from the
    beginning with a backup of its own: an unproved archive of somebody else may be what was kept of a damaged state, and a sandbox keeps no file that could tell its own ones.
    What it took before stays, unproved, until retention removes it. A second run at the same time does no harm: every backup has a name of its own.
    A restore drill of PostgreSQL or SQL Server runs on the database server given as Scratch; with a SQLite file use a hybrid worker.
.PARAMETER VaultName
    The key vault.
.PARAMETER DatabaseSecret
    Secret that holds the database's address.
.PARAMETER ArchiveSecret
    Secret that holds the archives' passphrase.
.PARAMETER Destination
    The container, https://account.blob.core.windows.net/container/prefix.
.PARAMETER ScratchSecret
    Secret that holds the address of the server for the drill; without it only every stored byte is checked.
.PARAMETER KeepDays
    Days that archives are kept.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $VaultName,
    [Parameter(Mandatory)] [string] $DatabaseSecret,
    [Parameter(Mandatory)] [string] $ArchiveSecret,
    [Parameter(Mandatory)] [string] $Destination,
    [string] $ScratchSecret,
    [ValidateRange(1, 36500)] [int] $KeepDays = 30
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module -Name SafeDb

$null = Connect-AzAccount -Identity
$database = Get-AzKeyVaultSecret -VaultName $VaultName -Name $DatabaseSecret -AsPlainText
$key = @{ Passphrase = (Get-AzKeyVaultSecret -VaultName $VaultName -Name $ArchiveSecret).SecretValue }
$scratch = if ($ScratchSecret) { @{ Level = 'Restore'; Scratch = Get-AzKeyVaultSecret -VaultName $VaultName -Name $ScratchSecret -AsPlainText } } else { @{ Level = 'Checksum' } }

$backup = Backup-SafeDb -Database $database -Destination $Destination @key
$proof = Test-SafeDbBackup -Backup $backup.Backup @key @scratch
$removed = @(Remove-SafeDbBackup -Database $database -Destination $Destination @key -KeepWithin ([timespan]::FromDays($KeepDays)) -Confirm:$false | Where-Object Reason -Like 'removed:*')
[pscustomobject]@{ Runbook = 'NightlyBackup'; Backup = $backup.Backup; Level = "$($proof.Level)"; Passed = $proof.Passed; Rows = $proof.RowsCompared; Removed = @($removed.ForEach('Name')) }
