using Xunit;

namespace SafeDb.Providers.Tests.Interop;

/// <summary>Another migration tool, as npm installs it, working on the same folder and database as SafeDb.</summary>
/// <param name="database">The database.</param>
/// <param name="folder">The folder of the migrations.</param>
public abstract class Peer(PeerDatabase database, string folder)
{
    /// <summary>SafeDb's name for the tool's format.</summary>
    public abstract string Format { get; }

    protected PeerDatabase Database => database;

    protected string Folder => folder;

    /// <summary>Whether the tool can take a migration back.</summary>
    public virtual bool HasDown => true;

    /// <summary>Whether a failure of the tool leaves a row that keeps everybody from going on.</summary>
    public virtual bool RecordsFailures => false;

    /// <summary>The migration's id in the history.</summary>
    public abstract string Id(int number);

    /// <summary>Writes a migration, over an earlier text of the same number.</summary>
    public abstract void Write(int number, string up, string down);

    /// <summary>Applies what is pending.</summary>
    public abstract Task<PeerAnswer> UpAsync();

    /// <summary>Takes the last migration back.</summary>
    public abstract Task<PeerAnswer> DownAsync();

    /// <summary>What the tool itself says is to do, failed or edited; empty when it is content.</summary>
    public abstract Task<string> ComplaintsAsync();

    /// <summary>The files of the migrations.</summary>
    public IEnumerable<string> Files => Directory.EnumerateFiles(folder, "*.sql", SearchOption.AllDirectories);

    public async Task AssertUpAsync()
    {
        PeerAnswer answer = await UpAsync();
        Assert.True(answer.Succeeded, answer.Output);
    }

    protected void WriteFile(string file, string text)
    {
        string path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
