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
    private readonly PartitionTree _partitions;
    private readonly Dictionary<string, string> _withoutRole;

    /// <param name="request">The request.</param>
    /// <param name="manifest">The archive.</param>
    /// <param name="missingRoles">Roles that the server does not have, and without which the request goes on.</param>
    public RestoreChoice(RestoreRequest request, ArchiveManifest manifest, IReadOnlySet<string> missingRoles)
    {
        _request = request;
        _partitions = new PartitionTree(manifest.SchemaObjects);
        _withoutRole = manifest.SchemaObjects.Select(item => (item.Key, Roles: RoleText.Of(item).Where(missingRoles.Contains).ToArray())).Where(item => item.Roles.Length > 0)
            .ToDictionary(item => item.Key, item => $"the server has no role {string.Join(", ", item.Roles)}", StringComparer.Ordinal);
        _tables = [.. manifest.Tables.Select(table => table.Name)];
        _withRows = [.. manifest.Tables.Where(table => table.RowsOmitted is null && Selected(table.Name)).Select(table => table.Name)];
    }

    /// <summary>Whether rows are restored at all.</summary>
    public bool Rows => !_request.SchemaOnly;

    /// <summary>Keys of objects that are left out because a role that they name is missing, each with that reason.</summary>
    public IReadOnlyDictionary<string, string> WithoutRole => _withoutRole;

    /// <summary>Whether an object is wanted.</summary>
    public bool Wants(SchemaObject item) =>
        !_withoutRole.ContainsKey(item.Key) && !(item.Parent is { } parent && _withoutRole.ContainsKey(parent)) && !(_request.NoOwner && SchemaKinds.IsOwner(item)) && !(_request.NoPrivileges && SchemaKinds.IsPrivilege(item));

    /// <summary>Whether a table's rows are restored; of a partitioned table, those of at least one partition.</summary>
    public bool HasRows(string table) => Rows && _partitions.HoldersOf(table).Any(HoldsRows);

    /// <summary>Whether a table's rows are restored; of a partitioned table, those of every partition.</summary>
    public bool HasAllRows(string table) => Rows && _partitions.HoldersOf(table).All(HoldsRows);

    /// <summary>Whether a table is chosen by the request's patterns, itself or as a partition.</summary>
    public bool Selected(string table) =>
        _request.Tables.Count == 0 || _request.Tables.Any(pattern => _partitions.LineOf(table).Any(name => ScopeFilter.Matches(pattern, name)));

    // What is not listed has no rows that could be missing.
    private bool HoldsRows(string table) => !_tables.Contains(table) || _withRows.Contains(table);
}
