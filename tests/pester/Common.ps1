# Shared by the suites: dot-sourced in BeforeAll.

$script:Repository = (Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '../..')).ProviderPath
$script:Manifest = Join-Path $Repository 'SafeDb.psd1'

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
