using System.Data.Common;

using Npgsql;

using SafeDb.Schema;

namespace SafeDb.PostgreSql.Schema;

/// <summary>Runs the catalogue queries on one connection.</summary>
internal sealed class CatalogReader(NpgsqlConnection connection, int version)
{
    /// <summary>The server's version as a number, such as 150018.</summary>
    public int Version => version;

    /// <summary>Every row of a query, mapped.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        // No time limit: on a catalogue of 100,000 tables a query takes as long as it takes, and the token still stops it.
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                rows.Add(map(reader));
            return rows;
        }
    }

    /// <summary>The objects of a kind.</summary>
    public async Task<List<CatalogObject>> ReadAsync(KindQuery query, CancellationToken cancellationToken)
    {
        KindColumns? columns = null;
        return await QueryAsync(query.Sql, row => (columns ??= KindColumns.Of(row)).Map(query, row), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Positions of the columns of a kind's query; -1 for those it does not give.</summary>
    private sealed record KindColumns(
        int Id, int SubId, int Identity, int Definition, int Owner, int Spec, int Section, int ParentClass, int ParentId, int After, int Placeholder, int Replacement)
    {
        public static KindColumns Of(NpgsqlDataReader row)
        {
            Dictionary<string, int> found = Enumerable.Range(0, row.FieldCount).ToDictionary(row.GetName, StringComparer.Ordinal);
            int Find(string name) => found.GetValueOrDefault(name, -1);
            return new KindColumns(
                Find("objid"), Find("subid"), Find("identity"), Find("definition"), Find("owner"), Find("spec"), Find("section"), Find("parent_class"), Find("parent_id"),
                Find("after"), Find("placeholder"), Find("replacement"));
        }

        public CatalogObject Map(KindQuery query, NpgsqlDataReader row)
        {
            string identity = row.GetString(Identity);
            string spec = Text(row, Spec) ?? $"{query.Kind.ToUpperInvariant()} {identity}";
            return new CatalogObject(new ObjectAddress(query.Class, row.GetFieldValue<uint>(Id), SubId < 0 ? 0 : row.GetInt32(SubId)), query.Kind, identity, row.GetString(Definition))
            {
                Section = Text(row, Section) switch { "pre" => SchemaSection.PreData, "post" => SchemaSection.PostData, "final" => SchemaSection.Final, _ => query.Section },
                Owner = Text(row, Owner),
                Spec = spec.Length == 0 ? null : spec,
                Parent = ParentId >= 0 && !row.IsDBNull(ParentId) ? new ObjectAddress(row.GetFieldValue<uint>(ParentClass), row.GetFieldValue<uint>(ParentId)) : null,
                After = After >= 0 && !row.IsDBNull(After) ? [.. row.GetFieldValue<string[]>(After).Select(ObjectAddress.Parse)] : [],
                Shell = Text(row, Placeholder) is { } placeholder ? new ObjectShell(placeholder, row.GetString(Replacement)) : null,
            };
        }

        private static string? Text(DbDataReader row, int column) => column < 0 || row.IsDBNull(column) ? null : row.GetString(column);
    }
}
