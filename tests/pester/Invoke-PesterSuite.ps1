<#
.SYNOPSIS
    Runs the Pester suites and PSScriptAnalyzer, and exits with 1 when anything failed.
.DESCRIPTION
    Needs a built module (module/bin), Pester 5 and PSScriptAnalyzer. A missing module is a failure, not a silent pass.
.PARAMETER ResultFile
    Where the results go, in the form of NUnit 3.
.PARAMETER Path
    The suites to run; by default all of this folder.
.EXAMPLE
    ./tests/pester/Invoke-PesterSuite.ps1
#>
[CmdletBinding()]
param(
    [string] $ResultFile,

    [string[]] $Path = @($PSScriptRoot)
)

$ErrorActionPreference = 'Stop'
Import-Module -Name Pester -MinimumVersion 5.5.0

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
if ($ResultFile) {
    $configuration.TestResult.Enabled = $true
    $configuration.TestResult.OutputFormat = 'NUnit3'
    $configuration.TestResult.OutputPath = $ResultFile
}

$result = Invoke-Pester -Configuration $configuration
if ($result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount -gt 0 -or $result.PassedCount -eq 0) {
    exit 1
}
