namespace SafeDb.PostgreSql.Schema.Ordering;

/// <summary>One row of <c>pg_depend</c>.</summary>
internal readonly record struct CatalogDependency(ObjectAddress From, ObjectAddress To, char Type);

/// <summary>
/// What PostgreSQL knows of which row belongs to which, and of what needs what. Serves the order of creation and the proof that nothing was left out: a row of a
/// catalogue counts as covered when it is an object that was read, or a part of one.
/// </summary>
internal sealed class CatalogDependencies
{
    // Rows of these catalogues on an extension's or a temporary table go with the table.
    private static readonly HashSet<uint> GoWithTheirTable =
        [CatalogClass.Relation, CatalogClass.Type, CatalogClass.AttributeDefault, CatalogClass.Constraint, CatalogClass.Trigger, CatalogClass.Rewrite];

    private readonly ILookup<ObjectAddress, ObjectAddress> _wholes;
    private readonly HashSet<ObjectAddress> _ignored;
    private readonly Dictionary<ObjectAddress, ObjectAddress> _extensionOf;
    private readonly HashSet<ObjectAddress> _members;

    private CatalogDependencies(
        IReadOnlyList<CatalogDependency> edges, ILookup<ObjectAddress, ObjectAddress> wholes, HashSet<ObjectAddress> ignored, Dictionary<ObjectAddress, ObjectAddress> extensionOf)
    {
        _members = [.. edges.Where(edge => edge.Type == 'e').Select(edge => edge.From.Whole)];
        Edges = edges;
        _wholes = wholes;
        _ignored = ignored;
        _extensionOf = extensionOf;
    }

    /// <summary>Every row of <c>pg_depend</c> about something that a user made.</summary>
    public IReadOnlyList<CatalogDependency> Edges { get; }

    /// <summary>Reads them.</summary>
    public static async Task<CatalogDependencies> ReadAsync(CatalogReader reader, CancellationToken cancellationToken)
    {
        List<CatalogDependency> edges = await reader.QueryAsync(
            "SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype::text FROM pg_depend WHERE objid >= 16384 OR deptype = 'e'",
            row => new CatalogDependency(
                new ObjectAddress(row.GetFieldValue<uint>(0), row.GetFieldValue<uint>(1), row.GetInt32(2)),
                new ObjectAddress(row.GetFieldValue<uint>(3), row.GetFieldValue<uint>(4), row.GetInt32(5)), row.GetString(6)[0]),
            cancellationToken).ConfigureAwait(false);
        List<(ObjectAddress Part, ObjectAddress Whole)> parts = await reader.QueryAsync(
            PartsSql(reader.Version), row => (Address(row, 0), Address(row, 2)), cancellationToken).ConfigureAwait(false);
        parts.AddRange(edges.Where(edge => edge.Type is 'i' or 'I').Select(edge => (edge.From.Whole, edge.To.Whole)));
        List<ObjectAddress> temporary = await reader.QueryAsync(TemporarySql, row => Address(row, 0), cancellationToken).ConfigureAwait(false);
        var extensionOf = edges.Where(edge => edge.Type == 'e').GroupBy(edge => edge.From.Whole).ToDictionary(group => group.Key, group => group.First().To.Whole);
        HashSet<ObjectAddress> ignored = [.. temporary];
        Spread(edges, extensionOf, ignored);
        return new CatalogDependencies(edges, parts.ToLookup(part => part.Part, part => part.Whole), ignored, extensionOf);
    }

    /// <summary>Whether the row is an extension's or temporary, alone or with the table it stands on: no object is made of it.</summary>
    public bool IsExcluded(ObjectAddress address) => _ignored.Contains(address) || _extensionOf.ContainsKey(address);

    /// <summary>Whether an extension calls the row its own by name; what merely stands on an extension's table may be a user's.</summary>
    public bool IsMember(ObjectAddress address) => _members.Contains(address);

    /// <summary>Marks a row as left out on purpose.</summary>
    public void Ignore(ObjectAddress address) => _ignored.Add(address);

    /// <summary>Whether the row, or what it is part of, is ignored on purpose.</summary>
    public bool IsIgnored(ObjectAddress address) => Wholes(address.Whole).Any(_ignored.Contains);

    /// <summary>The object that the row is, or is part of; null when there is none.</summary>
    public CatalogObject? Resolve(ObjectAddress address, IReadOnlyDictionary<ObjectAddress, CatalogObject> objects) =>
        Wholes(address.Whole).Select(whole => objects.GetValueOrDefault(whole)).FirstOrDefault(found => found is not null);

