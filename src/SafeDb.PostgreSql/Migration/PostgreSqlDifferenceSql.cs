using System.Text.RegularExpressions;

using SafeDb.Migration.Authoring.Differences;
using SafeDb.PostgreSql.Connections;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Migration;

/// <summary>How PostgreSQL's schema is changed, as far as SafeDb says it.</summary>
internal sealed partial class PostgreSqlDifferenceSql : IDifferenceSql
{
    private static readonly string[] Remade = ["view", "materialized view", "index", "constraint", "foreign key", "check", "trigger", "rule", "policy"];
    private static readonly string[] Replaced = ["function", "procedure", "default", "comment", "sequence ownership"];
    private static readonly string[] Plain = ["table", "view", "materialized view", "index", "function", "procedure", "aggregate", "sequence", "type", "domain", "schema", "extension", "collation"];

    public bool Ignores(SchemaObject item) => item.Kind is "acl" || item.Kind.StartsWith("owner", StringComparison.Ordinal) || item.Kind.StartsWith("default privileges", StringComparison.Ordinal);

    public bool Recreates(string kind) => Remade.Contains(kind, StringComparer.Ordinal);

    public string? Drop(SchemaObject item)
    {
        string? table = item.Parent is { } parent && parent.StartsWith("table ", StringComparison.Ordinal) ? parent["table ".Length..] : null;
        string? name = table is not null && item.Identity.StartsWith(table + ".", StringComparison.Ordinal) ? item.Identity[(table.Length + 1)..] : null;
        return item.Kind switch
        {
            // With IF EXISTS: an index goes with its constraint, and a sequence with its column.
            "index" or "sequence" => $"DROP {item.Kind.ToUpperInvariant()} IF EXISTS {item.Identity};",
            "sequence ownership" => "",
            "constraint" or "check" or "foreign key" when name is not null => $"ALTER TABLE {table} DROP CONSTRAINT {name};",
            "default" when name is not null => $"ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT;",
            "trigger" or "rule" or "policy" when name is not null => $"DROP {item.Kind.ToUpperInvariant()} {name} ON {table};",
            { } kind when Plain.Contains(kind, StringComparer.Ordinal) => $"DROP {kind.ToUpperInvariant()} {item.Identity};",
            _ => null,
        };
    }

    public IReadOnlyList<string>? Alter(SchemaObject before, SchemaObject after) =>
        Replaced.Contains(after.Kind, StringComparer.Ordinal) ? [after.Definition]
        : after.Kind == "table" ? [.. Columns(before, after)]
        : after.Kind == "type" ? Labels(before.Definition, after.Definition)?.Select(label => $"ALTER TYPE {after.Identity} ADD VALUE {label};").ToList()
        : null;

    /// <summary>The labels that an enum gains at its end; null when that is not all that changes.</summary>
    private static IEnumerable<string>? Labels(string before, string after)
    {
        string[] old = [.. Label().Matches(before).Select(match => match.Value)];
        string[] wanted = [.. Label().Matches(after).Select(match => match.Value)];
        bool grows = before.Contains(" AS ENUM (", StringComparison.Ordinal) && after.Contains(" AS ENUM (", StringComparison.Ordinal) && wanted.Length > old.Length && wanted.Take(old.Length).SequenceEqual(old, StringComparer.Ordinal);
        return grows ? wanted[old.Length..] : null;
    }

    private static IEnumerable<string> Columns(SchemaObject before, SchemaObject after)
    {
        string table = after.Identity;
        var old = before.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        var wanted = after.Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        var texts = TableText.Columns(after.Definition).ToDictionary(StringComparer.Ordinal);
        foreach (SchemaColumn gone in before.Columns.Where(column => !wanted.Contains(column.Name)))
        {
            yield return $"ALTER TABLE {table} DROP COLUMN {Identifiers.Quote(gone.Name)};";
        }

        foreach (SchemaColumn column in after.Columns)
        {
            string name = Identifiers.Quote(column.Name);
            if (!old.TryGetValue(column.Name, out SchemaColumn? was))
            {
                // The default comes with the column: rows that are there need it.
                string value = column is { Default: { } text, Generated: false } ? $" DEFAULT {text}" : "";
                yield return $"ALTER TABLE {table} ADD COLUMN {texts.GetValueOrDefault(column.Name, $"{name} {column.Type}")}{value};";
                continue;
            }

            if (was.Type != column.Type)
            {
                yield return $"ALTER TABLE {table} ALTER COLUMN {name} TYPE {column.Type} USING {name}::{column.Type};";
            }

            if (was.NotNull != column.NotNull)
            {
                yield return $"ALTER TABLE {table} ALTER COLUMN {name} {(column.NotNull ? "SET" : "DROP")} NOT NULL;";
            }
        }
    }

    [GeneratedRegex("'(?:[^']|'')*'", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
