# Loads SafeDb's assemblies in a load context of their own and exports its cmdlets.

$binaries = [System.IO.Path]::Combine($PSScriptRoot, 'bin', 'net8.0')
if (-not [System.IO.File]::Exists([System.IO.Path]::Combine($binaries, 'SafeDb.PowerShell.dll'))) {
    throw [System.IO.FileNotFoundException]::new("SafeDb is not built: '$binaries' has no SafeDb.PowerShell.dll. Run ./build.ps1 (or 'dotnet build') in the folder of SafeDb.psd1 first.")
}

# The loader lives in the default context, once per process; a second import (-Force, or another runspace) meets the one that is there.
$loaded = 'SafeDb.Loader.SafeDbLoadContext' -as [type]
if (-not $loaded) {
    Add-Type -LiteralPath ([System.IO.Path]::Combine($binaries, 'SafeDb.Loader.dll'))
}

$cmdlets = Import-Module -Assembly ([SafeDb.Loader.SafeDbLoadContext]::Initialize($binaries)) -PassThru

# On a reload PowerShell takes the nested module from its cache and forgets to export its cmdlets again (PowerShell issue 20710).
if ($loaded) {
    $add = [System.Management.Automation.PSModuleInfo].GetMethod('AddExportedCmdlet', [System.Reflection.BindingFlags]'Instance, NonPublic')
    foreach ($cmdlet in $cmdlets.ExportedCmdlets.Values) {
        $null = $add.Invoke($ExecutionContext.SessionState.Module, @(, $cmdlet))
    }
}
