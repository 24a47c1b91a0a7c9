using SafeDb.PostgreSql.Schema.Ordering;

namespace SafeDb.PostgreSql.Schema;

/// <summary>
/// What users put on the tables and views of extensions. No catalogue tells such an index or trigger from the extension's own, so all of them are objects of the archive, and each is made only
/// where the extension has not made it already. What has no such statement (a column added, a label of an enum) is told from the extension's own by the transaction that wrote it, and is not covered.
/// </summary>
internal static class ExtensionAdditions
{
    /// <summary>Transactions that created or updated extensions: each wrote the extension's row or rows that make something a member. Stands in FROM.</summary>
    public const string Transactions = """
        (SELECT xmin::text AS x FROM pg_extension UNION SELECT xmin::text FROM pg_depend WHERE deptype = 'e' OR classid = 'pg_extension'::regclass)
        """;

    private const string ChangedSql = $"""
        WITH made AS MATERIALIZED {Transactions}, member AS MATERIALIZED (SELECT d.classid, d.objid, e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE d.deptype = 'e' AND d.objid >= 16384)
        SELECT format('column %I of %s, which belongs to the extension %I', a.attname, c.oid::regclass, m.extname)
        FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND a.attacl IS NULL AND a.xmin::text NOT IN (SELECT x FROM made)
        UNION ALL SELECT format('label %L of type %s, which belongs to the extension %I', l.enumlabel, m.objid::regtype, m.extname)
        FROM member m JOIN pg_enum l ON l.enumtypid = m.objid WHERE m.classid = 'pg_type'::regclass AND l.xmin::text NOT IN (SELECT x FROM made)
        UNION ALL SELECT format('constraint %I of type %s, which belongs to the extension %I', k.conname, m.objid::regtype, m.extname)
        FROM member m JOIN pg_constraint k ON k.contypid = m.objid WHERE m.classid = 'pg_type'::regclass AND k.xmin::text NOT IN (SELECT x FROM made)
        ORDER BY 1
        """;

    /// <summary>One line for every change of a member that no statement of an archive repeats.</summary>
    public static async Task<List<string>> FindChangedAsync(CatalogReader reader, CancellationToken cancellationToken) =>
        await reader.QueryAsync(ChangedSql, row => $"{row.GetString(0)}: it was changed after the extension made it", cancellationToken).ConfigureAwait(false);

    /// <summary>The object as it is kept: null when it comes with an extension, guarded when an extension's table may have it already.</summary>
    public static CatalogObject? Keep(CatalogObject item, CatalogDependencies dependencies)
    {
        ObjectAddress address = item.Address.Class == CatalogClass.ShellType ? new ObjectAddress(CatalogClass.Type, item.Address.Id) : item.Address;
        bool onMember = item.Parent is { } parent && dependencies.IsMember(parent);
        if (onMember && !dependencies.IsMember(address) && Absent(item) is { } absent)
        {
            return item with { Definition = Guard(item.Definition, absent) };
        }

        bool ownStatement = item.Kind is "statistics" or "publication table" or "user mapping" or "operator family operator" or "operator family function"
            or "row security" or "replica identity" or "cluster mark" or "options";
        return dependencies.IsExcluded(address) || (!ownStatement && item.Parent is { } whole && dependencies.IsExcluded(whole)) ? null : item;
    }

    private static string? Absent(CatalogObject item) => item.Kind switch
    {
        "index" => $"pg_catalog.to_regclass({SqlText.Literal(item.Identity)}) IS NULL",
        "constraint" or "check" or "foreign key" or "not null" => None("pg_constraint", "'CONSTRAINT %I ON %s', x.conname, x.conrelid", item),
        "trigger" => None("pg_trigger", "'TRIGGER %I ON %s', x.tgname, x.tgrelid", item),
        "rule" => None("pg_rewrite", "'RULE %I ON %s', x.rulename, x.ev_class", item),
        "policy" => None("pg_policy", "'POLICY %I ON %s', x.polname, x.polrelid", item),
        _ => null,
    };

    private static string None(string catalogue, string spec, CatalogObject item) =>
        $"NOT EXISTS (SELECT FROM pg_catalog.{catalogue} x WHERE pg_catalog.format({spec}::pg_catalog.regclass) = {SqlText.Literal(item.Spec!)})";

    // Only the statement that creates is guarded: what follows it (a trigger's state, a column's statistics target) says the same again where it holds already.
    private static string Guard(string definition, string absent)
    {
        int end = definition.IndexOf(";\nALTER ", StringComparison.Ordinal);
        (string create, string rest) = end < 0 ? (definition, "") : (definition[..(end + 1)], definition[(end + 1)..]);
        string body = $"BEGIN\n  IF {absent} THEN\n    {create}\n  END IF;\nEND";
        string quote = "$safedb$";
        while (body.Contains(quote, StringComparison.Ordinal))
            quote = quote[..^1] + "_$";
        return $"DO {quote}{body}{quote};{rest}";
    }
}
