BeforeDiscovery {
    $script:Bin = @($env:SAFEDB_PG_BIN) + @(Get-ChildItem -Path '/usr/lib/postgresql/*/bin' -ErrorAction Ignore | Sort-Object { [int] $_.Parent.Name } -Descending | ForEach-Object FullName) |
        Where-Object { $_ -and (Test-Path -LiteralPath (Join-Path $_ 'initdb')) } | Select-Object -First 1
    if (-not $Bin) {
        Write-Warning 'PostgreSQL IS NOT TESTED HERE: its programs were not found. Install PostgreSQL or set SAFEDB_PG_BIN to the folder of initdb.'
    }

    . "$PSScriptRoot/Common.ps1"
    $script:Examples = Get-HelpExample | Where-Object { $_.Code -like '*postgresql://*' }
}

Describe 'The main job on PostgreSQL' -Skip:(-not $Bin) -ForEach @(@{ Bin = $Bin }) {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $Manifest
        $script:p = New-Secret
        $script:Folder = Join-Path ([System.IO.Path]::GetTempPath()) "safedb-pester-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
        $script:AsServer = if ((id -u) -eq '0') { @('runuser', '-u', 'postgres', '--') } else { @('env') }
        $listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $script:Port = $listener.LocalEndpoint.Port
        $listener.Stop()

        function Invoke-Server([string[]] $Line) {
            # pg_ctl's server keeps what it inherits: its output must not be a pipe of ours.
            $command, $rest = $AsServer + $Line
            & $command @rest *> (Join-Path ([System.IO.Path]::GetTempPath()) "safedb-pester-$Port.log")
            if ($LASTEXITCODE -ne 0) { throw "$($Line[0]) ended with $LASTEXITCODE." }
        }

        function Invoke-Sql([string] $Database, [string] $Sql) {
            & "$Bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p $Port -U postgres -d $Database -c $Sql
            if ($LASTEXITCODE -ne 0) { throw "psql ended with $LASTEXITCODE." }
        }

        function Get-Address([string] $Database) { "postgresql://postgres@127.0.0.1:$Port/$Database" }

        Invoke-Server @('mkdir', '-p', $Folder)
        Invoke-Server @("$Bin/initdb", '-D', "$Folder/data", '-U', 'postgres', '-A', 'trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync')
        Invoke-Server @("$Bin/pg_ctl", '-s', '-w', '-D', "$Folder/data", '-l', "$Folder/log", '-o', "-p $Port -h 127.0.0.1 -k $Folder -c fsync=off", 'start')
        Invoke-Sql postgres 'CREATE DATABASE shop' | Out-Null
        Invoke-Sql shop @'
CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, total numeric(10, 2));
INSERT INTO customer SELECT i, 'user' || i FROM generate_series(1, 500) i;
INSERT INTO orders SELECT i, 1 + i % 500, i FROM generate_series(1, 3000) i;
'@ | Out-Null
    }

    AfterAll {
        Invoke-Server @("$Bin/pg_ctl", '-D', "$Folder/data", '-m', 'immediate', '-w', 'stop')
        Remove-Item -LiteralPath $Folder -Recurse -Force
    }

    BeforeEach {
        $script:Backups = Join-Path $TestDrive ([guid]::NewGuid().ToString('N'))
    }

    It 'backs up, proves and lists' {
        $backup = Backup-SafeDb (Get-Address shop) -Destination $Backups -Passphrase $p
        $backup.Coverage | Should -Be 'Complete'
        $backup.Rows | Should -Be 3500
        foreach ($level in 'Checksum', 'Schema', 'Restore') {
            (Test-SafeDbBackup $backup.Backup -Database (Get-Address shop) -Level $level -Passphrase $p).Passed | Should -BeTrue
        }

        (Get-SafeDbBackup -Destination $Backups).DatabaseName | Should -Be 'shop'
        Invoke-Sql postgres "SELECT count(*) FROM pg_database WHERE datname ~ '_safedb_'" | Should -Be '0'
    }

    It 'looks at the database with -WhatIf, refuses what the backup would refuse, and writes nothing' {
        $said = & { Backup-SafeDb (Get-Address shop) -Destination $Backups -Passphrase $p -IncludeTable orders -WhatIf } *>&1 | Out-String
        $said | Should -BeNullOrEmpty -Because 'the host shows it, not a stream'
        { Backup-SafeDb (Get-Address shop) -Destination $Backups -Passphrase $p -ExcludeTable odrers -WhatIf } | Should -Throw -ErrorId 'PostgreSql.NothingMatches,*'
        { Backup-SafeDb (Get-Address shop) -Destination $Backups -Passphrase $p -IncludeTable orders -ExcludeTable 'o*' -WhatIf } | Should -Throw -ErrorId 'Backup.NothingLeft,*'
        Test-Path -LiteralPath $Backups | Should -BeFalse
    }

    It 'shows filters in the listing, and none where there are none' {
        Backup-SafeDb (Get-Address shop) -Destination $Backups -Passphrase $p -ExcludeTable orders | Out-Null
        $listed = Get-SafeDbBackup -Destination $Backups -Passphrase $p
        $listed.NotCovered | Should -Be 'the rows of public.orders (without tables orders)'
        $listed | Out-String -Width 200 | Should -Match '\(without tables orders\)'
        (Get-SafeDbBackup -Destination $Backups).Coverage | Should -Be 'Filtered'
        Get-SafeDbBackup -Destination $Backups | Out-String -Width 200 | Should -Not -Match '\('
    }

    It 'calls no drill whole that left a policy out' {
        Invoke-Sql postgres 'CREATE DATABASE guarded' | Out-Null
        Invoke-Sql postgres 'CREATE ROLE reader' | Out-Null
        Invoke-Sql guarded 'CREATE TABLE t (id int); INSERT INTO t VALUES (1); CREATE POLICY own ON t TO reader USING (true)' | Out-Null
        $backup = Backup-SafeDb (Get-Address guarded) -Destination $Backups -Passphrase $p
        Invoke-Sql guarded 'DROP POLICY own ON t; DROP ROLE reader' | Out-Null
        $drill = Test-SafeDbBackup $backup.Backup -Database (Get-Address guarded) -NoOwner -NoPrivileges -Passphrase $p -WarningAction SilentlyContinue
        $drill.Passed | Should -BeTrue
        $drill.LeftOut | Should -Be 'policy public.t.own: the server has no role reader'
        $drill.Evidence | Should -Be "$($backup.Backup).verified.json"
        $listed = Get-SafeDbBackup -Destination $Backups -Passphrase $p
        $listed.Verified | Should -BeFalse
        $listed.Verification | Should -Be 'Restore: Passed (1 object left out; without owners and privileges)'
        Get-SafeDbBackup -Destination $Backups -Passphrase $p -Verified | Should -BeNullOrEmpty
    }

    It 'restores into a new database, selected tables into another, and refuses one that is not empty' {
        $backup = Backup-SafeDb (Get-Address shop) -Destination $Backups -Passphrase $p
        (Restore-SafeDb $backup.Backup (Get-Address copy) -Passphrase $p -Confirm:$false).Verified | Should -BeTrue
        Invoke-Sql copy 'SELECT count(*), sum(total) FROM orders' | Should -Be '3000|4501500.00'
        $part = Restore-SafeDb $backup.Backup (Get-Address part) -Table 'cust*' -Passphrase $p -Confirm:$false
        $part.Coverage, $part.Filters[0], $part.NotCovered[0] | Should -Be 'Filtered', 'only tables cust*', 'the rows of public.orders (not among the tables asked for)'
        $part | Format-Table | Out-String -Width 200 | Should -Match 'part \(filtered: only tables cust\*\)'
        Invoke-Sql part 'SELECT (SELECT count(*) FROM customer), (SELECT count(*) FROM orders)' | Should -Be '500|0'
        { Restore-SafeDb $backup.Backup (Get-Address copy) -Passphrase $p -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'PostgreSql.TargetNotEmpty,*'
    }

    It 'replaces a live database by a swap, keeps the old one and a safety backup, and does nothing with -WhatIf' {
        Invoke-Sql postgres 'CREATE DATABASE live TEMPLATE shop' | Out-Null
        $backup = Backup-SafeDb (Get-Address live) -Destination $Backups -Passphrase $p
        Invoke-Sql live 'DELETE FROM orders' | Out-Null
        Restore-SafeDb $backup.Backup (Get-Address live) -Overwrite -Passphrase $p -WhatIf | Should -BeNullOrEmpty
        Invoke-Sql live 'SELECT count(*) FROM orders' | Should -Be '0'
        $result = Restore-SafeDb $backup.Backup (Get-Address live) -Overwrite -Passphrase $p -Confirm:$false
        Invoke-Sql live 'SELECT count(*) FROM orders' | Should -Be '3000'
        Invoke-Sql $result.Previous 'SELECT count(*) FROM orders' | Should -Be '0'
        (Test-SafeDbBackup $result.SafetyBackup -Database (Get-Address shop) -Passphrase $p).Passed | Should -BeTrue
    }

    It 'says where the safety backup lies when the replacement fails after it' {
        Invoke-Sql postgres 'CREATE ROLE keeper LOGIN CREATEDB' | Out-Null
        Invoke-Sql postgres 'CREATE DATABASE kept OWNER keeper' | Out-Null
        Invoke-Sql kept 'CREATE TABLE t (id int); GRANT SELECT ON t TO PUBLIC' | Out-Null
        $address = "postgresql://keeper@127.0.0.1:$Port/kept"
        $backup = Backup-SafeDb (Get-Address kept) -Destination $Backups -Passphrase $p
        # The objects belong to somebody whom this user cannot make their owner.
        { Restore-SafeDb $backup.Backup $address -Overwrite -Passphrase $p -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'PostgreSql.RestoreObjectFailed,*'
        $safety = (Get-ChildItem -LiteralPath $Backups -Filter *.safedb | Where-Object FullName -NE $backup.Backup).FullName
        $Error[0].Exception.Error.SafetyBackup | Should -Be $safety
        $Error[0].ErrorDetails.Message | Should -BeLike "*lies at $safety."
    }

    It 'names what is wrong: <Id>' -ForEach @(
        @{ Id = 'PostgreSql.DatabaseMissing'; Work = { Backup-SafeDb (Get-Address nothere) -Destination $Backups -Passphrase $p -ErrorAction Stop } }
        @{ Id = 'PostgreSql.Unreachable'; Work = { Backup-SafeDb 'postgresql://postgres@127.0.0.1:1/shop' -Destination $Backups -Passphrase $p -ErrorAction Stop } }
        @{ Id = 'PostgreSql.NothingMatches'; Work = { Backup-SafeDb (Get-Address shop) -Destination $Backups -Passphrase $p -IncludeTable 'nix*' -ErrorAction Stop } }
    ) {
        $Work | Should -Throw -ErrorId "$Id,*"
        Get-ChildItem -LiteralPath $Backups -Filter *.safedb -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'the example of <Cmdlet> runs: <Title>' -ForEach $Examples {
        # The reader's server is ours here. Its shop has a partitioned table and one whose name begins with audit_.
        Invoke-Sql postgres 'DROP DATABASE IF EXISTS shop_orders' | Out-Null
        Invoke-Sql postgres 'CREATE DATABASE example' | Out-Null
        Invoke-Sql example @'
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id int) PARTITION BY LIST (id);
CREATE TABLE sales.orders_1 PARTITION OF sales.orders FOR VALUES IN (1);
CREATE TABLE audit_log (id int);
CREATE TABLE customer (id int);
INSERT INTO sales.orders VALUES (1);
INSERT INTO audit_log VALUES (1), (2);
'@ | Out-Null
        $ours = $Code -replace 'postgresql://\w+@[\w.]+/', (Get-Address '') -replace '/shop\b(?!_)', '/example' -replace '\./backups', $Backups
        { & ([scriptblock]::Create("`$ErrorActionPreference = 'Stop'`n$ours")) *>&1 | Out-String } | Should -Not -Throw
        if ($Cmdlet -eq 'Restore-SafeDb') {
            Invoke-Sql shop_orders 'SELECT (SELECT count(*) FROM sales.orders), (SELECT count(*) FROM audit_log)' | Should -Be '1|0'
        }

        Invoke-Sql postgres 'DROP DATABASE example' | Out-Null
    }

    It 'migrates behind a backup that was proved and a rehearsal' {
        $migrations = Join-Path $TestDrive 'migrations'
        New-Item -ItemType Directory -Path $migrations | Out-Null
        Set-Content -LiteralPath (Join-Path $migrations '0001_note.up.sql') -Value 'ALTER TABLE customer ADD COLUMN note text;'
        Set-Content -LiteralPath (Join-Path $migrations '0001_note.down.sql') -Value 'ALTER TABLE customer DROP COLUMN note;'
        $run = Invoke-SafeMigration (Get-Address shop) $migrations -Destination $Backups -Passphrase $p -Confirm:$false
        $run.Outcome | Should -Be 'Applied'
        $run.Rehearsal.Passed | Should -BeTrue
        Invoke-Sql shop "SELECT count(*) FROM pg_attribute WHERE attrelid = 'customer'::regclass AND attname = 'note'" | Should -Be '1'
    }
}
