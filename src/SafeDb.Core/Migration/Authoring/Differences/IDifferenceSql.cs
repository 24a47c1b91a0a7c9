using SafeDb.Schema;

namespace SafeDb.Migration.Authoring.Differences;

/// <summary>How an engine is told to change its schema; one per engine. Nothing here needs to be complete: what it cannot say, or says wrongly, the comparison at the end finds.</summary>
public interface IDifferenceSql
{
    /// <summary>Whether an object is no matter of migrations: owners and privileges.</summary>
    bool Ignores(SchemaObject item);

    /// <summary>Whether a changed object of the kind is dropped and made again.</summary>
    bool Recreates(string kind);

    /// <summary>The statement that drops an object, empty when it goes by itself, or null when none is known.</summary>
    string? Drop(SchemaObject item);

    /// <summary>The statements that turn an object that is not made again into another, or null when none are known.</summary>
    IReadOnlyList<string>? Alter(SchemaObject before, SchemaObject after);
}
