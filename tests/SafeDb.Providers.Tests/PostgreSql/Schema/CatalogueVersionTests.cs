using System.Text.RegularExpressions;

using SafeDb.PostgreSql.Schema;
using SafeDb.PostgreSql.Schema.Facts;
using SafeDb.PostgreSql.Schema.Kinds;
using SafeDb.PostgreSql.Schema.Ordering;
using SafeDb.PostgreSql.Schema.Parts;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Schema;

/// <summary>
/// What a catalogue query may name on which version, from the chapter "System Catalogs" of each version's documentation: one server runs here, the others' names are held by this list.
/// </summary>
public sealed class CatalogueVersionTests
{
    private const int Oldest = 12;
    private const int Newest = 18;

    // Name, first version that has it, last one that has it.
    private static readonly (string Name, int From, int To)[] Names =
    [
        ("tgparentid", 13, Newest), ("pubviaroot", 13, Newest), ("stxstattarget", 13, Newest),
        ("attcompression", 14, Newest), ("subbinary", 14, Newest), ("substream", 14, Newest), ("typsubscript", 14, Newest), ("rngmultitypid", 14, Newest), ("prosqlbody", 14, Newest),
        ("prqual", 15, Newest), ("prattrs", 15, Newest), ("pg_publication_namespace", 15, Newest), ("subtwophasestate", 15, Newest), ("subdisableonerr", 15, Newest),
        ("datlocprovider", 15, Newest), ("datcollversion", 15, Newest), ("daticulocale", 15, 16), ("colliculocale", 15, 16),
        ("daticurules", 16, Newest), ("collicurules", 16, Newest), ("subpasswordrequired", 16, Newest), ("subrunasowner", 16, Newest), ("suborigin", 16, Newest),
        ("datlocale", 17, Newest), ("colllocale", 17, Newest), ("subfailover", 17, Newest),
        ("pubgencols", 18, Newest), ("conperiod", 18, Newest),
    ];

    public static TheoryData<int> Versions => [.. Enumerable.Range(Oldest, Newest - Oldest + 1)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Queries_name_what_the_version_has_and_nothing_else(int major)
    {
        string all = string.Join('\n', Queries(major * 10000));
        foreach ((string name, int from, int to) in Names)
            Assert.True((major >= from && major <= to) == Regex.IsMatch(all, $@"\b{name}\b"), $"{name} on {major}");
    }

    private static IEnumerable<string> Queries(int version)
    {
        IEnumerable<KindQuery> kinds =
        [
            .. NamespaceKinds.All(), .. TypeKinds.All(version), .. RoutineKinds.All(version), .. OperatorKinds.All(), .. LanguageKinds.All(version), .. TextSearchKinds.All(),
            .. ForeignKinds.All(secrets: true), .. SequenceKinds.All(version), .. RelationKinds.All(version), .. ViewKinds.All(), .. ConstraintKinds.All(version),
            .. TriggerKinds.All(version), .. ReplicationKinds.All(version, secrets: true, subscriptionsReadable: true),
        ];
        return kinds.Select(kind => kind.Sql)
            .Append(TableKind.Sql(version, secrets: true)).Append(ColumnCatalog.Sql(version)).Append(DatabaseProperties.Sql(version)).Append(PrivilegeParts.Sql(version)).Append(CatalogDependencies.PartsSql(version));
    }
}
