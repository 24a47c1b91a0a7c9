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

        $probe = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
        $probe.Start()
        $port = $probe.LocalEndpoint.Port
        $probe.Stop()
        $program = Join-Path $PSScriptRoot '../interop/azurite/node_modules/azurite/dist/src/blob/main.js'
        $script:Emulator = Start-Process -FilePath node -PassThru -RedirectStandardOutput (Join-Path $Shop 'azurite.log') -ArgumentList @(
            $program, '--blobHost', '127.0.0.1', '--blobPort', $port, '--location', (Join-Path $Shop 'azurite'), '--silent', '--skipApiVersionCheck', '--disableTelemetry')

        # An account SAS, by its documentation; the account and key are the emulator's published ones.
        $account = 'devstoreaccount1'
        $key = [convert]::FromBase64String('Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==')
        $expiry = [datetime]::UtcNow.AddHours(1).ToString('yyyy-MM-ddTHH:mm:ssZ')
        $signed = "$account`nrwdlac`nb`nsco`n`n$expiry`n`nhttps,http`n2021-12-02`n`n"
        $script:Signature = [convert]::ToBase64String([System.Security.Cryptography.HMACSHA256]::HashData($key, [System.Text.Encoding]::UTF8.GetBytes($signed)))
        $script:Sas = 'sv=2021-12-02&ss=b&srt=sco&sp=rwdlac&spr=https,http&se={0}&sig={1}' -f [uri]::EscapeDataString($expiry), [uri]::EscapeDataString($Signature)
        $script:Container = "http://127.0.0.1:$port/$account/backups"
        $limit = [datetime]::UtcNow.AddSeconds(60)
        do {
            try {
                $null = Invoke-WebRequest -Method Put -Uri "${Container}?restype=container&$Sas" -SkipHeaderValidation -Headers @{ 'x-ms-version' = '2021-12-02' }
                $ready = $true
            }
            catch [System.Net.Http.HttpRequestException] {
                $ready = $false
                Start-Sleep -Milliseconds 200
            }
        } until ($ready -or [datetime]::UtcNow -gt $limit)
        $ready | Should -BeTrue
        $env:AZURE_STORAGE_SAS_TOKEN | Should -BeNullOrEmpty
    }

    AfterAll {
        Stop-Process -Id $Emulator.Id
        $Emulator.WaitForExit()
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
