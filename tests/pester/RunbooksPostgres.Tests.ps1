BeforeDiscovery {
    . "$PSScriptRoot/Common.ps1"
    $script:Missing = -not (Get-PostgresFolder) -or -not (Test-Path -LiteralPath (Join-Path $Repository 'tests/interop/azurite/node_modules/azurite'))
}

Describe 'Runbooks on PostgreSQL and blobs, in sessions that can ask nobody' -Skip:$Missing {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        $script:Folder = Join-Path ([System.IO.Path]::GetTempPath()) "safedb-runbooks-$([guid]::NewGuid().ToString('N'))"
        $null = New-Item -ItemType Directory -Path (Join-Path $Folder 'migrations')
        $script:Cluster = Start-PostgresCluster
        $script:Emulator = Start-BlobEmulator -Folder $Folder

        function Invoke-Sql {
            param([string] $Database, [string] $Sql)
            & "$($Cluster.Bin)/psql" -h 127.0.0.1 -p $Cluster.Port -U postgres -d $Database -v ON_ERROR_STOP=1 -q -At -c $Sql
        }

        Invoke-Sql postgres 'create database shop'
        Invoke-Sql shop "create table customer (id int primary key, name text not null);
            create table orders (id int primary key, customer_id int not null references customer (id), total numeric(10, 2));
            insert into customer select n, 'customer ' || n from generate_series(1, 500) n;
            insert into orders select n, 1 + n % 500, n / 7.0 from generate_series(1, 2000) n"
        Set-Content -LiteralPath (Join-Path $Folder 'migrations/001_note.up.sql') -Value "SET lock_timeout = '2s';`nALTER TABLE orders ADD COLUMN note text;"
        Set-Content -LiteralPath (Join-Path $Folder 'migrations/001_note.down.sql') -Value 'ALTER TABLE orders DROP COLUMN note;'
        Set-Content -LiteralPath (Join-Path $Folder 'migrations/002_phone.up.sql') -Value "SET lock_timeout = '2s';`nALTER TABLE customer ADD COLUMN phone text;"
        Set-Content -LiteralPath (Join-Path $Folder 'migrations/002_phone.down.sql') -Value 'ALTER TABLE customer DROP COLUMN phone;'
        Set-Content -LiteralPath (Join-Path $Folder 'restore.md') -Value ('Restore with Invoke-EmergencyRepair.ps1. ' * 10)
        $env:SAFEDB_TEST_PASSPHRASE = 'correct horse battery staple'
        $env:AZURE_STORAGE_CONNECTION_STRING = $Emulator.ConnectionString
        Set-Content -LiteralPath (Join-Path $Folder 'safedb.json') -Value @"
{
  "databases": { "shop": { "address": "$($Cluster.Server)/shop", "destination": "blobs", "migrations": "./migrations", "restoreDocument": "./restore.md" } },
  "destinations": { "blobs": { "address": "$($Emulator.Container)/nightly", "recipients": ["ops"] } },
  "recipients": { "ops": { "passphrase": "`${SAFEDB_TEST_PASSPHRASE}" } }
}
"@
    }

    AfterAll {
        Stop-Process -Id $Emulator.Process.Id
        $Emulator.Process.WaitForExit()
        Stop-PostgresCluster -Cluster $Cluster
        Remove-Item -LiteralPath $Folder -Recurse -Force
        Remove-Item -Path Env:SAFEDB_TEST_PASSPHRASE, Env:AZURE_STORAGE_CONNECTION_STRING
    }

    It 'backs up to blobs, proves and prunes, and takes up what was not proved' {
        $result = Invoke-Runbook 'Invoke-NightlyBackup.ps1' '-Database shop' -Folder $Folder
        $result.Succeeded | Should -BeTrue
        $result.Rows | Should -Be 2500
        $result.Backup | Should -BeLike "$($Emulator.Container)/nightly/shop-*.safedb"
        $taken = Invoke-CleanSession -Script "Import-Module '$Manifest'; Set-Location -LiteralPath '$Folder'; (Backup-SafeDb -Database shop).Backup" | Select-Object -Last 1
        $null = New-Item -ItemType File -Path (Join-Path $Folder 'safedb-evidence') -Name "$(($taken -split '/')[-1]).pending"
        $again = Invoke-Runbook 'Invoke-NightlyBackup.ps1' '-Database shop' -Folder $Folder
        $again.Resumed | Should -BeTrue
        $again.Backup | Should -Be $taken
    }

    It 'drills' {
        (Invoke-Runbook 'Invoke-RestoreDrill.ps1' "-Database shop -Scratch $($Cluster.Server)/postgres" -Folder $Folder).Rows | Should -Be 2500
    }

    It 'plans, migrates, and rolls back by down scripts' {
        @(Invoke-Runbook 'Invoke-MigrationRun.ps1' '-Database shop -PlanOnly' -Folder $Folder).Id | Should -Be @('001', '002')
        (Invoke-Runbook 'Invoke-MigrationRun.ps1' "-Database shop -ApprovedBy 'change 1'" -Folder $Folder).Succeeded | Should -BeTrue
        Invoke-Sql shop "select count(*) from information_schema.columns where table_name = 'customer' and column_name = 'phone'" | Should -Be '1'
        (Invoke-Runbook 'Invoke-Rollback.ps1' '-Database shop -Steps 1' -Folder $Folder).Succeeded | Should -BeTrue
        Invoke-Sql shop "select count(*) from information_schema.columns where table_name = 'customer' and column_name = 'phone'" | Should -Be '0'
    }

    It 'answers the whole checklist from the evidence that the others left' {
        $null = Invoke-Runbook 'Invoke-NightlyBackup.ps1' '-Database shop' -Folder $Folder
        $items = Invoke-Runbook 'Invoke-ReadinessCheck.ps1' '-Database shop' -Folder $Folder
        @($items).Count | Should -Be 15
        ($items | Where-Object { -not $_.Passed }) | Should -BeNullOrEmpty
    }

    It 'finds orphaned rows, restores beside, repairs, and keeps the damaged database' {
        (Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Diagnose -Deep' -Folder $Folder).RecommendedAction | Should -BeLike 'Nothing is broken*'
        Invoke-Sql shop "set session_replication_role = replica; delete from customer where id = 7"
        $found = Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Diagnose -Deep' -Folder $Folder
        $found.Readable | Should -BeTrue
        $found.Damage | Should -Match 'orders_customer_id_fkey'
        $found.RecommendedAction | Should -Be 'Checkpoint, compare, then Repair'

        (Invoke-Runbook 'Invoke-EmergencyRepair.ps1' "-Database shop -Step Checkpoint -Target $($Cluster.Server)/beside" -Folder $Folder).Rows | Should -BeGreaterOrEqual 2500
        Invoke-Sql beside 'select count(*) from customer where id = 7' | Should -Be '1'
        (Invoke-Runbook 'Invoke-EmergencyRepair.ps1' '-Database shop -Step Repair -NoSafetyBackup' -Folder $Folder).Verified | Should -BeTrue
        Invoke-Sql shop 'select count(*) from orders o left join customer c on c.id = o.customer_id where c.id is null' | Should -Be '0'
        @(Invoke-Sql postgres "select datname from pg_database where datname like 'shop_%'").Count | Should -Be 1
    }

    It 'puts a named archive over the database' {
        $archive = (Invoke-CleanSession -Script "Import-Module '$Manifest'; Set-Location -LiteralPath '$Folder'; (Get-SafeDbBackup -Database shop -Verified | Select-Object -First 1).Backup") | Select-Object -Last 1
        (Invoke-Runbook 'Invoke-Rollback.ps1' "-Database shop -Backup '$archive'" -Folder $Folder).Verified | Should -BeTrue
    }

    It 'fails with a failed heartbeat when the destination is gone' {
        { Invoke-Runbook 'Invoke-NightlyBackup.ps1' "-Database shop -Destination '$($Emulator.Container)x' -Recipient ops" -Folder $Folder } | Should -Throw '*Blob.ContainerMissing*'
        (Get-Content -LiteralPath (Join-Path $Folder 'safedb-evidence/heartbeats.jsonl') | Select-Object -Last 1 | ConvertFrom-Json).succeeded | Should -BeFalse
    }

    Context 'Azure Automation' {
        BeforeAll {
            # What the sandbox has: the module by its name, a managed identity and a vault. The identity's token is stood for by the emulator's connection string.
            $modules = Join-Path $Folder 'modules'
            $null = New-Item -ItemType Directory -Path $modules
            $null = New-Item -ItemType SymbolicLink -Path (Join-Path $modules 'SafeDb') -Target $Repository
            $script:Sandbox = "
                `$env:PSModulePath = '$modules' + [System.IO.Path]::PathSeparator + `$env:PSModulePath
                function global:Connect-AzAccount { param([switch] `$Identity) if (-not `$Identity) { throw 'only an identity can sign in here' } }
                function global:Get-AzKeyVaultSecret {
                    param([string] `$VaultName, [string] `$Name, [switch] `$AsPlainText)
                    `$secrets = @{ database = '$($Cluster.Server)/shop'; scratch = '$($Cluster.Server)/postgres'; passphrase = `$env:SAFEDB_TEST_PASSPHRASE }
                    if (-not `$secrets.ContainsKey(`$Name)) { throw `"no secret `$Name`" }
                    if (`$AsPlainText) { return `$secrets[`$Name] }
                    [pscustomobject]@{ SecretValue = ConvertTo-SecureString -String `$secrets[`$Name] -AsPlainText -Force }
                }"
            $script:Given = "-VaultName ops -DatabaseSecret database -ArchiveSecret passphrase -Destination '$($Emulator.Container)/azure'"
        }

        It 'backs up, checks and prunes within the sandbox' {
            $result = Invoke-Runbook 'azure/NightlyBackup.ps1' $Given -Folder $Folder -Before $Sandbox
            $result.Passed | Should -BeTrue
            $result.Level | Should -Be 'Checksum'
            $result.Backup | Should -BeLike "$($Emulator.Container)/azure/shop-*.safedb"
        }

        It 'proves a backup of its own, not the unproved one of somebody else' {
            $others = Invoke-CleanSession -Script "Import-Module '$Manifest'; (Backup-SafeDb '$($Cluster.Server)/shop' -Destination '$($Emulator.Container)/azure' -Passphrase (ConvertTo-SecureString -String `$env:SAFEDB_TEST_PASSPHRASE -AsPlainText -Force)).Backup" |
                Select-Object -Last 1
            $others | Should -BeLike "$($Emulator.Container)/azure/shop-*.safedb"
            (Invoke-Runbook 'azure/NightlyBackup.ps1' $Given -Folder $Folder -Before $Sandbox).Backup | Should -Not -Be $others
        }

        It 'drills where a scratch server is given, in both runbooks' {
            $result = Invoke-Runbook 'azure/NightlyBackup.ps1' "$Given -ScratchSecret scratch -KeepDays 7" -Folder $Folder -Before $Sandbox
            $result.Level | Should -Be 'Restore'
            $result.Rows | Should -BeGreaterOrEqual 2500
            $drill = Invoke-Runbook 'azure/RestoreDrill.ps1' "$Given -ScratchSecret scratch" -Folder $Folder -Before $Sandbox
            $drill.Passed | Should -BeTrue
            $drill.Rows | Should -BeGreaterOrEqual 2500
        }

        It 'ends with the error when a secret is missing' {
            { Invoke-Runbook 'azure/NightlyBackup.ps1' $Given.Replace('passphrase', 'nothing') -Folder $Folder -Before $Sandbox } | Should -Throw '*no secret nothing*'
        }
    }
}
