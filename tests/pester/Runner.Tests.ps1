BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $Manifest

    # A run that does not succeed is written and then thrown.
    function Get-FailedRun([hashtable] $Parameters, [scriptblock] $Runner) {
        $all = $Parameters + $(if ($Runner) { @{ Runner = $Runner } } else { @{} })
        { Invoke-SafeMigration @all -OutVariable script:written } | Should -Throw
        $script:written[0]
    }
}

Describe 'Another tool as the runner, and a baseline' {
    BeforeEach {
        $script:Shop = New-Shop
        Push-Location -LiteralPath $Shop
        Set-Content -LiteralPath ./safedb.json -Value '{ "environments": { "restoring": { "waysBack": ["downScript", "restore"] } } }'
        $script:Envelope = @{ Database = 'sqlite:./shop.db'; Destination = './backups'; Unencrypted = $true; Environment = 'restoring'; Confirm = $false }
    }

    AfterEach {
        Pop-Location
        Remove-Item -LiteralPath $Shop -Recurse -Force
    }

    It 'calls the script block for the copy and then for the database' {
        $calls = [System.Collections.Generic.List[object]]::new()
        $run = Invoke-SafeMigration @Envelope -Runner { param($address, $phase) $calls.Add(@{ Address = $address; Phase = $phase }) }
        $run.Outcome | Should -Be 'Applied'
        $run.Format | Should -Be 'runner'
        $calls.Phase | Should -Be @('rehearsal', 'production')
        $calls[0].Address | Should -BeLike 'sqlite:*'
        $calls[0].Address | Should -Not -Be $calls[1].Address
        $calls[1].Address | Should -Be "sqlite:$(Join-Path $Shop 'shop.db')"
    }

    It 'ends on every error: <Name>' -ForEach @(
        @{ Name = 'a throw'; Runner = { throw 'no luck' }; Says = '*no luck*' }
        @{ Name = 'an error that would not end it by itself'; Runner = { Write-Error 'no luck' }; Says = '*no luck*' }
        @{ Name = 'a command that fails'; Runner = { & (Get-Process -Id $PID).Path -NoProfile -Command 'exit 7' }; Says = '*exit code 7*' }
    ) {
        $before = (Get-FileHash -LiteralPath ./shop.db).Hash
        $run = Get-FailedRun $Envelope $Runner
        $run.Outcome | Should -Be 'Stopped'
        $run.Error.Id | Should -Be 'Migration.RehearsalFailed'
        $run.Error.Message | Should -BeLike $Says
        (Get-FileHash -LiteralPath ./shop.db).Hash | Should -Be $before
    }

    It 'restores when the runner fails in production' {
        $run = Get-FailedRun $Envelope { if ($args[1] -eq 'production') { throw 'no luck' } }
        $run.Outcome | Should -Be 'RolledBack'
        $run.WayBack.Way | Should -Be 'restore'
        (Get-SafeMigration sqlite:./shop.db ./migrations).State | Should -Not -Contain 'Interrupted'
    }

    It 'calls nothing with -WhatIf, and refuses what does not go together' {
        $calls = [System.Collections.Generic.List[object]]::new()
        $before = Get-TreeHash -Path $Shop
        Invoke-SafeMigration @Envelope -WhatIf -Runner { $calls.Add(1) } | Should -BeNullOrEmpty
        { Invoke-SafeMigration sqlite:./shop.db -Baseline 001 -Runner { $calls.Add(1) } } | Should -Throw -ErrorId 'Migration.RunnerAlone,*'
        $calls.Count | Should -Be 0
        Get-TreeHash -Path $Shop | Should -Be $before
    }

    It 'puts a database under a history by proof, and goes on from there' {
        $null = New-Item -ItemType Directory -Path ./history
        Copy-Item -LiteralPath (Join-Path $Repository 'docs/tutorial/shop.sql') -Destination ./history/001_shop.up.sql
        Copy-Item -LiteralPath ./migrations/002_reviews.up.sql, ./migrations/002_reviews.down.sql -Destination ./history
        $wrong = Get-FailedRun ($Envelope + @{ Path = './history'; Baseline = '002' })
        $wrong.Error.Id | Should -Be 'Migration.BaselineUnproved'
        $run = Invoke-SafeMigration @Envelope -Path ./history -Baseline 001
        $run.Outcome | Should -Be 'Baselined'
        (Get-SafeMigration sqlite:./shop.db ./history).State | Should -Be @('Applied', 'Pending')
        (Invoke-SafeMigration @Envelope -Path ./history).Migrations.Id | Should -Be @('002')
        (Get-SafeMigration sqlite:./shop.db ./history).State | Should -Be @('Applied', 'Applied')
    }
}
