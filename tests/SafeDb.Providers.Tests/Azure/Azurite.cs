using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

using SafeDb.Providers.Tests.Azure;

using Xunit;

[assembly: AssemblyFixture(typeof(Azurite))]

namespace SafeDb.Providers.Tests.Azure;

/// <summary>
/// One blob emulator per test process, started by the first test that asks for it. It is installed by <c>npm ci</c> in <c>tests/interop/azurite</c>; without it the tests say so and skip.
/// </summary>
public sealed class Azurite : IAsyncDisposable
{
    /// <summary>The emulator's published account and key.</summary>
    public const string Account = "devstoreaccount1";

    /// <inheritdoc cref="Account"/>
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly Lazy<Task> _started;
    private Process? _process;
    private string? _folder;

    public Azurite() => _started = new Lazy<Task>(StartAsync);

    public int Port { get; private set; }

    public string Endpoint(int? port = null) => $"http://127.0.0.1:{port ?? Port}/{Account}";

    public string ConnectionString(int? port = null) => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={Endpoint(port)};";

    public async Task EnsureStartedAsync()
    {
        Assert.SkipWhen(Program() is null, "Azurite is not installed: run npm ci in tests/interop/azurite.");
        await _started.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string? Program()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "SafeDb.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        string? installed = root is null ? null : Path.Combine(root, "tests", "interop", "azurite", "node_modules", "azurite", "dist", "src", "blob", "main.js");
        return File.Exists(installed) ? installed : null;
    }

    private async Task StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("safedb-azurite-").FullName;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _process = Process.Start(new ProcessStartInfo("node")
        {
            ArgumentList =
            {
                Program()!, "--blobHost", "127.0.0.1", "--blobPort", Port.ToString(CultureInfo.InvariantCulture), "--location", _folder, "--silent", "--skipApiVersionCheck", "--disableTelemetry",
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        for (int attempt = 0; attempt < 900; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }

        throw new InvalidOperationException("Azurite did not start within 90 seconds.");
    }
}
