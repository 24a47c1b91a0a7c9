namespace SafeDb.PostgreSql.Restore;

/// <summary>Something that is created in one go.</summary>
/// <param name="Label">What it is, for messages.</param>
/// <param name="Sql">One or more statements.</param>
/// <param name="Weight">Expected work; the heaviest begin first.</param>
internal sealed record BuildStep(string Label, string Sql, long Weight)
{
    /// <summary>The server's error after which the restore goes on without the object; null for none.</summary>
    public string? GoesWithoutOn { get; init; }
}
