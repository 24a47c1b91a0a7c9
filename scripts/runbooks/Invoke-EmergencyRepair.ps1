#Requires -Version 7.4
#Requires -Modules SafeDb
<#
.SYNOPSIS
    When a migration failed or data is corrupt: says what holds now, keeps the damaged state, and puts a proved backup in its place.
.DESCRIPTION
    Three steps, each safe to repeat:
      Diagnose    changes nothing in the database: where the migrations stand, which archives there are, which is the newest proved one, and what to do next. With -Deep the
                  engine's own integrity checks run, and a backup of the damaged database, which is kept, is drilled: every row is read, every constraint tested, and what is broken is named.
      Checkpoint  restores the newest proved archive beside the database (-Target), so that rows can be compared and taken over while the damaged database still runs.
      Repair      replaces the database by that archive in one step; the damaged one is kept under a dated name. A safety backup is taken first unless -NoSafetyBackup says that it is too damaged.
    Asks nothing. Only archives whose drill passed, by authenticated evidence, are used.
.PARAMETER Database
    The database: an address, or its name in safedb.json.
.PARAMETER Step
    Diagnose, Checkpoint or Repair.
.PARAMETER Target
    Where Checkpoint restores to, as a database address.
.PARAMETER Destination
    Where the archives are; by default the database's own destination.
.PARAMETER Before
    Use the newest proved archive that shows a moment before this one: when the corruption began.
.PARAMETER Path
    Folder of the migrations; by default that of safedb.json.
.PARAMETER Passphrase
    Passphrase of the archives; by default the recipients in safedb.json.
.PARAMETER Recipient
    Certificates or names of recipients; by default those in safedb.json.
.PARAMETER ConfigPath
    The configuration file; by default the nearest safedb.json.
.PARAMETER Deep
    Diagnose by a backup and a drill of the database as it is now. Takes as long as these do.
.PARAMETER EvidencePath
    Folder of the evidence. It also keeps the names of the archives that show the damaged state, in damaged-archives.txt; these are never taken for proved ones.
.PARAMETER NoSafetyBackup
    Repair without a backup of the damaged database.
.EXAMPLE
    ./Invoke-EmergencyRepair.ps1 -Database shop -Step Diagnose
.EXAMPLE
    ./Invoke-EmergencyRepair.ps1 -Database shop -Step Repair -Before 2026-01-31T08:00:00Z
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Database,

    [Parameter(Mandatory)]
    [ValidateSet('Diagnose', 'Checkpoint', 'Repair')]
    [string] $Step,

    [string] $Target,

    [string] $Destination,

    [datetimeoffset] $Before = [DateTimeOffset]::MaxValue,

    [string] $Path,

    [securestring] $Passphrase,

    [string[]] $Recipient,

    [string] $ConfigPath,

    [string] $EvidencePath = 'safedb-evidence',

    [switch] $Deep,

    [switch] $NoSafetyBackup
)

. (Join-Path $PSScriptRoot 'Runbook.Common.ps1')
$place = Select-Given -Bound $PSBoundParameters -Name Destination, Passphrase, Recipient, ConfigPath
$open = Select-Given -Bound $PSBoundParameters -Name Passphrase, Recipient, ConfigPath
$archives = @(Get-SafeDbBackup -Database $Database @place -Authenticate)
$list = Join-Path $EvidencePath 'damaged-archives.txt'
$damaged = @(if (Test-Path -LiteralPath $list) { Get-Content -LiteralPath $list })
$proved = $archives | Where-Object { $_.Verified -and $_.Coverage -eq 'Complete' -and $_.CreatedAt -lt $Before -and $_.Name -notin $damaged } | Select-Object -First 1

function Add-DamagedArchive([string] $Location) {
    $null = New-Item -ItemType Directory -Path $EvidencePath -Force
    Add-Content -LiteralPath $list -Value ($Location -split '[/\\]')[-1] -Encoding utf8
}

if ($Step -eq 'Diagnose') {
    $which = Select-Given -Bound $PSBoundParameters -Name Path, ConfigPath
    $problem = $null
    $migrations = @()
    try {
        $migrations = @(Get-SafeMigration -Database $Database @which)
    }
    catch {
        $problem = "$($_.FullyQualifiedErrorId): $($_.Exception.Message)"
    }

    $config = Select-Given -Bound $PSBoundParameters -Name ConfigPath
    $damage = ''
    $findings = @()
    if ($Deep -and -not $problem) {
        try {
            # What the engine finds by itself, by name; then every row is read back from a backup.
            $findings = @(Test-SafeDbIntegrity -Database $Database @config)
            $damage = @($findings | Where-Object Severity -In 'Damage', 'Violation' | ForEach-Object { "$($_.Object) $($_.Message)".Trim() }) -join ' '
            # Whatever the drill says, this archive shows the database as it is now; nobody may take it for the state to go back to.
            $now = Backup-SafeDb -Database $Database @place
            Add-DamagedArchive $now.Backup
            $drill = ($now | Test-SafeDbBackup -Database $Database @open -Level Restore).Error.Message
            $damage = @($damage, $drill | Where-Object { $_ }) -join ' '
        }
        catch {
            $damage = @($damage, "$($_.FullyQualifiedErrorId.Split(',')[0]): $($_.Exception.Message)" | Where-Object { $_ }) -join ' '
        }
    }

    $stuck = @($migrations | Where-Object State -In 'Failed', 'Interrupted')
    [pscustomobject]@{
        PSTypeName        = 'SafeDb.EmergencyDiagnosis'
        Database          = Get-DatabaseLabel -Database $Database
        Readable          = $null -eq $problem
        Problem           = $problem
        DeepChecked       = [bool] ($Deep -and -not $problem)
        Damage            = $damage
        Findings          = $findings
        StuckMigrations   = @($stuck.ForEach('Id'))
        Archives          = $archives.Count
        NewestProved      = $proved.Backup
        NewestProvedTime  = $proved.CreatedAt
        LosesAtMost       = if ($proved) { [DateTimeOffset]::UtcNow - $proved.CreatedAt } else { $null }
        RecommendedAction = if ($stuck) { 'Invoke-MigrationRun.ps1 -Resume, or Invoke-Rollback.ps1' }
        elseif (-not $proved) { 'No proved archive: Test-SafeDbBackup the newest one before anything else' }
        elseif ($problem -or $damage) { 'Checkpoint, compare, then Repair' }
        elseif ($Deep) { 'Nothing is broken: every row was read back and every constraint holds' }
        else { 'The database is readable: Diagnose -Deep says whether every row and constraint is whole' }
    }
    return
}

if (-not $proved) {
    throw "No archive of $(Get-DatabaseLabel -Database $Database) has authenticated evidence of a passed drill before $Before. Run Test-SafeDbBackup on the newest one."
}

if ($Step -eq 'Checkpoint') {
    if (-not $Target) { throw 'Checkpoint needs -Target: the address of a database that does not exist yet.' }
    Restore-SafeDb -Backup $proved.Backup -Database $Target @open -Confirm:$false
    return
}

$restored = Restore-SafeDb -Backup $proved.Backup -Database $Database @open -Overwrite -NoSafetyBackup:$NoSafetyBackup -Confirm:$false
if ($restored.SafetyBackup) { Add-DamagedArchive $restored.SafetyBackup }
$restored
