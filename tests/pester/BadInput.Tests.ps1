BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $Manifest
}

Describe 'Bad input has an error of its own, says what to do, and leaves everything as it was' {
    BeforeAll {
        $script:Shop = New-Shop
        Push-Location -LiteralPath $Shop
        $script:p = New-Secret

        # Under another name: what this session sealed itself it would open without asking.
        $taken = Backup-SafeDb sqlite:./shop.db -Destination ./backups -Passphrase $p
        $script:Sealed = (Copy-Item -LiteralPath $taken.Backup -Destination ./sealed.safedb -PassThru).FullName
        Set-Content -LiteralPath ./letter.db -Value ('This is a letter and no database. ' * 50)
        $folders = @{
            duplicates = @{ '001_a.up.sql' = 'CREATE TABLE a1 (id INTEGER PRIMARY KEY);'; '001_b.up.sql' = 'CREATE TABLE b1 (id INTEGER PRIMARY KEY);' }
            syntax     = @{ '001_a.up.sql' = "CREATE TABLE a1 (id INTEGER PRIMARY KEY);`nCREATE TABLE b1 (id INTEGER PRIMARY KEY);`nCREATE TABEL c1 (id INTEGER);"; '001_a.down.sql' = "DROP TABLE b1;`nDROP TABLE a1;" }
            empty      = @{}
            applied    = @{ '001_a.up.sql' = 'CREATE TABLE a1 (id INTEGER PRIMARY KEY);'; '001_a.down.sql' = 'DROP TABLE a1;'; '002_b.up.sql' = 'CREATE TABLE b1 (id INTEGER PRIMARY KEY);'; '002_b.down.sql' = 'DROP TABLE b1;' }
        }
        $folders.edited = $folders.applied + @{ '003_c.up.sql' = 'CREATE TABLE c1 (id INTEGER PRIMARY KEY);'; '003_c.down.sql' = 'DROP TABLE c1;' }
        $folders.deleted = $folders.edited.Clone()
        $folders.before = $folders.edited + @{ '000_z.up.sql' = 'CREATE TABLE z1 (id INTEGER PRIMARY KEY);'; '000_z.down.sql' = 'DROP TABLE z1;' }
        $folders.edited.'001_a.up.sql' += "`n-- edited afterwards"
        $folders.deleted.Remove('001_a.up.sql')
        $folders.deleted.Remove('001_a.down.sql')
        foreach ($folder in $folders.Keys) {
            $null = New-Item -ItemType Directory -Path "./bad/$folder"
            foreach ($file in $folders.$folder.Keys) { Set-Content -LiteralPath "./bad/$folder/$file" -Value $folders.$folder.$file }
        }

        Copy-Item -LiteralPath ./shop.db -Destination ./applied.db
        $null = Invoke-SafeMigration sqlite:./applied.db ./bad/applied -Destination ./backups -Passphrase $p -Confirm:$false
        Remove-Item -LiteralPath ./safedb-evidence -Recurse
    }

    AfterAll {
        Pop-Location
        Remove-Item -LiteralPath $Shop -Recurse -Force
    }

    It '<Name>: <Id>' -ForEach @(
        @{ Name = 'a missing file'; Id = 'Sqlite.NotFound'; Work = { Backup-SafeDb sqlite:./none.db -Destination ./backups -Passphrase $p } }
        @{ Name = 'a file that is no database'; Id = 'Sqlite.NotADatabase'; Work = { Backup-SafeDb sqlite:./letter.db -Destination ./backups -Passphrase $p } }
        @{ Name = 'an encrypted archive without the key'; Id = 'Archive.KeyRequired'; Work = { Restore-SafeDb $Sealed sqlite:./new.db -Confirm:$false } }
        @{ Name = 'a wrong key'; Id = 'Archive.WrongKey'; Work = { Restore-SafeDb $Sealed sqlite:./new.db -Passphrase (New-Secret -Text 'wrong') -Confirm:$false } }
        @{ Name = 'an archive of another engine'; Id = 'Restore.WrongEngine'; Work = { Restore-SafeDb $Sealed postgresql://nobody@192.0.2.1/none -Passphrase $p -Confirm:$false } }
        @{ Name = 'a file that is no archive'; Id = 'Archive.NotAnArchive'; Work = { Test-SafeDbBackup ./letter.db -ErrorAction Stop } }
        @{ Name = 'a folder without migrations'; Id = 'Migration.FormatNotRecognised'; Work = { Invoke-SafeMigration sqlite:./shop.db ./bad/empty -Destination ./backups -Passphrase $p -Confirm:$false } }
        @{ Name = 'two migrations of one number'; Id = 'Migration.Duplicate'; Work = { Invoke-SafeMigration sqlite:./shop.db ./bad/duplicates -Destination ./backups -Passphrase $p -Confirm:$false } }
        @{ Name = 'a migration that comes before applied ones'; Id = 'Migration.OutOfOrder'; Work = { Invoke-SafeMigration sqlite:./applied.db ./bad/before -Destination ./backups -Passphrase $p -Confirm:$false } }
        @{ Name = 'an applied file that was edited'; Id = 'Migration.Edited'; Work = { Invoke-SafeMigration sqlite:./applied.db ./bad/edited -Destination ./backups -Passphrase $p -Confirm:$false } }
        @{ Name = 'an applied file that was deleted'; Id = 'Migration.Missing'; Work = { Invoke-SafeMigration sqlite:./applied.db ./bad/deleted -Destination ./backups -Passphrase $p -Confirm:$false } }
        @{ Name = 'a syntax error in the third statement'; Id = 'Migration.NotUnderstood'; Says = '*001, line 3:*TABEL*'; Work = { Invoke-SafeMigration sqlite:./shop.db ./bad/syntax -Destination ./backups -Passphrase $p -Confirm:$false } }
    ) {
        $before = Get-TreeHash -Path $Shop
        $problem = $null
        try {
            $null = & $Work
        }
        catch {
            $problem = $_
        }

        # A run that was refused leaves its evidence, and nothing else.
        Remove-Item -Path ./safedb-evidence -Recurse -ErrorAction Ignore
        $problem.FullyQualifiedErrorId -split ',' | Select-Object -First 1 | Should -Be $Id
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        if ($Says) { $problem.Exception.Message | Should -BeLike $Says }

        Get-TreeHash -Path $Shop | Should -Be $before
    }

    It 'a <Name> disk: <Id>, and no half archive' -ForEach @(
        @{ Name = 'full'; Option = 'size=64k'; Id = 'Folder.Full' }
        @{ Name = 'read-only'; Option = 'ro'; Id = 'Folder.ReadOnly' }
    ) {
        $disk = (New-Item -ItemType Directory -Path "./disk-$Name").FullName
        & mount -t tmpfs -o $Option tmpfs $disk 2>$null
        if ($LASTEXITCODE -ne 0) {
            Set-ItResult -Skipped -Because 'only root can mount a disk'
            return
        }

        try {
            { Backup-SafeDb sqlite:./shop.db -Destination $disk -Passphrase $p } | Should -Throw -ErrorId "$Id,*"
            Get-ChildItem -LiteralPath $disk -Force | Should -BeNullOrEmpty
        }
        finally {
            & umount $disk
        }
    }
}
