# Shared by the suites: dot-sourced in BeforeAll.

$script:Repository = (Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '../..')).ProviderPath
$script:Manifest = Join-Path $Repository 'SafeDb.psd1'

function Get-HelpExample {
    <#
    .SYNOPSIS
        The examples of the cmdlets' help.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()

    foreach ($file in Get-ChildItem -Path "$PSScriptRoot/../../docs/help/*.md") {
        $text = Get-Content -LiteralPath $file.FullName -Raw
        foreach ($match in [regex]::Matches($text, '(?ms)^### (?<title>[^\n]+)\n+```powershell\n(?<code>.*?)\n```')) {
            @{ Cmdlet = $file.BaseName; Title = $match.Groups['title'].Value; Code = $match.Groups['code'].Value }
        }
    }
}

function Invoke-CleanSession {
    <#
    .SYNOPSIS
        Runs a script in a pwsh process of its own and gives its output as text lines.
    #>
    [CmdletBinding()]
    [OutputType([string[]])]
    param(
        [Parameter(Mandatory)]
        [string] $Script,

        [string[]] $Argument = @()
    )

    $file = Join-Path ([System.IO.Path]::GetTempPath()) "safedb-$([guid]::NewGuid().ToString('N')).ps1"
    Set-Content -LiteralPath $file -Value $Script
    try {
        & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -File $file @Argument 2>&1 | ForEach-Object { "$_" }
    }
    finally {
        Remove-Item -LiteralPath $file
    }
}

function New-Shop {
    <#
    .SYNOPSIS
        Builds the tutorial's shop in a new folder and gives the folder.
    #>
    [CmdletBinding(SupportsShouldProcess)]
    [OutputType([string])]
    param()

    $folder = Join-Path ([System.IO.Path]::GetTempPath()) "safedb-shop-$([guid]::NewGuid().ToString('N'))"
    if ($PSCmdlet.ShouldProcess($folder)) {
        $null = New-Item -ItemType Directory -Path $folder
        Copy-Item -LiteralPath (Join-Path $Repository 'docs/tutorial/migrations') -Destination $folder -Recurse
        dotnet run --no-build --project (Join-Path $Repository 'src/SafeDb.Cli') -- demo --only-database (Join-Path $folder 'shop.db') | Out-Null
        $folder
    }
}

function Get-TreeHash {
    <#
    .SYNOPSIS
        One text for the names and contents of everything in a folder.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory)]
        [string] $Path
    )

    (Get-ChildItem -LiteralPath $Path -Recurse -File | Sort-Object -Property FullName |
        ForEach-Object { "$($_.FullName) $((Get-FileHash -LiteralPath $_.FullName).Hash)" }) -join "`n"
}

function New-Secret {
    <#
    .SYNOPSIS
        A passphrase for tests, as SecureString.
    #>
    [CmdletBinding()]
    [OutputType([securestring])]
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Makes an object only')]
    param(
        [string] $Text = 'correct horse battery staple'
    )

    $secret = [securestring]::new()
    $Text.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }
    $secret.MakeReadOnly()
    $secret
}

function Start-BlobEmulator {
    <#
    .SYNOPSIS
        Starts Azurite with a folder of its own and makes the container 'backups'; gives process, container address and connection string. Null when npm ci was not run in tests/interop/azurite.
    #>
    [CmdletBinding(SupportsShouldProcess)]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory)]
        [string] $Folder
    )

    $program = Join-Path $Repository 'tests/interop/azurite/node_modules/azurite/dist/src/blob/main.js'
    if (-not (Test-Path -LiteralPath $program) -or -not $PSCmdlet.ShouldProcess($Folder)) { return }
    $port = Get-FreePort
    $process = Start-Process -FilePath node -PassThru -RedirectStandardOutput (Join-Path $Folder 'azurite.log') -ArgumentList @(
        $program, '--blobHost', '127.0.0.1', '--blobPort', $port, '--location', (Join-Path $Folder 'azurite'), '--silent', '--skipApiVersionCheck', '--disableTelemetry')

    # An account SAS, by its documentation; the account and key are the emulator's published ones.
    $account = 'devstoreaccount1'
    $key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
    $expiry = [datetime]::UtcNow.AddHours(1).ToString('yyyy-MM-ddTHH:mm:ssZ')
    $signed = "$account`nrwdlac`nb`nsco`n`n$expiry`n`nhttps,http`n2021-12-02`n`n"
    $signature = [convert]::ToBase64String([System.Security.Cryptography.HMACSHA256]::HashData([convert]::FromBase64String($key), [System.Text.Encoding]::UTF8.GetBytes($signed)))
    $sas = 'sv=2021-12-02&ss=b&srt=sco&sp=rwdlac&spr=https,http&se={0}&sig={1}' -f [uri]::EscapeDataString($expiry), [uri]::EscapeDataString($signature)
    $container = "http://127.0.0.1:$port/$account/backups"
    $limit = [datetime]::UtcNow.AddSeconds(60)
    do {
        try {
            $null = Invoke-WebRequest -Method Put -Uri "${container}?restype=container&$sas" -SkipHeaderValidation -Headers @{ 'x-ms-version' = '2021-12-02' }
            $ready = $true
        }
        catch [System.Net.Http.HttpRequestException] {
            $ready = $false
            Start-Sleep -Milliseconds 200
        }
    } until ($ready -or [datetime]::UtcNow -gt $limit)
    if (-not $ready) { throw 'The blob emulator did not start.' }
    [pscustomobject]@{
        Process          = $process
        Container        = $container
        Sas              = $sas
        Signature        = $signature
        ConnectionString = "DefaultEndpointsProtocol=http;AccountName=$account;AccountKey=$key;BlobEndpoint=http://127.0.0.1:$port/$account;"
    }
}

