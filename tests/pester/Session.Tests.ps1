BeforeDiscovery {
    $script:Azurite = Join-Path $PSScriptRoot '../interop/azurite/node_modules/azurite/dist/src/blob/main.js'
    $script:NoAzurite = -not (Test-Path -LiteralPath $Azurite)
}

Describe 'A session and the tokens of its destinations' -Skip:$NoAzurite {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $Manifest
        $script:Shop = New-Shop
        Push-Location -LiteralPath $Shop
        $script:p = New-Secret

        $script:Emulator = Start-BlobEmulator -Folder $Shop
        $script:Sas = $Emulator.Sas
        $script:Signature = $Emulator.Signature
        $script:Container = $Emulator.Container
        $env:AZURE_STORAGE_SAS_TOKEN | Should -BeNullOrEmpty
    }

    AfterAll {
        Stop-Process -Id $Emulator.Process.Id
        $Emulator.Process.WaitForExit()
        Pop-Location
        Remove-Item -LiteralPath $Shop -Recurse -Force
    }

    It 'opens in the next cmdlet what the first one wrote with a token' {
        $verified = Backup-SafeDb sqlite:./shop.db -Destination "${Container}?$Sas" -Passphrase $p | Test-SafeDbBackup -Passphrase $p
        $verified.Passed | Should -BeTrue
    }

    It 'remembers it for later commands, and shows it nowhere' {
        $everything = & {
            $backup = Backup-SafeDb sqlite:./shop.db -Destination "${Container}?$Sas" -Passphrase $p -Verbose -Debug
            $backup | Format-List *
            Get-SafeDbBackup -Destination $Container | Format-List *
            (Test-SafeDbBackup $backup.Backup -Passphrase $p -Verbose -Debug).Passed
        } *>&1 | Out-String
        $everything | Should -BeLike '*True*'
        $everything | Should -Not -BeLike '*sig=*'
        $everything | Should -Not -BeLike "*$Signature*"
    }

    It 'keeps it from other sessions of the process' {
        $backup = Backup-SafeDb sqlite:./shop.db -Destination "${Container}?$Sas" -Passphrase $p
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("Import-Module '$Manifest'; Get-SafeDbBackup -Destination '$Container' -ErrorAction Stop")
            { $shell.Invoke() } | Should -Throw -ExpectedMessage '*No credential*'
        }
        finally {
            $shell.Dispose()
        }

        $backup.Backup | Should -Not -BeNullOrEmpty
    }
}
