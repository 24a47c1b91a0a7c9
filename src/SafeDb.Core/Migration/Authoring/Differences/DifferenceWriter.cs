using SafeDb.Schema;

namespace SafeDb.Migration.Authoring.Differences;

/// <summary>The statements that lead from one schema to another.</summary>
/// <param name="Statements">Each with its semicolon, in order.</param>
/// <param name="LeftOut">What no statement is known for, for a person.</param>
internal sealed record WrittenDifference(IReadOnlyList<string> Statements, IReadOnlyList<string> LeftOut);

/// <summary>Writes the statements that lead from one schema to another: what must go is dropped in reverse order of creation, then the rest is changed and created in order.</summary>
/// <param name="sql">The engine's statements.</param>
internal sealed class DifferenceWriter(IDifferenceSql sql)
{
    public WrittenDifference Write(DatabaseSchema present, DatabaseSchema aim)
    {
        Dictionary<string, SchemaObject> old = Relevant(present).ToDictionary(item => item.Key, StringComparer.Ordinal);
        Dictionary<string, SchemaObject> wanted = Relevant(aim).ToDictionary(item => item.Key, StringComparer.Ordinal);
        var statements = new List<string>();
        var leftOut = new List<string>();
        foreach (SchemaObject item in Relevant(present).Reverse())
        {
            bool gone = !wanted.TryGetValue(item.Key, out SchemaObject? now);
            bool remade = now is not null && now.Definition != item.Definition && sql.Recreates(item.Kind);
            if ((gone || remade) && !(item.Parent is { } parent && old.ContainsKey(parent) && !wanted.ContainsKey(parent)))
            {
                Add(sql.Drop(item), item, "dropped");
            }
        }

        foreach (SchemaObject item in Relevant(aim))
        {
            if (!old.TryGetValue(item.Key, out SchemaObject? before) || (before.Definition != item.Definition && sql.Recreates(item.Kind)))
            {
                statements.Add(item.Definition);
            }
            else if (before.Definition != item.Definition)
            {
                IReadOnlyList<string>? change = sql.Alter(before, item);
                if (change is null)
                {
                    Add(null, item, "changed");
                }
                else
                {
                    statements.AddRange(change);
                }
            }
        }

        return new WrittenDifference(statements, leftOut);
        void Add(string? statement, SchemaObject item, string what)
        {
            if (statement is null)
            {
                leftOut.Add($"{item.Key} is to be {what}, and SafeDb knows no statement for that");
            }
            else if (statement.Length > 0)
            {
                statements.Add(statement);
            }
        }
    }

    /// <summary>What of a schema still differs from another, for a person.</summary>
    public IEnumerable<string> StillDiffers(DatabaseSchema present, DatabaseSchema aim) => SchemaComparer
        .Compare(present with { Objects = [.. Relevant(present)] }, aim with { Objects = [.. Relevant(aim)] })
        .Select(difference => $"{difference.Kind} {difference.Identity} {difference.Change switch { SchemaChange.Added => "is missing", SchemaChange.Removed => "should not be there", _ => "is still another" }}");

    private IEnumerable<SchemaObject> Relevant(DatabaseSchema schema) => schema.Objects.Where(item => !sql.Ignores(item));
}
