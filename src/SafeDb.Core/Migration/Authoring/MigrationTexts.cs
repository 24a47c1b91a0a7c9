namespace SafeDb.Migration.Authoring;

/// <summary>What stands in the files of a new migration.</summary>
/// <param name="Up">What changes.</param>
/// <param name="Down">What takes it back.</param>
/// <param name="Verify">Queries that must return no row afterwards.</param>
public sealed record MigrationTexts(string Up, string Down, string Verify)
{
    /// <summary>For a person to write: comments only, which no run takes for a migration.</summary>
    public static MigrationTexts Empty { get; } = new("-- What changes.\n", "-- What takes it back.\n", "-- Queries that must return no row after the migration.\n");

    /// <summary>What could not be written and stands there as a comment.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}

/// <summary>A migration that is not written yet.</summary>
/// <param name="Migration">What it will be.</param>
/// <param name="Texts">Text of each file of <see cref="NewMigration.Files"/>, in their order.</param>
public sealed record MigrationDraft(NewMigration Migration, IReadOnlyList<string> Texts);
