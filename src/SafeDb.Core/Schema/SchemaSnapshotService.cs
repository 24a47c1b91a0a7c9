using System.Text.Json;
using System.Text.Json.Serialization;

using SafeDb.Configuration;
using SafeDb.Providers;

namespace SafeDb.Schema;

/// <summary>Reads schemas from databases and snapshot files, and compares them.</summary>
/// <param name="engine">What the use case needs from outside.</param>
public sealed class SchemaSnapshotService(SafeDbEngine engine)
{
    // Written by the command line in camel case and by ConvertTo-Json in Pascal case with numbers for enumerations: both are read.
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true, Converters = { new JsonStringEnumConverter() } };

    /// <summary>Reads the schema of a database, consistently.</summary>
    public async Task<SchemaSnapshot> ReadAsync(ResolvedDatabase database, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await engine.Engines.Get(database.Address.Engine).OpenSessionAsync(database.Address, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            DatabaseSchema schema = await session.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
            return SchemaSnapshot.Of(schema, schema.Fingerprint(), database.Address, engine.Clock.GetUtcNow());
        }
    }

    /// <summary>Reads a snapshot from a file, and checks that nobody changed its objects.</summary>
    public static SchemaSnapshot Load(string path)
    {
        SchemaSnapshot snapshot;
        try
        {
            snapshot = JsonSerializer.Deserialize<SchemaSnapshot>(File.ReadAllText(path), Options) ?? throw new JsonException("the file holds null.");
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException)
        {
            throw SchemaErrors.SnapshotInvalid.Caused(problem, path, problem.Message);
        }

        return snapshot.FormatVersion != 1 ? throw SchemaErrors.SnapshotInvalid.Exception(path, $"its format version is {snapshot.FormatVersion}, this SafeDb reads 1.")
            : !snapshot.IsWhole ? throw SchemaErrors.SnapshotInvalid.Exception(path, "objects of it, or parts of them, are null.")
            : snapshot.ToSchema().Fingerprint() != snapshot.Fingerprint ? throw SchemaErrors.SnapshotInvalid.Exception(path, "its objects do not have its fingerprint; it was cut or edited.")
            : snapshot;
    }

    /// <summary>Refuses a reference that can only mean a file, where there is none of that name: nobody who mistyped a path looks for a mistake in an address.</summary>
    /// <param name="reference">The reference as it was given, no configured database.</param>
    public void RefuseMissing(string reference)
    {
        bool likeFile = reference.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            || (reference.AsSpan().IndexOfAny('/', '\\') >= 0 && !reference.Contains("://", StringComparison.Ordinal) && !reference.Contains('=', StringComparison.Ordinal));
        if (likeFile && !engine.Engines.IsAddress(reference))
        {
            throw SchemaErrors.ReferenceMissing.Exception(reference);
        }
    }

    /// <summary>What differs in <paramref name="actual"/> from <paramref name="reference"/>, ordered by kind and name; the tables in which tools keep their books are left out on both sides.</summary>
    /// <param name="reference">What should be.</param>
    /// <param name="actual">What is.</param>
    /// <param name="referenceName">Name of the reference in the results.</param>
    public static IReadOnlyList<SchemaDifference> Compare(SchemaSnapshot reference, SchemaSnapshot actual, string referenceName)
    {
        if (reference.Engine != actual.Engine)
        {
            throw SchemaErrors.EnginesDiffer.Exception(reference.Engine, actual.Engine);
        }

        return [.. SchemaComparer.Compare(SchemaScope.WithoutBookkeeping(reference.ToSchema()), SchemaScope.WithoutBookkeeping(actual.ToSchema())).Select(difference => new SchemaDifference
        {
            Change = difference.Change,
            Kind = difference.Kind,
            Identity = difference.Identity,
            Expected = difference.Before,
            Actual = difference.After,
            Database = actual.Database,
            Reference = referenceName,
        })];
    }
}
