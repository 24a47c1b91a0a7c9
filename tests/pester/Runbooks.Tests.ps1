BeforeAll {
    . "$PSScriptRoot/Common.ps1"
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
    }

    AfterAll {
        Remove-Item -LiteralPath $Shop -Recurse -Force
        Remove-Item -Path Env:SAFEDB_TEST_PASSPHRASE
    }

    It 'takes and proves a nightly backup, and says so in a heartbeat' {
        $result = Invoke-Runbook 'Invoke-NightlyBackup.ps1' '-Database shop' -Folder $Shop
        $result.Succeeded | Should -BeTrue
        $result.Rows | Should -Be 16620
        Test-Path -LiteralPath $result.Backup | Should -BeTrue
        $beat = Get-Content -LiteralPath (Join-Path $Shop 'safedb-evidence/heartbeats.jsonl') | Select-Object -Last 1 | ConvertFrom-Json
        $beat.succeeded | Should -BeTrue
    }

    It 'takes up its own backup that was not proved yet, and nobody else''s' {
        $taken = Invoke-CleanSession -Script "Import-Module '$Manifest'; Set-Location -LiteralPath '$Shop'; (Backup-SafeDb -Database shop).Backup" | Select-Object -Last 1
        (Invoke-Runbook 'Invoke-NightlyBackup.ps1' '-Database shop' -Folder $Shop).Resumed | Should -BeFalse
        $mark = New-Item -ItemType File -Path (Join-Path $Shop 'safedb-evidence') -Name "$(Split-Path -Leaf $taken).pending"
        $result = Invoke-Runbook 'Invoke-NightlyBackup.ps1' '-Database shop' -Folder $Shop
        $result.Resumed | Should -BeTrue
        $result.Backup | Should -Be $taken
        $mark.FullName | Should -Not -Exist
    }

    It 'drills the restore of the newest archive' {
        $result = Invoke-Runbook 'Invoke-RestoreDrill.ps1' '-Database shop' -Folder $Shop
        $result.Succeeded | Should -BeTrue
        $result.Rows | Should -Be 16620
    }

    It 'plans, migrates and rolls back' {
        @(Invoke-Runbook 'Invoke-MigrationRun.ps1' '-Database shop -PlanOnly' -Folder $Shop).Count | Should -Be 2
        (Invoke-Runbook 'Invoke-MigrationRun.ps1' "-Database shop -ApprovedBy 'change 1'" -Folder $Shop).Succeeded | Should -BeTrue
        @(Invoke-Runbook 'Invoke-MigrationRun.ps1' '-Database shop -PlanOnly' -Folder $Shop | Where-Object { $_ }).Count | Should -Be 0
        (Invoke-Runbook 'Invoke-Rollback.ps1' '-Database shop -Steps 1' -Folder $Shop).Succeeded | Should -BeTrue
        @(Invoke-Runbook 'Invoke-MigrationRun.ps1' '-Database shop -PlanOnly' -Folder $Shop).Count | Should -Be 1
    }

    It 'answers the readiness checklist and leaves it as Markdown' {
        $items = Invoke-Runbook 'Invoke-ReadinessCheck.ps1' '-Database shop -ReportOnly' -Folder $Shop
        @($items).Count | Should -Be 15
        { Invoke-Runbook 'Invoke-ReadinessCheck.ps1' '-Database shop -RestoreDocument ./none.md' -Folder $Shop } | Should -Throw '*Not ready: restore-documented*'
        ($items | Where-Object { -not $_.Passed }).Item | Should -BeNullOrEmpty
        Join-Path $Shop 'safedb-evidence/readiness.md' | Should -FileContentMatch 'Ready'
    }

    It 'diagnoses, restores beside, and repairs after corruption' {
        $healthy = Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Diagnose' -Folder $Shop
        $healthy.Readable | Should -BeTrue
        $healthy.NewestProved | Should -Not -BeNullOrEmpty
        (Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Checkpoint -Target sqlite:./beside.db' -Folder $Shop).Rows | Should -BeGreaterThan 16000
        (Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Diagnose -Deep' -Folder $Shop).RecommendedAction | Should -BeLike 'Nothing is broken*'

        # What a deep diagnosis kept is proved too, and still not the state to go back to.
        (Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Diagnose' -Folder $Shop).NewestProved | Should -Be $healthy.NewestProved

        # One page in the middle overwritten, as a failing disk does: the database still opens.
        $file = [System.IO.File]::Open((Join-Path $Shop 'shop.db'), 'Open')
        $null = $file.Seek(4096 * 40, 'Begin')
        $file.Write([byte[]] (1..4096 | ForEach-Object { 7 }), 0, 4096)
        $file.Dispose()
        $deep = Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Diagnose -Deep' -Folder $Shop
        "$($deep.Problem)$($deep.Damage)" | Should -Not -BeNullOrEmpty
        $deep.RecommendedAction | Should -Be 'Checkpoint, compare, then Repair'
        [System.IO.File]::WriteAllBytes((Join-Path $Shop 'shop.db'), [byte[]] (1..8192 | ForEach-Object { 7 }))
        $damaged = Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Diagnose' -Folder $Shop
        $damaged.Readable | Should -BeFalse
        (Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Repair -NoSafetyBackup' -Folder $Shop).Verified | Should -BeTrue
        (Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Diagnose' -Folder $Shop).Readable | Should -BeTrue
    }

    It 'writes a failed heartbeat and fails when the backup fails' {
        { Invoke-Runbook 'Invoke-NightlyBackup.ps1' '-Database sqlite:./nothing.db -Destination local' -Folder $Shop } | Should -Throw
        $beat = Get-Content -LiteralPath (Join-Path $Shop 'safedb-evidence/heartbeats.jsonl') | Select-Object -Last 1 | ConvertFrom-Json
        $beat.succeeded | Should -BeFalse
    }

    It 'writes no password of an address into a heartbeat: <_>' -ForEach 'postgresql://ops:hunter2@127.0.0.1:1/shop', 'Host=127.0.0.1;Port=1;Username=ops;Password=hunter2;Database=shop' {
        { Invoke-Runbook 'Invoke-NightlyBackup.ps1' "-Database '$_' -Destination local" -Folder $Shop } | Should -Throw
        $beats = Get-Content -LiteralPath (Join-Path $Shop 'safedb-evidence/heartbeats.jsonl')
        ($beats | Select-Object -Last 1 | ConvertFrom-Json).name | Should -BeLike 'nightly-backup *127.0.0.1*shop'
        $beats -join '' | Should -Not -Match 'hunter2'
    }
}
