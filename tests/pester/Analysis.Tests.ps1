BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'PSScriptAnalyzer' {
    It 'finds nothing in <_>' -ForEach 'module', 'scripts', 'tests/pester', 'build.ps1' {
        Import-Module -Name PSScriptAnalyzer
        $path = Join-Path $Repository $_
        if (-not (Test-Path -LiteralPath $path)) {
            Set-ItResult -Skipped -Because "$_ does not exist"
            return
        }

        $settings = @{
            IncludeDefaultRules = $true
            ExcludeRules        = @('PSUseBOMForUnicodeEncodedFile')
            Rules               = @{
                PSUseCompatibleSyntax = @{ Enable = $true; TargetVersions = @('7.0') }
            }
        }

        # Pester's own scoping makes 'assigned but never used' unreliable in its files only.
        if ($_ -eq 'tests/pester') {
            $settings.ExcludeRules += 'PSUseDeclaredVarsMoreThanAssignments'
        }

        $scripts = Get-ChildItem -LiteralPath $path -Recurse -Include *.ps1, *.psm1, *.psd1 | Where-Object FullName -NotLike '*bin*net8.0*'
        $findings = $scripts | ForEach-Object { Invoke-ScriptAnalyzer -Path $_.FullName -Settings $settings }
        $findings | ForEach-Object { "$($_.ScriptName):$($_.Line) $($_.RuleName) $($_.Message)" } | Should -BeNullOrEmpty
    }
}
