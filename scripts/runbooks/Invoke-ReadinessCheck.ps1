#Requires -Version 7.4
#Requires -Modules SafeDb
<#
.SYNOPSIS
    Answers the readiness checklist, writes it as Markdown into the evidence folder, and fails when an item failed.
.DESCRIPTION
    Changes nothing but the report and the heartbeat, which says that the check ran, not that everything passed. Asks nothing.
.PARAMETER Database
    The database: an address, or its name in safedb.json.
.PARAMETER Destination
    Where the archives are; by default the database's own destination.
.PARAMETER Path
    Folder of the migrations; by default that of safedb.json.
.PARAMETER Passphrase
    Passphrase of the archives; by default the recipients in safedb.json.
.PARAMETER Recipient
    Certificates or names of recipients; by default those in safedb.json.
.PARAMETER RestoreDocument
    The document that tells how to restore.
.PARAMETER ConfigPath
    The configuration file; by default the nearest safedb.json.
.PARAMETER EvidencePath
    Folder of the evidence.
.PARAMETER ReportOnly
    Do not fail when an item failed.
.EXAMPLE
    ./Invoke-ReadinessCheck.ps1 -Database shop
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Database,

    [string] $Destination,

    [string] $Path,

    [securestring] $Passphrase,

    [string[]] $Recipient,

    [string] $RestoreDocument,

    [string] $ConfigPath,

    [string] $EvidencePath = 'safedb-evidence',

    [switch] $ReportOnly
)

. (Join-Path $PSScriptRoot 'Runbook.Common.ps1')
$check = Select-Given -Bound $PSBoundParameters -Name Database, Destination, Path, Passphrase, Recipient, RestoreDocument, ConfigPath
$items = @(Test-SafeDbReadiness @check -EvidencePath $EvidencePath)
$null = New-Item -ItemType Directory -Path $EvidencePath -Force
Test-SafeDbReadiness @check -EvidencePath $EvidencePath -AsMarkdown | Set-Content -LiteralPath (Join-Path $EvidencePath 'readiness.md') -Encoding utf8
$items
$failed = @($items | Where-Object { -not $_.Passed })
$note = if ($failed) { "failed: $($failed.ForEach('Item') -join ', ')" } else { 'every item passed' }
Write-Heartbeat -Name "readiness-check $(Get-DatabaseLabel -Database $Database)" -EvidencePath $EvidencePath -Succeeded $true -Message $note
if ($failed -and -not $ReportOnly) {
    throw "Not ready: $($failed.ForEach('Item') -join ', ')."
}