    /// <summary>The row itself and all that it is part of, nearest first.</summary>
    private IEnumerable<ObjectAddress> Wholes(ObjectAddress address)
    {
        var seen = new HashSet<ObjectAddress> { address };
        var queue = new Queue<ObjectAddress>(seen);
        while (queue.TryDequeue(out ObjectAddress current))
        {
            yield return current;
            IEnumerable<ObjectAddress> next = _wholes[current];
            if (_extensionOf.TryGetValue(current, out ObjectAddress extension))
                next = next.Append(extension);
            foreach (ObjectAddress whole in next)
            {
                if (seen.Add(whole))
                    queue.Enqueue(whole);
            }
        }
    }

    /// <summary>Carries membership from tables to what stands on them, until nothing is added.</summary>
    private static void Spread(List<CatalogDependency> edges, Dictionary<ObjectAddress, ObjectAddress> extensionOf, HashSet<ObjectAddress> ignored)
    {
        ILookup<ObjectAddress, ObjectAddress> children = edges
            .Where(edge => edge.Type is 'a' or 'i' && (GoesWithItsTable(edge) || GoesWithItsFamily(edge)))
            .ToLookup(edge => edge.To.Whole, edge => edge.From.Whole);
        // An operator of the user's own that was added to an extension's family is the user's.
        HashSet<ObjectAddress> usersOwn = [.. edges.Where(edge => edge.From.Class is CatalogClass.OperatorOfFamily or CatalogClass.FunctionOfFamily
            && edge.To.Class is CatalogClass.Operator or CatalogClass.Procedure && edge.To.Id >= 16384 && !extensionOf.ContainsKey(edge.To.Whole)).Select(edge => edge.From.Whole)];
        var queue = new Queue<ObjectAddress>(extensionOf.Keys.Concat(ignored));
        while (queue.TryDequeue(out ObjectAddress parent))
        {
            foreach (ObjectAddress child in children[parent].Where(child => !usersOwn.Contains(child)))
            {
                bool added = extensionOf.TryGetValue(parent, out ObjectAddress extension) ? extensionOf.TryAdd(child, extension) : ignored.Add(child);
                if (added)
                    queue.Enqueue(child);
            }
        }
    }

    private static bool GoesWithItsTable(CatalogDependency edge) =>
        edge.To.Class is CatalogClass.Relation or CatalogClass.Type or CatalogClass.Constraint or CatalogClass.Trigger && GoWithTheirTable.Contains(edge.From.Class);

    private static bool GoesWithItsFamily(CatalogDependency edge) =>
        edge.To.Class is CatalogClass.OperatorFamily or CatalogClass.OperatorClass && edge.From.Class is CatalogClass.OperatorOfFamily or CatalogClass.FunctionOfFamily;

    private static ObjectAddress Address(Npgsql.NpgsqlDataReader row, int column) => new(row.GetFieldValue<uint>(column), row.GetFieldValue<uint>(column + 1));

    private const string TemporarySql = """
        WITH temporary AS (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_')
        SELECT 2615::oid, oid FROM temporary
        UNION ALL SELECT 1259, oid FROM pg_class WHERE relnamespace IN (SELECT oid FROM temporary)
        UNION ALL SELECT 1247, oid FROM pg_type WHERE typnamespace IN (SELECT oid FROM temporary)
        UNION ALL SELECT 1255, oid FROM pg_proc WHERE pronamespace IN (SELECT oid FROM temporary)
        """;

    /// <summary>Parts that <c>pg_depend</c> does not call internal.</summary>
    internal static string PartsSql(int version) => $"""
        SELECT 3501::oid, oid, 1247::oid, enumtypid FROM pg_enum WHERE oid >= 16384
        UNION ALL SELECT 2604, f.oid, 1259, f.adrelid FROM pg_attrdef f JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum WHERE a.attgenerated <> ''
        UNION ALL SELECT 1259, i.indexrelid, 1259, i.indrelid FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid WHERE t.relkind = 't' AND t.oid >= 16384
        UNION ALL SELECT 2606, oid, 2606, conparentid FROM pg_constraint WHERE conparentid <> 0
        UNION ALL SELECT 2606, k.oid, 1259, k.conrelid FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.oid >= 16384
            AND ((k.contype = 'c' AND CASE WHEN c.relispartition THEN NOT k.convalidated AND k.coninhcount > 0 ELSE NOT k.conislocal END) OR (k.contype = 'n' AND (k.convalidated OR NOT k.conislocal)))
        UNION ALL SELECT 2606, oid, 1247, contypid FROM pg_constraint WHERE contypid <> 0 AND contype = 'n'
        {(version >= 130000 ? "UNION ALL SELECT 2620, oid, 2620, tgparentid FROM pg_trigger WHERE tgparentid <> 0" : "")}
        UNION ALL SELECT classid, objid, refclassid, refobjid FROM pg_depend WHERE classid IN (2602, 2603) AND refclassid = 2616
        """;
}
