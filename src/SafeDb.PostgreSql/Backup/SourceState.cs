using System.Globalization;
using System.Text.Json;

using SafeDb.Archive;
using SafeDb.PostgreSql.Restore;
using SafeDb.PostgreSql.Schema;

namespace SafeDb.PostgreSql.Backup;

/// <summary>What is neither definition nor row but is restored and compared all the same: where sequences stand, which materialized views are filled, whose large objects are.</summary>
internal static class SourceState
{
    private const string Sequence = "sequence ";
    private const string View = "materialized view ";
    private const string LargeObject = LargeObjects.State;

    /// <summary>The state of a schema.</summary>
    public static IReadOnlyDictionary<string, string> Of(PostgreSqlSchema schema, bool largeObjects)
    {
        var state = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (SequenceInfo sequence in schema.Sequences.Where(sequence => sequence.LastValue is not null))
        {
            state[Sequence + sequence.Name] = string.Create(CultureInfo.InvariantCulture, $"{sequence.LastValue},{(sequence.IsCalled ? "true" : "false")}");
        }

        foreach (MaterializedViewInfo view in schema.MaterializedViews)
        {
            state[View + view.Name] = view.Populated ? "filled" : "empty";
        }

        foreach (LargeObjectInfo item in schema.LargeObjects.Where(_ => largeObjects))
        {
            state[LargeObject + item.Oid.ToString(CultureInfo.InvariantCulture)] = JsonSerializer.Serialize(new LargeObjectState(item.Owner, item.Comment, [.. item.Grants]));
        }

        return state;
    }

    /// <summary>The schema's coverage, less the sequences whose state could not be read.</summary>
    public static Coverage Coverage(PostgreSqlSchema schema)
    {
        string[] unread = [.. schema.Sequences.Where(sequence => sequence is { LastValue: null, IsAbsentOnStandby: false }).Select(sequence => $"state of sequence {sequence.Name}: this user may not read it")];
        return unread.Length == 0 ? schema.Coverage : new Coverage(false, [.. schema.Coverage.NotCovered, .. unread]);
    }

    /// <summary>The statements that bring sequences where they stood.</summary>
    public static IReadOnlyList<BuildStep> SequenceSteps(IReadOnlyDictionary<string, string> state) =>
        [.. Items(state, Sequence).Select(item => new BuildStep(Sequence + item.Name, $"SELECT pg_catalog.setval({Identifiers.Literal(item.Name)}, {item.Value})", 0))];

    /// <summary>The statements that give large objects their owners, comments and privileges.</summary>
    public static IReadOnlyList<BuildStep> LargeObjectSteps(IReadOnlyDictionary<string, string> state, bool owners, bool privileges) =>
        [.. Items(state, LargeObject).Select(item => new BuildStep(LargeObject + item.Name, Statements(item.Name, JsonSerializer.Deserialize<LargeObjectState>(item.Value)!, owners, privileges), 0))
            .Where(step => step.Sql.Length > 0)];

    /// <summary>State as a restore that left large objects, owners or privileges out on purpose must be compared: without them.</summary>
    public static IReadOnlyDictionary<string, string> Expected(
        IReadOnlyDictionary<string, string> actual, IReadOnlyDictionary<string, string> archived, bool largeObjects, bool owners, bool privileges)
    {
        // A sequence that could not be read (on a standby, or without the right) has no state in the archive; that it exists is a matter of the schema.
        var state = actual.Where(item => archived.ContainsKey(item.Key) || !item.Key.StartsWith(Sequence, StringComparison.Ordinal)).ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal);
        foreach ((string name, string value) in Items(archived, LargeObject).Where(_ => !largeObjects || !owners || !privileges))
        {
            if (!largeObjects)
            {
                state[LargeObject + name] = value;
            }
            else if (actual.TryGetValue(LargeObject + name, out string? found))
            {
                LargeObjectState was = JsonSerializer.Deserialize<LargeObjectState>(value)!;
                LargeObjectState now = JsonSerializer.Deserialize<LargeObjectState>(found)!;
                state[LargeObject + name] = JsonSerializer.Serialize(now with { Owner = owners ? now.Owner : was.Owner, Grants = privileges ? now.Grants : was.Grants });
            }
        }

        return state;
    }

    /// <summary>State where materialized views that could not be filled, as was told, count as filled.</summary>
    public static IReadOnlyDictionary<string, string> WithoutLeftEmpty(IReadOnlyDictionary<string, string> state, IReadOnlyCollection<string> views) =>
        state.ToDictionary(item => item.Key, item => views.Any(view => item.Key == View + view) ? "filled" : item.Value, StringComparer.Ordinal);

    private static IEnumerable<(string Name, string Value)> Items(IReadOnlyDictionary<string, string> state, string prefix) =>
        state.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(item => (item.Key[prefix.Length..], item.Value));

    private static string Statements(string oid, LargeObjectState item, bool owners, bool privileges) =>
        (owners ? $"ALTER LARGE OBJECT {oid} OWNER TO {Identifiers.Quote(item.Owner)};" : "")
        + (item.Comment is null ? "" : $"COMMENT ON LARGE OBJECT {oid} IS {Identifiers.Literal(item.Comment)};")
        + (privileges ? string.Join(' ', item.Grants) : "");

    private sealed record LargeObjectState(string Owner, string? Comment, string[] Grants);
}
