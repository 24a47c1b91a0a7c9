using SafeDb.Schema;

using SafeDb.PostgreSql.Schema.Ordering;

namespace SafeDb.PostgreSql.Schema.Parts;

/// <summary>Comments and security labels.</summary>
internal static class CommentParts
{
    // How things are named that are no objects of their own: columns, indexes of constraints, constraints that came from a parent.
    private const string Spec = """
        CASE WHEN d.objsubid = 0 AND EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')
               THEN (SELECT upper(i.type) || ' ' || i.identity FROM pg_identify_object(d.classoid, d.objoid, d.objsubid) i)
             WHEN d.classoid = 'pg_class'::regclass AND d.objsubid > 0 THEN (SELECT format('COLUMN %s.%I', d.objoid::regclass, a.attname) FROM pg_attribute a WHERE a.attrelid = d.objoid AND a.attnum = d.objsubid)
             WHEN d.classoid = 'pg_class'::regclass THEN (SELECT format('INDEX %s', c.oid::regclass) FROM pg_class c WHERE c.oid = d.objoid AND c.relkind IN ('i', 'I'))
             WHEN d.classoid = 'pg_constraint'::regclass THEN (SELECT format('CONSTRAINT %I ON %s', k.conname, k.conrelid::regclass) FROM pg_constraint k WHERE k.oid = d.objoid AND k.conrelid <> 0)
             WHEN d.classoid = 'pg_trigger'::regclass THEN (SELECT format('TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass) FROM pg_trigger t WHERE t.oid = d.objoid)
             WHEN d.classoid = 'pg_rewrite'::regclass THEN (SELECT format('RULE %I ON %s', r.rulename, r.ev_class::regclass) FROM pg_rewrite r WHERE r.oid = d.objoid)
             WHEN d.objoid < 16384 THEN (SELECT upper(i.type) || ' ' || i.identity FROM pg_identify_object(d.classoid, d.objoid, d.objsubid) i) END
        """;

    // On an extension's own objects only what the extension itself did not write is a user's.
    private const string ByExtension = $"d.xmin::text IN (SELECT x FROM {ExtensionAdditions.Transactions} made)";

    // initdb writes its comments in a few transactions of hundreds of rows each; what stands apart from those was written by a user, or is of text search, where each has a transaction of its own.
    // Of what has a comment in every new database it must be said when a user took that away.
    private const string CommentSql = $"""
        WITH initial AS (SELECT xmin::text AS x FROM pg_description WHERE objoid < 16384 GROUP BY xmin::text HAVING count(*) > 100)
        SELECT d.classoid, d.objoid, d.objsubid, {Spec}, d.description, {ByExtension} FROM pg_description d
        WHERE d.classoid NOT IN ('pg_largeobject'::regclass, 'pg_extension'::regclass) AND NOT (d.classoid = 'pg_namespace'::regclass AND d.objoid = 2200)
          AND (d.objoid >= 16384 OR (d.xmin::text NOT IN (SELECT x FROM initial)
               AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')))
        UNION ALL SELECT t.class, t.id, 0, (SELECT upper(i.type) || ' ' || i.identity FROM pg_identify_object(t.class, t.id, 0) i), NULL, false
        FROM (SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config UNION ALL SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict UNION ALL SELECT 'pg_ts_template'::regclass, oid FROM pg_ts_template) t(class, id)
        WHERE t.id < 16384 AND NOT EXISTS (SELECT FROM pg_description d WHERE d.classoid = t.class AND d.objoid = t.id)
          AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = t.class AND e.objid = t.id AND e.deptype = 'e')
        UNION ALL SELECT 'pg_extension'::regclass, e.oid, 0, format('EXTENSION %I', e.extname), obj_description(e.oid, 'pg_extension'), false FROM pg_extension e
        UNION ALL SELECT 'pg_namespace'::regclass, n.oid, 0, 'SCHEMA public', obj_description(n.oid, 'pg_namespace'), false FROM pg_namespace n WHERE n.nspname = 'public'
        """;

    private const string LabelSql = $"""
        SELECT d.classoid, d.objoid, d.objsubid, {Spec}, d.provider, d.label, {ByExtension} FROM pg_seclabel d WHERE d.classoid <> 'pg_largeobject'::regclass
        """;

    /// <summary>Reads them; what cannot be named is added to <paramref name="notCovered"/>.</summary>
    public static async Task<List<CatalogObject>> ReadAsync(
        CatalogReader reader, CatalogDependencies dependencies, IReadOnlyDictionary<ObjectAddress, CatalogObject> objects, List<string> notCovered, CancellationToken cancellationToken)
    {
        List<Note> notes = await reader.QueryAsync(
            CommentSql,
            row => new Note(row.GetFieldValue<uint>(0), row.GetFieldValue<uint>(1), row.GetInt32(2), row.IsDBNull(3) ? null : row.GetString(3), "", row.IsDBNull(4) ? null : row.GetString(4), row.GetBoolean(5)),
            cancellationToken).ConfigureAwait(false);
        notes.AddRange(await reader.QueryAsync(
            LabelSql,
            row => new Note(row.GetFieldValue<uint>(0), row.GetFieldValue<uint>(1), row.GetInt32(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4), row.GetString(5), row.GetBoolean(6)),
            cancellationToken).ConfigureAwait(false));
        var parts = new List<CatalogObject>();
        foreach (Note note in notes)
        {
            var address = new ObjectAddress(note.Class, note.Id, note.SubId);
            if (note.Class != CatalogClass.Extension && IsLeftOut(note, address, dependencies))
                continue;
            CatalogObject? item = dependencies.Resolve(address, objects);
            string? spec = (item is not null && note.SubId == 0 && item.Address == address ? item.Spec : null) ?? note.Spec;
            if (spec is null)
                notCovered.Add($"a comment or label on {item?.Key ?? $"object {note.Class}:{note.Id}"}: it cannot be named in a statement");
            else
                parts.Add(note.ToObject(spec, item));
        }

        return parts;
    }

    private static bool IsLeftOut(Note note, ObjectAddress address, CatalogDependencies dependencies) =>
        dependencies.IsIgnored(address) || (note.ByExtension && dependencies.IsExcluded(address.Whole));

    private sealed record Note(uint Class, uint Id, int SubId, string? Spec, string Provider, string? Text, bool ByExtension)
    {
        public CatalogObject ToObject(string spec, CatalogObject? item)
        {
            string value = Text is null ? "NULL" : SqlText.Literal(Text);
            (string kind, string identity, string statement) = Provider.Length == 0
                ? ("comment", spec, $"COMMENT ON {spec} IS {value};")
                : ("security label", $"{SqlText.Identifier(Provider)} {spec}", $"SECURITY LABEL FOR {SqlText.Identifier(Provider)} ON {spec} IS {value};");
            // Neither kind has an address in a catalogue; the statement's own place in the list serves.
            return new CatalogObject(new ObjectAddress(0, Id, SubId), kind, identity, statement) { Section = item?.Section ?? SchemaSection.PreData, Parent = item?.Address };
        }
    }
}
