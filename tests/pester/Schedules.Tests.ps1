BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $Manifest

    function Get-Crontab {
        # Nothing when the user has none.
        $text = (& crontab -l 2>$null) -join "`n"
        if ($LASTEXITCODE -eq 0) { $text } else { '' }
    }
}

Describe 'Schedules in the real crontab of the user' -Skip:(-not (Get-Command -Name crontab -ErrorAction Ignore)) {
    BeforeAll {
        $script:Shop = New-Shop
        $script:Name = "shop '50%' $([guid]::NewGuid().ToString('N').Substring(0, 8))"
        Set-Content -LiteralPath (Join-Path $Shop 'secrets.env') -Value "SAFEDB_TEST_SCHEDULE='correct horse battery staple'"
        [System.IO.File]::SetUnixFileMode((Join-Path $Shop 'secrets.env'), 'UserRead, UserWrite')
        @{
            databases    = @{ $Name = @{ address = 'sqlite:./shop.db'; destination = 'local' } }
            destinations = @{ local = @{ address = './backups'; recipients = @('ops') } }
            recipients   = @{ ops = @{ passphrase = '${SAFEDB_TEST_SCHEDULE}' } }
        } | ConvertTo-Json -Depth 5 | Set-Content -LiteralPath (Join-Path $Shop 'safedb.json')
        $script:Before = Get-Crontab
        Push-Location -LiteralPath $Shop
    }

    AfterAll {
        Get-SafeDbSchedule $Name | Unregister-SafeDbSchedule
        Pop-Location
        Remove-Item -LiteralPath $Shop -Recurse -Force
    }

    It 'shows what it would write, and writes nothing, with -WhatIf' {
        Register-SafeDbSchedule $Name -Platform Cron -EnvironmentFile ./secrets.env -WhatIf | Should -BeNullOrEmpty
        Get-Crontab | Should -Be $Before
    }

    It 'keeps one line for a schedule registered twice, and holds no secret' {
        $null = Register-SafeDbSchedule $Name -Platform Cron -EnvironmentFile ./secrets.env -At 01:00
        $made = Register-SafeDbSchedule $Name -Platform Cron -EnvironmentFile ./secrets.env -At 03:05
        $made.When | Should -Be 'daily 03:05'
        $table = Get-Crontab
        @($table -split "`n" | Where-Object { $_ -like '5 3 `* `* `* *' }).Count | Should -Be 1
        $table | Should -Not -BeLike '*0 1 `* `* `**'
        $table | Should -Not -BeLike '*correct horse*'
        (Get-SafeDbSchedule -Name $made.Name).Database | Should -Be $Name
        @(Get-SafeDbSchedule -Name "$($made.Name.Substring(0, 20))*" -Database $Name).Count | Should -Be 1
        Get-SafeDbSchedule -Name "$($made.Name)x" | Should -BeNullOrEmpty
        (Get-SafeDbSchedule $Name).Alive | Should -Not -BeTrue -Because 'it never ran'
    }

    It 'has a command line that does its work where cron runs it: by sh, with nothing of this session' {
        $line = (Get-SafeDbSchedule $Name).Definition -split "`n" | Where-Object { $_ -match '^\d' }
        $command = ($line -split ' ', 6)[5].Replace('\%', '%')
        Push-Location -LiteralPath /
        try {
            & env -i HOME=$HOME LOGNAME=$(id -un) SHELL=/bin/sh PATH=/usr/bin:/bin /bin/sh -c $command
            $LASTEXITCODE | Should -Be 0 -Because (Get-Content -Path (Join-Path $Shop 'safedb-evidence/*.log') -Raw)
        }
        finally {
            Pop-Location
        }

        @(Get-SafeDbBackup -Database $Name -Destination ./backups).Count | Should -Be 1
        $ran = Get-SafeDbSchedule $Name
        $ran.LastSucceeded | Should -BeTrue
        $ran.LastRunAt | Should -BeGreaterThan ([DateTimeOffset]::UtcNow.AddMinutes(-5))
        $ran.LastBackupAt | Should -Not -BeNullOrEmpty
    }

    It 'takes away its own lines and nothing else' {
        Unregister-SafeDbSchedule (Get-SafeDbSchedule $Name).Name
        Get-SafeDbSchedule $Name | Should -BeNullOrEmpty
        Get-Crontab | Should -Be $Before
    }

    It 'refuses a database that safedb.json does not name, and a time that is none' {
        { Register-SafeDbSchedule sqlite:./shop.db -Platform Cron } | Should -Throw -ErrorId 'Schedule.*'
        { Register-SafeDbSchedule $Name -Platform Cron -At 25:00 } | Should -Throw -ErrorId 'Schedule.*'
        Get-Crontab | Should -Be $Before
    }
}
