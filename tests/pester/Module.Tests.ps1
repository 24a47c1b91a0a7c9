BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'The module in a clean session' {
    It 'imports, exports exactly its cmdlets, and does so again with -Force' {
        $lines = Invoke-CleanSession -Script "
            Import-Module '$Manifest'
            (Get-Command -Module SafeDb).Name -join ','
            Import-Module '$Manifest' -Force
            (Get-Command -Module SafeDb).Name -join ','
            Remove-Module SafeDb
            Import-Module '$Manifest'
            (Get-Command -Module SafeDb).Name -join ','"
        $expected = ((Import-PowerShellDataFile -LiteralPath $Manifest).CmdletsToExport | Sort-Object) -join ','
        $lines | Should -HaveCount 3
        $lines | ForEach-Object { $_ | Should -Be $expected }
    }

    It 'is a valid module' {
        (Test-ModuleManifest -Path $Manifest).Version | Should -Be '0.1.0'
    }

    It 'imports in under a second, process start left out' {
        # The aim is 300 ms on a quiet machine (see tests/bench); this bound only catches a mistake.
        $milliseconds = Invoke-CleanSession -Script "
            `$watch = [System.Diagnostics.Stopwatch]::StartNew()
            Import-Module '$Manifest'
            `$watch.ElapsedMilliseconds"
        [int] $milliseconds | Should -BeLessThan 3000
    }

    It 'names its result types and hides its drivers' {
        $lines = Invoke-CleanSession -Script "
            Import-Module '$Manifest'
            [SafeDb.BackupInfo].FullName
            [SafeDb.MigrationRisk].FullName
            `$null -eq ('Npgsql.NpgsqlConnection' -as [type])
            `$null -eq ('Microsoft.Data.Sqlite.SqliteConnection' -as [type])"
        $lines | Should -Be @('SafeDb.BackupInfo', 'SafeDb.MigrationRisk', 'True', 'True')
    }

    It 'works in a second runspace of the same process' {
        $lines = Invoke-CleanSession -Script "
            Import-Module '$Manifest'
            1..2 | ForEach-Object -Parallel { Import-Module '$Manifest'; (Get-Command -Module SafeDb).Count -gt 0 }"
        $lines | Should -Be @('True', 'True')
    }

    It 'says what to do when it is not built' {
        $copy = Join-Path TestDrive: 'SafeDb'
        $null = New-Item -ItemType Directory -Path (Join-Path $copy 'module')
        Copy-Item -LiteralPath $Manifest -Destination $copy
        Get-ChildItem -LiteralPath (Join-Path $Repository 'module') -File | Copy-Item -Destination (Join-Path $copy 'module')
        $path = (Resolve-Path -LiteralPath (Join-Path $copy 'SafeDb.psd1')).ProviderPath
        Invoke-CleanSession -Script "try { Import-Module '$path' -ErrorAction Stop } catch { `$_.Exception.Message }" | Should -BeLike '*build.ps1*'
    }
}

Describe 'The module beside other versions of its dependencies' {
    BeforeAll {
        # Any module that came first may have put its own copies of these into the default context.
        $cache = if ($env:NUGET_PACKAGES) { $env:NUGET_PACKAGES } else { Join-Path $HOME '.nuget/packages' }
        $own = [System.Reflection.AssemblyName]::GetAssemblyName((Join-Path $Repository 'module/bin/net8.0/Azure.Core.dll')).Version
        $script:OtherAzureCore = Get-ChildItem -Path (Join-Path $cache 'azure.core/*/lib/net*/Azure.Core.dll') -ErrorAction Ignore |
            Where-Object { [System.Reflection.AssemblyName]::GetAssemblyName($_.FullName).Version -ne $own } | Select-Object -First 1
        $script:OtherOwn = $own
    }

    It 'keeps its own Azure.Core when another is loaded already' {
        if (-not $OtherAzureCore) {
            Set-ItResult -Skipped -Because 'the package cache has no second version of Azure.Core'
            return
        }

        $lines = Invoke-CleanSession -Script "
            `$first = [System.Reflection.Assembly]::LoadFrom('$($OtherAzureCore.FullName)').GetName().Version
            Import-Module '$Manifest'
            `$context = [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -EQ 'SafeDb'
            `$ours = `$context.LoadFromAssemblyName([System.Reflection.AssemblyName]::new('Azure.Core')).GetName().Version
            `$first -ne `$ours
            `"`$ours`""
        $lines | Should -Be @('True', "$OtherOwn")
    }

    It 'keeps its own Microsoft.Data.SqlClient when another is loaded already' {
        # A stand-in of the same name with a version that no release has.
        $stub = Join-Path ((Resolve-Path -LiteralPath TestDrive:).ProviderPath) 'Microsoft.Data.SqlClient.dll'
        $lines = Invoke-CleanSession -Script "
            Add-Type -TypeDefinition '[assembly: System.Reflection.AssemblyVersion(`"1.2.3.4`")] namespace Microsoft.Data.SqlClient { public class SqlConnection { public string Who() { return `"stub`"; } } }' -OutputAssembly '$stub'
            [System.Reflection.Assembly]::LoadFrom('$stub').GetName().Version.ToString()
            Import-Module '$Manifest'
            `$context = [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -EQ 'SafeDb'
            `$ours = `$context.LoadFromAssemblyName([System.Reflection.AssemblyName]::new('Microsoft.Data.SqlClient'))
            `$ours.Location
            `$connection = [System.Activator]::CreateInstance(`$ours.GetType('Microsoft.Data.SqlClient.SqlConnection'), 'Server=tcp:localhost,1;Connect Timeout=1')
            `$connection.DataSource
            [Microsoft.Data.SqlClient.SqlConnection]::new().Who()"
        $lines[0] | Should -Be '1.2.3.4'
        $lines[1] | Should -BeLike '*runtimes*Microsoft.Data.SqlClient.dll'
        $lines[2] | Should -Be 'tcp:localhost,1'
        $lines[3] | Should -Be 'stub'
    }
}

Describe 'Help' {
    BeforeDiscovery {
        $script:Names = (Import-PowerShellDataFile -LiteralPath "$PSScriptRoot/../../SafeDb.psd1").CmdletsToExport
    }

    BeforeAll {
        Import-Module $Manifest
    }

    It '<_> has a synopsis, a description of every parameter, and two examples' -ForEach $Names {
        $help = Get-Help -Name $_ -Full
        $help.Synopsis | Should -Not -BeLike "*$_ *"
        $help.description.Text | Should -Not -BeNullOrEmpty
        $help.examples.example.Count | Should -BeGreaterOrEqual 2
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
        foreach ($parameter in (Get-Command -Name $_).Parameters.Keys | Where-Object { $_ -notin $common }) {
            ($help.parameters.parameter | Where-Object name -EQ $parameter).description.Text | Should -Not -BeNullOrEmpty -Because "-$parameter needs a description"
        }
    }

    It 'has the topic <_>' -ForEach 'about_SafeDb', 'about_SafeDb_Safety', 'about_SafeDb_Rules', 'about_SafeDb_Runbooks' {
        Get-Help -Name $_ | Out-String | Should -BeLike "*$_*"
    }

    It 'is found in a session without a language' {
        $env:LANG, $before = 'C', $env:LANG
        try {
            Invoke-CleanSession -Script "Import-Module '$Manifest'; (Get-Help Get-SafeDbSchema).examples.example.Count -ge 2" | Should -Be 'True'
        }
        finally {
            $env:LANG = $before
        }
    }
}
