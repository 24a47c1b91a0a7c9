@{
    RootModule           = 'module/SafeDb.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '6f0c0d6e-3f1c-4c7e-9a55-0d6a4b2f8e31'
    Author               = 'SafeDb contributors'
    CompanyName          = 'SafeDb'
    Copyright            = 'Copyright (c) the SafeDb contributors. MIT license.'
    Description          = 'Changes production databases without fear: proved backups, restore drills, migration risk analysis, rehearsed migrations, rollback and evidence for PostgreSQL, SQL Server and SQLite.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('module/SafeDb.Format.ps1xml')
    TypesToProcess       = @('module/SafeDb.Types.ps1xml')
    CmdletsToExport      = @('Backup-SafeDb', 'Compare-SafeDbSchema', 'Copy-SafeDbBackup', 'Get-MigrationRisk', 'Get-SafeDbBackup', 'Get-SafeDbSchedule', 'Get-SafeDbSchema', 'Get-SafeMigration', 'Invoke-SafeMigration', 'New-SafeMigration', 'Register-SafeDbSchedule', 'Remove-SafeDbBackup', 'Restore-SafeDb', 'Set-SafeDbMaintenance', 'Test-SafeDbBackup', 'Test-SafeDbIntegrity', 'Test-SafeDbReadiness', 'Undo-SafeMigration', 'Unregister-SafeDbSchedule')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'database', 'backup', 'restore', 'migration', 'PostgreSQL', 'SQLServer', 'SQLite', 'safety')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md beside this manifest.'
        }
    }
}
