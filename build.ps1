<#
.SYNOPSIS
    Builds, tests, packs, measures or documents SafeDb.
.DESCRIPTION
    Only calls dotnet and Pester: everything that it builds, 'dotnet build' builds on a machine without PowerShell too.
.PARAMETER Task
    Build: compiles everything and lays out the module (module/bin). Test: Build, then 'dotnet test', then Pester and PSScriptAnalyzer.
    Package: artifacts/SafeDb.zip and the dotnet tool. Bench: the benchmarks of tests/bench. Docs: what is written from the code (docs/errors.md).
.PARAMETER Configuration
    Debug or Release. Package and Bench default to Release.
.EXAMPLE
    ./build.ps1
    Builds, so that Import-Module ./SafeDb.psd1 works.
.EXAMPLE
    ./build.ps1 -Task Test
    Runs every test that this machine can run.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Package', 'Bench', 'Docs')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = $(if ($Task -in 'Package', 'Bench') { 'Release' } else { 'Debug' })
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-Location -LiteralPath $PSScriptRoot

switch ($Task) {
    'Build' { dotnet build SafeDb.sln -c $Configuration -nologo }
    'Test' {
        dotnet build SafeDb.sln -c $Configuration -nologo
        dotnet test SafeDb.sln -c $Configuration --no-build -nologo
        & ./tests/pester/Invoke-PesterSuite.ps1
    }
    'Package' {
        dotnet build src/SafeDb.PowerShell -c $Configuration -nologo -t:PackageModule
        dotnet pack src/SafeDb.Cli -c $Configuration -nologo -o artifacts
    }
    'Bench' {
        Get-ChildItem -Path tests/bench -Filter *.csproj -Recurse | ForEach-Object { dotnet run --project $_.FullName -c $Configuration }
    }
    'Docs' {
        $env:SAFEDB_UPDATE_GOLDEN = '1'
        try {
            dotnet test tests/SafeDb.PowerShell.Tests -c $Configuration -nologo --filter FullyQualifiedName~ErrorCatalogueTests
        }
        finally {
            Remove-Item -Path Env:SAFEDB_UPDATE_GOLDEN
        }
    }
}
