namespace SafeDb.PostgreSql.Schema;

/// <summary>Where a row of a catalogue is: the catalogue's oid, the row's oid, and a column number or 0. The key of <c>pg_depend</c> and <c>pg_description</c>.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct ObjectAddress(uint Class, uint Id, int SubId = 0)
{
    /// <summary>The same object without a column.</summary>
    public ObjectAddress Whole => this with { SubId = 0 };

    /// <inheritdoc/>
    public override string ToString() => SubId == 0 ? $"{Class}:{Id}" : $"{Class}:{Id}.{SubId}";

    /// <summary>Reads <c>class:id</c>, the form in which queries name further dependencies.</summary>
    public static ObjectAddress Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return new ObjectAddress(
            uint.Parse(text.AsSpan(0, colon), System.Globalization.CultureInfo.InvariantCulture),
            uint.Parse(text.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture));
    }
}

/// <summary>Oids of the system catalogues: fixed by PostgreSQL's source, the same in every version and database.</summary>
internal static class CatalogClass
{
    public const uint DefaultAcl = 826;
    public const uint Type = 1247;
    public const uint Procedure = 1255;
    public const uint Relation = 1259;
    public const uint ForeignServer = 1417;
    public const uint UserMapping = 1418;
    public const uint ForeignDataWrapper = 2328;
    public const uint AccessMethod = 2601;
    public const uint OperatorOfFamily = 2602;
    public const uint FunctionOfFamily = 2603;
    public const uint AttributeDefault = 2604;
    public const uint Cast = 2605;
    public const uint Constraint = 2606;
    public const uint Conversion = 2607;
    public const uint Inherits = 2611;
    public const uint Language = 2612;
    public const uint LargeObject = 2613;
    public const uint Namespace = 2615;
    public const uint OperatorClass = 2616;
    public const uint Operator = 2617;
    public const uint Rewrite = 2618;
    public const uint Trigger = 2620;
    public const uint OperatorFamily = 2753;
    public const uint Extension = 3079;
    public const uint Policy = 3256;
    public const uint ExtendedStatistics = 3381;
    public const uint Collation = 3456;
    public const uint EventTrigger = 3466;
    public const uint EnumLabel = 3501;
    public const uint Transform = 3576;
    public const uint TextSearchDictionary = 3600;
    public const uint TextSearchParser = 3601;
    public const uint TextSearchConfiguration = 3602;
    public const uint TextSearchTemplate = 3764;
    public const uint Subscription = 6100;
    public const uint Publication = 6104;
    public const uint PublicationRelation = 6106;
    public const uint PublicationNamespace = 6237;

    // Parts of objects that have no row of their own but a statement of their own. No catalogue has such a small oid.
    public const uint ShellType = 1;
    public const uint DomainDefault = 2;
    public const uint SequenceOwnership = 3;
    public const uint RowSecurity = 4;
    public const uint ReplicaIdentity = 5;
    public const uint ClusterMark = 6;
    public const uint Tablespace = 7;
    public const uint DroppedDefault = 8;
    public const uint Absence = 9;
    public const uint InheritedTriggerState = 10;
    public const uint MemberOptions = 11;
}