function Get-FreePort {
    <#
    .SYNOPSIS
        A port that nobody listens on.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()

    $probe = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
    $probe.Start()
    $probe.LocalEndpoint.Port
    $probe.Stop()
}

function Get-PostgresFolder {
    <#
    .SYNOPSIS
        Folder of PostgreSQL's programs; nothing when it is not installed.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()

    Get-ChildItem -Path '/usr/lib/postgresql/*/bin/initdb' -ErrorAction Ignore | Sort-Object -Property { [int] $_.Directory.Parent.Name } | Select-Object -Last 1 | ForEach-Object DirectoryName
}

function Start-PostgresCluster {
    <#
    .SYNOPSIS
        Starts a private cluster in a new folder and gives its folder, its port and the address of its server. The server refuses root: there the packages' own user runs it.
    #>
    [CmdletBinding(SupportsShouldProcess)]
    [OutputType([pscustomobject])]
    param()

    $bin = Get-PostgresFolder
    $folder = Join-Path ([System.IO.Path]::GetTempPath()) "safedb-pester-pg-$([guid]::NewGuid().ToString('N').Substring(0, 12))"
    if (-not $PSCmdlet.ShouldProcess($folder)) { return }
    $port = Get-FreePort
    $as = @(if ((id -u) -eq '0') { 'runuser', '-u', 'postgres', '--' } else { 'env' })
    $null = & $as[0] $as[1..9] mkdir -p $folder
    $null = & $as[0] $as[1..9] "$bin/initdb" -D "$folder/data" -U postgres -A trust --encoding=UTF8 --locale=C.UTF-8 --no-sync
    $null = & $as[0] $as[1..9] "$bin/pg_ctl" -s -D "$folder/data" -w -l "$folder/log" -o "-p $port -h 127.0.0.1 -k $folder -c fsync=off" start
    [pscustomobject]@{ Bin = $bin; Folder = $folder; Port = $port; As = $as; Server = "postgresql://postgres@127.0.0.1:$port" }
}

function Stop-PostgresCluster {
    <#
    .SYNOPSIS
        Stops a private cluster and removes its folder.
    #>
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory)]
        [pscustomobject] $Cluster
    )

    if ($PSCmdlet.ShouldProcess($Cluster.Folder)) {
        $as = $Cluster.As
        $null = & $as[0] $as[1..9] "$($Cluster.Bin)/pg_ctl" -s -D "$($Cluster.Folder)/data" -m immediate -w stop
        Remove-Item -LiteralPath $Cluster.Folder -Recurse -Force
    }
}

function Invoke-Runbook {
    <#
    .SYNOPSIS
        Runs a runbook in a session of its own that can ask nobody, and gives its results; a failure of the runbook is thrown here.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)]
        [string] $Name,

        [Parameter(Position = 1)]
        [string] $Argument,

        [Parameter(Mandatory)]
        [string] $Folder,

        [string] $Before = "Import-Module '$Manifest'"
    )

    $runbook = Join-Path -Path $Repository -ChildPath "scripts/runbooks/$Name"
    $lines = Invoke-CleanSession -Script "
        $Before
        Set-Location -LiteralPath '$Folder'
        try { `$result = & '$runbook' $Argument; [Console]::Out.WriteLine('RESULT ' + (ConvertTo-Json -InputObject @(`$result) -Depth 4 -Compress)) }
        catch { [Console]::Out.WriteLine('FAILED ' + `$_.FullyQualifiedErrorId + ' ' + `$_.Exception.Message) }"
    $failed = $lines | Where-Object { $_ -like 'FAILED *' }
    if ($failed) { throw ($failed -join "`n") }
    $found = $lines | Where-Object { $_ -like 'RESULT *' }
    if (-not $found) { throw ($lines -join "`n") }
    $found.Substring(7) | ConvertFrom-Json
}
