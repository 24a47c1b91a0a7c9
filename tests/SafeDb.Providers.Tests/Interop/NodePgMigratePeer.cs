namespace SafeDb.Providers.Tests.Interop;

/// <summary>node-pg-migrate's own command.</summary>
public sealed class NodePgMigratePeer(PeerDatabase database, string folder) : Peer(database, folder)
{
    public override string Format => "node-pg-migrate";

    public override string Id(int number) => $"170000000000{number}_m{number}";

    public override void Write(int number, string up, string down) => WriteFile($"{Id(number)}.sql", $"-- Up Migration\n{up}\n-- Down Migration\n{down}\n");

    public override Task<PeerAnswer> UpAsync() => RunAsync("up");

    public override Task<PeerAnswer> DownAsync() => RunAsync("down");

    public override async Task<string> ComplaintsAsync()
    {
        PeerAnswer answer = await RunAsync("up", "--dry-run");
        return answer.Succeeded && answer.Output.Contains("No migrations to run!", StringComparison.Ordinal) ? "" : answer.Output;
    }

    public Task<PeerAnswer> RunAsync(params string[] arguments) => PeerProgram.RunAsync(
        "node", [PeerProgram.File("node-pg-migrate", "node_modules", "node-pg-migrate", "bin", "node-pg-migrate.js"), .. arguments, "-m", Folder], Database.Environment);
}
