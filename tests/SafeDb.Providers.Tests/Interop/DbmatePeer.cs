using System.Runtime.InteropServices;

namespace SafeDb.Providers.Tests.Interop;

/// <summary>dbmate's own program.</summary>
public sealed class DbmatePeer(PeerDatabase database, string folder) : Peer(database, folder)
{
    public override string Format => "dbmate";

    public override string Id(int number) => $"2024010{number}000000";

    public override void Write(int number, string up, string down) => WriteFile($"{Id(number)}_m{number}.sql", $"-- migrate:up\n{up}\n\n-- migrate:down\n{down}\n");

    public override Task<PeerAnswer> UpAsync() => RunAsync("migrate", "--strict");

    public override Task<PeerAnswer> DownAsync() => RunAsync("rollback");

    public override async Task<string> ComplaintsAsync()
    {
        PeerAnswer answer = await RunAsync("status", "--exit-code");
        return answer.Succeeded && answer.Output.Contains("Pending: 0", StringComparison.Ordinal) ? "" : answer.Output;
    }

    private Task<PeerAnswer> RunAsync(params string[] arguments)
    {
        string system = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        string processor = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        string program = PeerProgram.File("dbmate", "node_modules", "@dbmate", $"{system}-{processor}", "bin", OperatingSystem.IsWindows() ? "dbmate.exe" : "dbmate");
        string url = Database.IsSqlite ? $"sqlite:{Database.File}" : $"{Database.Environment["DATABASE_URL"]}?sslmode=disable";
        return PeerProgram.RunAsync(program, ["--url", url, "--migrations-dir", Folder, "--no-dump-schema", .. arguments]);
    }
}
