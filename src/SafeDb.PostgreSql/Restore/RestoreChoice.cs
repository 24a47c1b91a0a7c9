using SafeDb.Archive;
using SafeDb.PostgreSql.Backup;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Restore;

/// <summary>What of an archive a restore takes.</summary>
internal sealed class RestoreChoice
{
    private readonly RestoreRequest _request;
    private readonly HashSet<string> _withRows;
    private readonly HashSet<string> _tables;

    public RestoreChoice(RestoreRequest request, ArchiveManifest manifest)
    {
        _request = request;
        _tables = [.. manifest.Tables.Select(table => table.Name)];
        _withRows = [.. manifest.Tables.Where(table => table.RowsOmitted is null && Selected(table.Name)).Select(table => table.Name)];
    }

    /// <summary>Whether rows are restored at all.</summary>
    public bool Rows => !_request.SchemaOnly;

    /// <summary>Whether an object is wanted.</summary>
    public bool Wants(SchemaObject item) =>
        !(_request.NoOwner && SchemaKinds.IsOwner(item)) && !(_request.NoPrivileges && SchemaKinds.IsPrivilege(item));

    /// <summary>Whether a table's rows are restored. A partitioned table is not listed: its partitions are, and they decide.</summary>
    public bool HasRows(string table) => Rows && (!_tables.Contains(table) || _withRows.Contains(table));

    /// <summary>Whether a table is chosen by the request's patterns.</summary>
    public bool Selected(string table)
    {
        if (_request.Tables.Count == 0)
        {
            return true;
        }

        (string schema, string name) = QualifiedName.Split(table);
        return _request.Tables.Any(pattern => pattern == table || ScopeFilter.Matches(pattern, schema, name));
    }
}

/// <summary>Takes qualified names apart.</summary>
internal static class QualifiedName
{
    /// <summary>Schema and name, unquoted.</summary>
    public static (string Schema, string Name) Split(string qualified)
    {
        bool quoted = false;
        for (int i = 0; i < qualified.Length; i++)
        {
            quoted ^= qualified[i] == '"';
            if (qualified[i] == '.' && !quoted)
            {
                return (Unquote(qualified[..i]), Unquote(qualified[(i + 1)..]));
            }
        }

        return ("", Unquote(qualified));
    }

    private static string Unquote(string name) => name.Length > 1 && name[0] == '"' ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name;
}
