using System.Globalization;

using SafeDb.PostgreSql.Restore;
using SafeDb.PostgreSql.Schema;

namespace SafeDb.PostgreSql.Backup;

/// <summary>Where sequences stand: state that is restored and compared.</summary>
internal static class SourceState
{
    private const string Prefix = "sequence ";

    /// <summary>The state of a schema: key <c>sequence name</c>, value <c>last value,called</c>.</summary>
    public static IReadOnlyDictionary<string, string> Of(PostgreSqlSchema schema) =>
        schema.Sequences.ToDictionary(
            sequence => Prefix + sequence.Identity,
            sequence => string.Create(CultureInfo.InvariantCulture, $"{sequence.LastValue},{(sequence.IsCalled ? "true" : "false")}"),
            StringComparer.Ordinal);

    /// <summary>The statements that bring sequences there.</summary>
    public static IReadOnlyList<BuildStep> Statements(IReadOnlyDictionary<string, string> state) =>
        [.. state.Where(item => item.Key.StartsWith(Prefix, StringComparison.Ordinal)).Select(item =>
            new BuildStep(item.Key, $"SELECT pg_catalog.setval({Identifiers.Literal(item.Key[Prefix.Length..])}, {item.Value})", 0))];
}
