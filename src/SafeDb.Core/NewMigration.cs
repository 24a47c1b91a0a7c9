namespace SafeDb;

/// <summary>A migration whose files were just made: what <c>New-SafeMigration</c> returns.</summary>
/// <param name="Id">What orders and names it in the history.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Format">Format of the folder.</param>
public sealed record NewMigration(string Id, string Name, string Format)
{
    /// <summary>The folder of the migrations, as <c>Invoke-SafeMigration -Path</c> takes it.</summary>
    public required string Path { get; init; }

    /// <summary>The files, with full paths: up, then down and verify where the format has files for them.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>What the files had to leave to a person, each also a comment in them. Empty without <c>-FromDifference</c>.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}
