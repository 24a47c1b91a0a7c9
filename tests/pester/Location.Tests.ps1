Describe 'Where a session stands, and what it made' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $Manifest
        $script:Shop = New-Shop
        $script:Elsewhere = New-Item -ItemType Directory -Path (Join-Path $Shop 'elsewhere')
        $script:p = New-Secret
        $script:ProcessFolder = [Environment]::CurrentDirectory
        Push-Location -LiteralPath $Shop

        # The process stands where another database has the same name, as it well may.
        Copy-Item -LiteralPath shop.db -Destination $Elsewhere
        [Environment]::CurrentDirectory = $Elsewhere
    }

    AfterAll {
        [Environment]::CurrentDirectory = $ProcessFolder
        Pop-Location
        Remove-Item -LiteralPath $Shop -Recurse -Force
    }

    It 'means the database at the session''s location by <_>' -ForEach 'shop.db', './shop.db', 'sqlite:./shop.db', 'Data Source=./shop.db', 'file:./shop.db' {
        (Backup-SafeDb $_ -Destination ./backups -Passphrase $p).Database | Should -BeLike "*$Shop/shop.db"
    }

    It 'means it by DATABASE_URL too' {
        $env:DATABASE_URL = './shop.db'
        try { (Backup-SafeDb -Destination ./backups -Passphrase $p).Database | Should -BeLike "*$Shop/shop.db" }
        finally { Remove-Item -Path Env:DATABASE_URL }
    }

    It 'says that a file is missing which only the process''s folder has' {
        Copy-Item -LiteralPath shop.db -Destination (Join-Path $Elsewhere 'other.db')
        { Backup-SafeDb other.db -Destination ./backups -Passphrase $p } | Should -Throw -ErrorId 'Sqlite.NotFound,*'
    }

    It 'needs the passphrase of an archive once in a session, and not in another' {
        $proof = Backup-SafeDb sqlite:./shop.db -Destination ./backups -Passphrase $p | Test-SafeDbBackup
        $proof.Passed | Should -BeTrue
        $proof.RowsCompared | Should -BeGreaterThan 16000
        Invoke-CleanSession -Script "Import-Module '$Manifest'; Set-Location -LiteralPath '$Shop'; try { Test-SafeDbBackup '$($proof.Backup)' -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }" |
            Should -BeLike '*Archive.KeyRequired*'
        { Test-SafeDbBackup $proof.Backup -Passphrase (New-Secret -Text 'another one') -ErrorAction Stop } | Should -Throw
    }

    It 'takes the names in a pipeline for names, not for patterns' {
        $backup = Backup-SafeDb sqlite:./shop.db -Destination './of [2026] äöü' -Passphrase $p
        (Get-SafeDbBackup -Destination './of [2026] äöü' | Test-SafeDbBackup -Level Checksum).Passed | Should -BeTrue
        (Get-ChildItem -LiteralPath './of [2026] äöü' -Filter *.safedb | Test-SafeDbBackup -Level Checksum).Passed | Should -BeTrue
        ($backup | Copy-SafeDbBackup -Destination './second [copy]').Name | Should -Be $backup.Name
    }
}
