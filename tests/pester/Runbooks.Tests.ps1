BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $script:Runbooks = Join-Path $Repository 'scripts/runbooks'
}

Describe 'Runbooks on a real SQLite shop, in sessions that can ask nobody' {
    BeforeAll {
        $script:Shop = New-Shop
        $env:SAFEDB_TEST_PASSPHRASE = 'correct horse battery staple'
        Set-Content -LiteralPath (Join-Path $Shop 'restore.md') -Value ('Restore with Invoke-EmergencyRepair.ps1. ' * 10)
        Set-Content -LiteralPath (Join-Path $Shop 'safedb.json') -Value @'
{
  "databases": { "shop": { "address": "sqlite:./shop.db", "destination": "local", "migrations": "./migrations", "restoreDocument": "./restore.md" } },
  "destinations": { "local": { "address": "./backups", "recipients": ["ops"], "offSite": true } },
  "recipients": { "ops": { "passphrase": "${SAFEDB_TEST_PASSPHRASE}" } }
}
'@

        function Invoke-Runbook {
            param([string] $Name, [string] $Argument)
            $lines = Invoke-CleanSession -Script "
                Import-Module '$Manifest'
                Set-Location -LiteralPath '$Shop'
                try { `$result = & '$(Join-Path $Runbooks $Name)' $Argument; [Console]::Out.WriteLine('RESULT ' + (ConvertTo-Json -InputObject @(`$result) -Depth 4 -Compress)) }
                catch { [Console]::Out.WriteLine('FAILED ' + `$_.FullyQualifiedErrorId + ' ' + `$_.Exception.Message) }"
            $failed = $lines | Where-Object { $_ -like 'FAILED *' }
            if ($failed) { throw ($failed -join "`n") }
            $found = $lines | Where-Object { $_ -like 'RESULT *' }
            if (-not $found) { throw ($lines -join "`n") }
            $found.Substring(7) | ConvertFrom-Json
        }
    }

    AfterAll {
        Remove-Item -LiteralPath $Shop -Recurse -Force
        Remove-Item -Path Env:SAFEDB_TEST_PASSPHRASE
    }

    It 'takes and proves a nightly backup, and says so in a heartbeat' {
        $result = Invoke-Runbook 'Invoke-NightlyBackup.ps1' '-Database shop'
        $result.Succeeded | Should -BeTrue
        $result.Rows | Should -Be 16620
        Test-Path -LiteralPath $result.Backup | Should -BeTrue
        $beat = Get-Content -LiteralPath (Join-Path $Shop 'safedb-evidence/heartbeats.jsonl') | Select-Object -Last 1 | ConvertFrom-Json
        $beat.succeeded | Should -BeTrue
    }

    It 'takes up a backup that was not proved yet' {
        $taken = Invoke-CleanSession -Script "Import-Module '$Manifest'; Set-Location -LiteralPath '$Shop'; (Backup-SafeDb -Database shop).Backup"
        $result = Invoke-Runbook 'Invoke-NightlyBackup.ps1' '-Database shop'
        $result.Resumed | Should -BeTrue
        $result.Backup | Should -Be ($taken | Select-Object -Last 1)
    }

    It 'drills the restore of the newest archive' {
        $result = Invoke-Runbook 'Invoke-RestoreDrill.ps1' '-Database shop'
        $result.Succeeded | Should -BeTrue
        $result.Rows | Should -Be 16620
    }

    It 'plans, migrates and rolls back' {
        @(Invoke-Runbook 'Invoke-MigrationRun.ps1' '-Database shop -PlanOnly').Count | Should -Be 2
        (Invoke-Runbook 'Invoke-MigrationRun.ps1' "-Database shop -ApprovedBy 'change 1'").Succeeded | Should -BeTrue
        @(Invoke-Runbook 'Invoke-MigrationRun.ps1' '-Database shop -PlanOnly' | Where-Object { $_ }).Count | Should -Be 0
        (Invoke-Runbook 'Invoke-Rollback.ps1' '-Database shop -Steps 1').Succeeded | Should -BeTrue
        @(Invoke-Runbook 'Invoke-MigrationRun.ps1' '-Database shop -PlanOnly').Count | Should -Be 1
    }

    It 'answers the readiness checklist and leaves it as Markdown' {
        $items = Invoke-Runbook 'Invoke-ReadinessCheck.ps1' '-Database shop -ReportOnly'
        @($items).Count | Should -Be 15
        ($items | Where-Object { -not $_.Passed }).Item | Should -BeNullOrEmpty
        Join-Path $Shop 'safedb-evidence/readiness.md' | Should -FileContentMatch 'Ready'
    }

    It 'diagnoses, restores beside, and repairs after corruption' {
        $healthy = Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Diagnose'
        $healthy.Readable | Should -BeTrue
        $healthy.NewestProved | Should -Not -BeNullOrEmpty
        (Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Checkpoint -Target sqlite:./beside.db').Rows | Should -BeGreaterThan 16000
        [System.IO.File]::WriteAllBytes((Join-Path $Shop 'shop.db'), [byte[]] (1..8192 | ForEach-Object { 7 }))
        $damaged = Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Diagnose'
        $damaged.Readable | Should -BeFalse
        (Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Repair -NoSafetyBackup').Verified | Should -BeTrue
        (Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Diagnose').Readable | Should -BeTrue
    }

    It 'writes a failed heartbeat and fails when the backup fails' {
        { Invoke-Runbook 'Invoke-NightlyBackup.ps1' '-Database sqlite:./nothing.db -Destination local' } | Should -Throw
        $beat = Get-Content -LiteralPath (Join-Path $Shop 'safedb-evidence/heartbeats.jsonl') | Select-Object -Last 1 | ConvertFrom-Json
        $beat.succeeded | Should -BeFalse
    }
}
