using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

using Npgsql;

using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

[assembly: AssemblyFixture(typeof(PostgresCluster))]

namespace SafeDb.Providers.Tests.PostgreSql;

/// <summary>
/// One private PostgreSQL cluster per test process, started by the first test that asks for a database and removed at the end. A test class takes it as a
/// constructor argument. Set SAFEDB_PG_BIN to the folder of another version's programs to run the same tests on that version.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string DirectoryPrefix = "safedb-pg-";
    private static readonly TimeSpan ToolTimeout = TimeSpan.FromMinutes(5);
    private readonly Lazy<Task> _started;
    private string? _directory;
    private int _databases;

    public PostgresCluster() => _started = new Lazy<Task>(StartAsync);

    /// <summary>Folder of initdb, pg_ctl, pg_dump; null when PostgreSQL is not installed.</summary>
    public string? BinDirectory { get; } = FindBinDirectory();

    public int Port { get; private set; }

    /// <summary>Where the log lies, in segments of 1 MB, instead of in the data folder; null for the usual place.</summary>
    public string? LogDirectory { get; init; }

    /// <summary>Folder of the Unix socket, once started.</summary>
    public string SocketDirectory => _directory ?? throw new InvalidOperationException("The cluster was not started.");

    /// <summary>Process id of the server, for tests that kill it.</summary>
    public int ServerProcessId =>
        int.Parse(ReadPostmasterPid(SocketDirectory) ?? throw new InvalidOperationException("The server does not run."), CultureInfo.InvariantCulture);

    /// <summary>Starts the server, or skips the test with the reason.</summary>
    public async Task EnsureStartedAsync()
    {
        Assert.SkipWhen(BinDirectory is null, "PostgreSQL's programs were not found: install PostgreSQL or set SAFEDB_PG_BIN.");
        await _started.Value;
    }

    /// <summary>Creates an empty database with a name of its own, unless one is given. <paramref name="options"/> is appended to CREATE DATABASE.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(string options = "TEMPLATE template0", string? name = null)
    {
        await EnsureStartedAsync();
        name ??= string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref _databases)}_{Guid.NewGuid():N}")[..20];
        await ExecuteOnServerAsync($"CREATE DATABASE {name} {options}");
        return new TestDatabase(this, name);
    }

    /// <summary>Runs statements in the database <c>postgres</c>.</summary>
    public async Task ExecuteOnServerAsync(string sql)
    {
        await EnsureStartedAsync();
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync();
    }

    public string ConnectionString(string database, string user = "postgres") =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = Port, Username = user, Database = database, Pooling = false, IncludeErrorDetail = true, CommandTimeout = 120,
        }.ConnectionString;

    /// <summary>Runs one of PostgreSQL's programs against this server and gives what it wrote.</summary>
    public async Task<string> RunToolAsync(string tool, params string[] arguments)
    {
        await EnsureStartedAsync();
        return await RunAsync(
            Path.Combine(BinDirectory!, tool), ["-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", "postgres", .. arguments]);
    }

    /// <summary>Starts the server again after a test killed or stopped it.</summary>
    public async Task RestartAsync()
    {
        await EnsureStartedAsync();
        await RunAsServerUserAsync("pg_ctl", "-s", "-D", DataDirectory(_directory!), "-m", "immediate", "-w", "restart", "-l", Path.Combine(_directory!, "log"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_directory is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await RemoveClusterAsync(_directory);
        }
    }

    private static string DataDirectory(string directory) => Path.Combine(directory, "data");

    private async Task StartAsync()
    {
        await RemoveStaleClustersAsync();
        _directory = Path.Combine(Path.GetTempPath(), $"{DirectoryPrefix}{Environment.ProcessId}-{Guid.NewGuid():N}"[..30]);
        await RunAsServerUserAsync(null, "mkdir", "-p", _directory);
        string data = DataDirectory(_directory);
        string[] log = LogDirectory is null ? [] : ["--waldir", LogDirectory, "--wal-segsize", "1"];
        await RunAsServerUserAsync("initdb", ["-D", data, "-U", "postgres", "-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", .. log]);
        for (int attempt = 1; ; attempt++)
        {
            Port = FreePort();
            try
            {
                await RunAsServerUserAsync("pg_ctl", "-s", "-D", data, "-w", "-t", "60", "-l", Path.Combine(_directory, "log"), "-o", ServerOptions(), "start");
                return;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                // Somebody else took the port between the look and the start.
            }
        }
    }

    private string ServerOptions() => string.Join(' ', new[]
    {
        string.Create(CultureInfo.InvariantCulture, $"-p {Port}"), "-h 127.0.0.1", $"-k {_directory}",
        "-c fsync=off", "-c full_page_writes=off", "-c synchronous_commit=off", "-c autovacuum=off", "-c jit=off", "-c shared_buffers=128MB", "-c max_wal_size=4GB",
        "-c max_connections=200", "-c max_locks_per_transaction=512", "-c wal_level=logical", "-c max_prepared_transactions=10", "-c timezone=UTC",
        LogDirectory is null ? "" : "-c max_wal_size=16MB -c min_wal_size=2MB -c wal_recycle=off",
    });

    /// <summary>A killed test process leaves its server: the next one that starts takes it away.</summary>
    private async Task RemoveStaleClustersAsync()
    {
        foreach (string directory in Directory.EnumerateDirectories(Path.GetTempPath(), DirectoryPrefix + "*"))
        {
            string owner = Path.GetFileName(directory)[DirectoryPrefix.Length..].Split('-')[0];
            if (int.TryParse(owner, CultureInfo.InvariantCulture, out int id) && !IsAlive(id))
            {
                try
                {
                    await RemoveClusterAsync(directory);
                }
                catch (Exception left) when (left is IOException or UnauthorizedAccessException)
                {
                    // Its server still ends, or another test process takes it away at the same time: no reason to fail what begins here.
                }
            }
        }
    }

    private async Task RemoveClusterAsync(string directory)
    {
        if (ReadPostmasterPid(directory) is not null)
        {
            try
            {
                await RunAsServerUserAsync("pg_ctl", "-D", DataDirectory(directory), "-m", "immediate", "-w", "stop");
            }
            catch (InvalidOperationException)
            {
                // It had died by itself; what matters is that the folder goes.
            }
        }

        Directory.Delete(directory, recursive: true);
    }

    private static string? ReadPostmasterPid(string directory)
    {
        string file = Path.Combine(DataDirectory(directory), "postmaster.pid");
        return File.Exists(file) ? File.ReadLines(file).FirstOrDefault()?.Trim() : null;
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The server refuses to run as root; there the packages' own user runs it.</summary>
    internal Task<string> RunAsServerUserAsync(string? tool, params string[] arguments)
    {
        string[] command = tool is null ? arguments : [Path.Combine(BinDirectory!, tool), .. arguments];
        bool root = !OperatingSystem.IsWindows() && string.Equals(Environment.UserName, "root", StringComparison.Ordinal);
        return root ? RunAsync("runuser", ["-u", "postgres", "--", .. command]) : RunAsync(command[0], command[1..]);
    }

    private static async Task<string> RunAsync(string file, IReadOnlyList<string> arguments)
    {
        // pg_ctl's server would inherit the pipes, and reading them would never end: its output goes to its log file instead.
        bool detaches = arguments.Contains("start") || arguments.Contains("restart");
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = !detaches, RedirectStandardError = !detaches, WorkingDirectory = Path.GetTempPath() };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        using var timeout = new CancellationTokenSource(ToolTimeout);
        Task<string> output = detaches ? Task.FromResult("") : process.StandardOutput.ReadToEndAsync(timeout.Token);
        Task<string> errors = detaches ? Task.FromResult("") : process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? FindBinDirectory()
    {
        IEnumerable<string> candidates = new[] { Environment.GetEnvironmentVariable("SAFEDB_PG_BIN") }.OfType<string>();
        const string Debian = "/usr/lib/postgresql";
        if (Directory.Exists(Debian))
        {
            candidates = candidates.Concat(Directory.EnumerateDirectories(Debian)
                .OrderByDescending(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int version) ? version : 0)
                .Select(path => Path.Combine(path, "bin")));
        }

        candidates = candidates.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        string initdb = OperatingSystem.IsWindows() ? "initdb.exe" : "initdb";
        return candidates.FirstOrDefault(path => path.Length > 0 && File.Exists(Path.Combine(path, initdb)));
    }
}
