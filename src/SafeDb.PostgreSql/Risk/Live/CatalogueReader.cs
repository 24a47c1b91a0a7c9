using Npgsql;

using SafeDb.PostgreSql.Sql;
using SafeDb.Risk;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Risk;

/// <summary>Reads the facts of all relations with a handful of queries over the whole catalogue, never one per relation.</summary>
internal sealed class CatalogueReader(NpgsqlConnection connection)
{
    private readonly Dictionary<long, Building> _relations = [];
    private readonly CatalogueDetails _details = new();

    /// <summary>Reads everything.</summary>
    public async Task<PostgreSqlCatalogFacts> ReadAsync(CancellationToken cancellationToken)
    {
        await ReadRelationsAsync(cancellationToken).ConfigureAwait(false);
        await EachAsync(CatalogueQueries.Columns, AddColumn, cancellationToken).ConfigureAwait(false);
        await EachAsync(CatalogueQueries.Indexes, AddIndex, cancellationToken).ConfigureAwait(false);
        await EachAsync(CatalogueQueries.Constraints, AddConstraint, cancellationToken).ConfigureAwait(false);
        await EachAsync(CatalogueQueries.Children, AddChild, cancellationToken).ConfigureAwait(false);
        await EachAsync(CatalogueQueries.Dependents, AddDependent, cancellationToken).ConfigureAwait(false);
        await EachAsync(CatalogueQueries.Partitioning, AddPartitioning, cancellationToken).ConfigureAwait(false);
        await EachAsync(CatalogueQueries.TypeUsers, AddTypeUser, cancellationToken).ConfigureAwait(false);
        Dictionary<string, RelationFacts> facts = _relations.Values.ToDictionary(building => building.Name, building => building.Facts(), StringComparer.Ordinal);
        foreach (Building building in _relations.Values)
        {
            foreach (string index in building.IndexKeys)
            {
                facts[index] = new RelationFacts(index, "index", -1, -1) { References = [building.Name] };
            }
        }

        return await WithServerAsync(facts, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadRelationsAsync(CancellationToken cancellationToken) => await EachAsync(CatalogueQueries.Relations, row =>
    {
        string name = new PgName(row.GetString(1), row.GetString(2)).Sql;
        _relations[row.GetInt64(0)] = new Building(name, row.GetString(3), row.GetInt64(4), row.GetInt64(5), row.GetDouble(6));
    }, cancellationToken).ConfigureAwait(false);

    private async Task<PostgreSqlCatalogFacts> WithServerAsync(Dictionary<string, RelationFacts> facts, CancellationToken cancellationToken)
    {
        PostgreSqlCatalogFacts? read = null;
        await EachAsync(CatalogueQueries.Server, row => read = new PostgreSqlCatalogFacts(facts, _details)
        {
            ServerVersion = row.GetInt32(0), TimeZone = row.GetString(1), Replicas = (int)row.GetInt64(2), OldestTransaction = TimeSpan.FromSeconds(row.GetDouble(3)), LockTimeout = TimeSpan.FromMilliseconds(row.GetInt64(4)),
        }, cancellationToken).ConfigureAwait(false);
        return read!;
    }

    private void AddColumn(NpgsqlDataReader row)
    {
        if (_relations.TryGetValue(row.GetInt64(0), out Building? relation))
        {
            relation.Columns.Add(new SchemaColumn(row.GetString(1), row.GetString(2), row.GetBoolean(3)) { Default = row.IsDBNull(4) ? null : row.GetString(4), Generated = row.GetBoolean(5) });
        }
    }

    private void AddIndex(NpgsqlDataReader row)
    {
        if (_relations.TryGetValue(row.GetInt64(0), out Building? relation))
        {
            relation.Indexes[row.GetString(2)] = row.GetString(3) + (row.GetBoolean(4) ? "" : " /* invalid */");
            relation.IndexKeys.Add(new PgName(row.GetString(1), row.GetString(2)).Sql);
        }
    }

    private void AddConstraint(NpgsqlDataReader row)
    {
        if (_relations.TryGetValue(row.GetInt64(0), out Building? relation))
        {
            relation.Constraints[row.GetString(1)] = row.GetString(2);
            if (_relations.TryGetValue(row.GetInt64(3), out Building? referenced))
            {
                relation.References.Add(referenced.Name);
                referenced.ReferencedBy.Add(relation.Name);
            }
        }
    }

    private void AddChild(NpgsqlDataReader row)
    {
        if (_relations.TryGetValue(row.GetInt64(0), out Building? parent) && _relations.TryGetValue(row.GetInt64(1), out Building? child))
        {
            parent.Children.Add(child.Name);
            if (parent.Kind == "partitioned table")
            {
                _details.Parents[child.Name] = parent.Name;
            }
        }
    }

    private void AddDependent(NpgsqlDataReader row)
    {
        if (_relations.TryGetValue(row.GetInt64(0), out Building? relation))
        {
            string dependent = row.GetString(1);
            if (!relation.Dependents.Contains(dependent, StringComparer.Ordinal))
            {
                relation.Dependents.Add(dependent);
            }

            if (!row.IsDBNull(2))
            {
                _details.ColumnUsers.Add((relation.Name, row.GetString(2), dependent));
            }
        }
    }

    private void AddPartitioning(NpgsqlDataReader row)
    {
        if (_relations.TryGetValue(row.GetInt64(0), out Building? relation))
        {
            string? other = _relations.TryGetValue(row.GetInt64(2), out Building? partition) ? partition.Name : null;
            _details.Partitioning[relation.Name] = new PartitionFacts(row.GetString(1), row.GetFieldValue<string[]>(3), other);
        }
    }

    private void AddTypeUser(NpgsqlDataReader row)
    {
        string type = new PgName(row.GetString(0), row.GetString(1)).Sql;
        if (_relations.TryGetValue(row.GetInt64(2), out Building? relation))
        {
            (_details.TypeUsers.TryGetValue(type, out List<string>? list) ? list : _details.TypeUsers[type] = []).Add(relation.Name);
        }
    }

    private async Task EachAsync(string sql, Action<NpgsqlDataReader> take, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    take(reader);
                }
            }
        }
    }

    private sealed record Building(string Name, string Kind, long Rows, long Bytes, double Writes)
    {
        public List<SchemaColumn> Columns { get; } = [];

        public Dictionary<string, string> Indexes { get; } = new(StringComparer.Ordinal);

        public List<string> IndexKeys { get; } = [];

        public Dictionary<string, string> Constraints { get; } = new(StringComparer.Ordinal);

        public SortedSet<string> References { get; } = new(StringComparer.Ordinal);

        public SortedSet<string> ReferencedBy { get; } = new(StringComparer.Ordinal);

        public List<string> Children { get; } = [];

        public List<string> Dependents { get; } = [];

        public RelationFacts Facts() => new(Name, Kind, Rows, Bytes)
        {
            Columns = Columns, Indexes = Indexes, Constraints = Constraints, References = [.. References], ReferencedBy = [.. ReferencedBy], Children = Children, Dependents = Dependents, WritesPerSecond = Writes,
        };
    }
}
