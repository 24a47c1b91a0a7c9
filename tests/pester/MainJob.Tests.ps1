BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $Manifest
}

Describe 'The main job on the tutorial shop' {
    BeforeEach {
        $script:Shop = New-Shop
        Push-Location -LiteralPath $Shop
        $script:p = New-Secret
    }

    AfterEach {
        Pop-Location
        Remove-Item -LiteralPath $Shop -Recurse -Force
    }

    It 'chains backup, proof and migration' {
        $run = Backup-SafeDb sqlite:./shop.db -Destination ./backups -Passphrase $p | Test-SafeDbBackup -Passphrase $p |
            Invoke-SafeMigration -Path ./migrations -Passphrase $p -Confirm:$false
        $run.Outcome | Should -Be 'Applied'
        $run.Rehearsal.Passed | Should -BeTrue
        (Get-SafeMigration sqlite:./shop.db ./migrations).State | Should -Be @('Applied', 'Applied')
        (Undo-SafeMigration sqlite:./shop.db ./migrations -Destination ./backups -Passphrase $p -Confirm:$false).Outcome | Should -Be 'Undone'
        (Get-SafeMigration sqlite:./shop.db ./migrations).State | Should -Be @('Applied', 'Pending')
    }

    It 'gives lists that scripts can index' {
        $results = @(
            Backup-SafeDb sqlite:./shop.db -Destination ./backups -Passphrase $p -OutVariable backup
            $backup | Test-SafeDbBackup -Passphrase $p
            Get-SafeDbSchema sqlite:./shop.db
            Get-MigrationRisk ./migrations
            Invoke-SafeMigration sqlite:./shop.db ./migrations -Destination ./backups -Passphrase $p -Confirm:$false)
        $indexed = 0
        foreach ($result in $results) {
            foreach ($property in $result.PSObject.Properties | Where-Object { $_.Value -is [System.Collections.IEnumerable] -and $_.Value -isnot [string] -and @($_.Value).Count -gt 1 }) {
                , $property.Value[0] | Should -Not -BeOfType ([System.Collections.IList]) -Because "$($result.GetType().Name).$($property.Name)"
                "$($property.Value[-1])" | Should -BeExactly "$(@($property.Value)[-1])"
                $indexed++
            }
        }
        $indexed | Should -BeGreaterThan 6
    }

    It 'tells which lines of a definition differ, and keeps the schema that a run left to compare with' {
        Get-SafeDbSchema sqlite:./shop.db | ConvertTo-Json -Depth 8 | Set-Content ./before.json
        $run = Invoke-SafeMigration sqlite:./shop.db ./migrations -Destination ./backups -Passphrase $p -Confirm:$false
        $drift = Compare-SafeDbSchema sqlite:./shop.db ./before.json
        $drift | ForEach-Object { "$($_.Change) $($_.Kind) $($_.Identity)" } | Should -Be @('Changed table orders', 'Added table reviews')
        $drift[0].Difference | Should -BeExactly '+ customer_reference TEXT'
        $drift[1].Difference | Should -BeNullOrEmpty
        $drift | Format-List | Out-String | Should -Match 'Difference\s+: \+ customer_reference TEXT'
        $drift | Out-String | Should -Not -Match 'customer_reference'
        Split-Path -Leaf $run.Evidence[-1] | Should -BeExactly "schema-$($run.SchemaAfter.Substring(0, 16)).json"
        Compare-SafeDbSchema sqlite:./shop.db $run.Evidence[-1] | Should -BeNullOrEmpty
        (Get-SafeMigration sqlite:./shop.db ./migrations -EvidencePath ./safedb-evidence).State | Should -Be @('Applied', 'Applied')
    }

    It 'changes nothing with -WhatIf: <Name>' -ForEach @(
        @{ Name = 'backup'; Work = { Backup-SafeDb sqlite:./shop.db -Destination ./backups -Passphrase $p -WhatIf } }
        @{ Name = 'migrate'; Work = { Invoke-SafeMigration sqlite:./shop.db ./migrations -Destination ./backups -Passphrase $p -WhatIf } }
        @{ Name = 'undo'; Work = { Undo-SafeMigration sqlite:./shop.db ./migrations -WhatIf -ErrorAction Ignore } }
        @{ Name = 'migrate by preference'; Work = { $WhatIfPreference = $true; Invoke-SafeMigration sqlite:./shop.db ./migrations -Destination ./backups -Passphrase $p } }
    ) {
        $before = Get-TreeHash -Path $Shop
        try {
            & $Work | Should -BeNullOrEmpty
        }
        catch {
            # Nothing to undo is an error of its own; it must change nothing either.
            $_.FullyQualifiedErrorId | Should -BeLike 'Migration.*'
        }

        Get-TreeHash -Path $Shop | Should -Be $before
    }

    It 'changes nothing with -WhatIf: restore over' {
        $backup = Backup-SafeDb sqlite:./shop.db -Destination ./backups -Passphrase $p
        $before = Get-TreeHash -Path $Shop
        Restore-SafeDb $backup.Backup sqlite:./shop.db -Overwrite -Passphrase $p -WhatIf | Should -BeNullOrEmpty
        Get-TreeHash -Path $Shop | Should -Be $before
    }

    It 'asks before it replaces a database, and fails where nobody can answer' {
        $backup = Backup-SafeDb sqlite:./shop.db -Destination ./backups -Unencrypted
        $lines = Invoke-CleanSession -Script "
            Import-Module '$Manifest'
            Set-Location -LiteralPath '$Shop'
            try { Restore-SafeDb '$($backup.Backup)' sqlite:./shop.db -Overwrite -Unencrypted } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction }"
        $lines[0] | Should -BeLike 'Host.NobodyToAsk,*'
        $lines[1] | Should -BeLike '*-Confirm:$false*'
    }

    It 'gives errors with id, category, target and action' {
        $backup = Backup-SafeDb sqlite:./shop.db -Destination ./backups -Passphrase $p
        Test-SafeDbBackup $backup.Backup -Passphrase (New-Secret -Text 'wrong') -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'Archive.WrongKey,*'
        $problem[0].CategoryInfo.Category | Should -Be 'PermissionDenied'
        $problem[0].TargetObject | Should -Be $backup.Backup
        $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        { Backup-SafeDb sqlite:./none.db -Destination ./backups -Passphrase $p } | Should -Throw -ErrorId '*,SafeDb.PowerShell.Commands.BackupSafeDbCommand'
        { Backup-SafeDb sqlite:./shop.db -Destination ./backups } | Should -Throw -ErrorId 'Backup.NoRecipient,*'
        { Test-SafeDbBackup ./none.safedb -ErrorAction Stop } | Should -Throw -ErrorId 'Path.NotFound,*'
    }

    It 'takes -Scratch from the session''s location' {
        $null = New-Item -ItemType Directory -Path ./aside
        (Backup-SafeDb sqlite:./shop.db -Destination ./backups -Unencrypted -Scratch ./aside).Rows | Should -Be 16620
        (Backup-SafeDb sqlite:./shop.db -Destination ./backups -Unencrypted -Scratch sqlite:./aside/x.db).Rows | Should -Be 16620
        { Backup-SafeDb sqlite:./shop.db -Destination ./backups -Unencrypted -Scratch ./nowhere } | Should -Throw -ErrorId 'Restore.FolderMissing,*'
    }

    It 'shows no secret in any stream' {
        $everything = Backup-SafeDb sqlite:./shop.db -Destination ./backups -Passphrase $p -Verbose -Debug -InformationAction Continue *>&1 | Out-String
        $everything | Should -Not -BeLike '*correct horse*'
    }

    It 'counts what a migration would lose' {
        Copy-Item -LiteralPath (Join-Path $Repository 'docs/tutorial/risky') -Destination . -Recurse
        $risk = Get-MigrationRisk ./risky -Database sqlite:./shop.db | Where-Object Level -EQ 'Dangerous'
        $risk.RowsAtRisk | Should -Be 4000
        (Get-ChildItem ./risky/*.up.sql | Get-MigrationRisk -Engine Sqlite).Level | Should -Contain 'Dangerous'
    }

    It 'stops cleanly: the pipeline ends only after the clean-up' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$Manifest'; Set-Location -LiteralPath '$Shop'; while (`$true) { Backup-SafeDb sqlite:./shop.db -Destination ./backups -Unencrypted }")
        $running = $shell.BeginInvoke()
        $limit = [datetime]::UtcNow.AddSeconds(60)
        while (@(Get-ChildItem -Path ./backups/*.safedb -ErrorAction Ignore).Count -lt 3 -and [datetime]::UtcNow -lt $limit) { Start-Sleep -Milliseconds 50 }
        $shell.Stop()
        $running.IsCompleted | Should -BeTrue
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        Get-ChildItem -LiteralPath ./backups -Force | Where-Object Name -NotLike '*.safedb*' | Should -BeNullOrEmpty
        Get-ChildItem -Path ./backups/*.safedb | Test-SafeDbBackup -Level Checksum -Quiet | Should -Not -Contain $false
    }

    It 'completes names from the configuration and rules, without a connection' {
        Set-Content -LiteralPath ./safedb.json -Value '{ "databases": { "shop db": { "address": "postgresql://nobody@192.0.2.1/none" }, "stock": { "address": "sqlite:./x.db" } } }'
        $line = 'Backup-SafeDb -Database s'
        [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText | Should -Be @("'shop db'", 'stock')
        $line = 'Get-MigrationRisk -AllowHazard table-rebuild'
        [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText | Should -Contain 'table-rebuild-deletes-children'
        foreach ($cmdlet in 'Invoke-SafeMigration', 'Undo-SafeMigration') {
            $line = "$cmdlet -AllowHazard way"
            [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText | Should -Contain 'way-back'
        }
    }
}

Describe 'The examples of the help' {
    BeforeDiscovery {
        . "$PSScriptRoot/Common.ps1"

        # Those for PostgreSQL run in its own suite.
        $script:Examples = Get-HelpExample | Where-Object { $_.Code -notlike '*postgresql://*' }
    }

    BeforeAll {
        $script:Shop = New-Shop
        Copy-Item -LiteralPath (Join-Path $Repository 'docs/tutorial/risky') -Destination $Shop -Recurse
        Copy-Item -LiteralPath (Join-Path $Shop 'shop.db') -Destination (Join-Path $Shop 'staging.db')
        Push-Location -LiteralPath $Shop
        $p = New-Secret
        $null = Backup-SafeDb sqlite:./shop.db -Destination ./backups -Passphrase $p
        Set-Content -LiteralPath ./safedb.json -Value '{ "databases": { "shop": { "address": "sqlite:./shop.db", "destination": "local" } }, "destinations": { "local": { "address": "./backups" } } }'
        $rsa = [System.Security.Cryptography.RSA]::Create(2048)
        $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new(
            'CN=auditor', $rsa, [System.Security.Cryptography.HashAlgorithmName]::SHA256, [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $certificate = $request.CreateSelfSigned([System.DateTimeOffset]::UtcNow.AddDays(-1), [System.DateTimeOffset]::UtcNow.AddDays(1))
        Set-Content -LiteralPath ./auditor.pem -Value $certificate.ExportCertificatePem()
    }

    AfterAll {
        Pop-Location
        Remove-Item -LiteralPath $Shop -Recurse -Force
    }

    It '<Cmdlet>: <Title>' -ForEach $Examples {
        if ($Code -like '*https://*') {
            Set-ItResult -Skipped -Because 'the example needs a storage account'
            return
        }

        if ($Code -like '*sqlite3 *' -and -not (Get-Command -Name sqlite3 -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'the example needs the sqlite3 command'
            return
        }

        # An example may begin a migration; the next one finds the folder as the reader does.
        Remove-Item -LiteralPath ./migrations -Recurse
        Copy-Item -LiteralPath (Join-Path $Repository 'docs/tutorial/migrations') -Destination . -Recurse
        Mock Read-Host { $p }
        $backup = Backup-SafeDb sqlite:./shop.db -Destination ./backups -Passphrase $p
        Remove-Item -Path ./copy.db -ErrorAction Ignore
        $null = $backup
        { & ([scriptblock]::Create("`$ErrorActionPreference = 'Stop'`n$Code")) *>&1 | Out-String } | Should -Not -Throw
    }
}
