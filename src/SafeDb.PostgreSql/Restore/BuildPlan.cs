using Npgsql;

using SafeDb.Archive;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Restore;

/// <summary>
/// In which order a copy is built. Before the rows: as the archive lists it. After them: all indexes, several of one table at once; then what is only a matter of the catalogue, in the
/// archive's order; then foreign keys, first without looking at rows, then validated beside each other; then privileges, materialized views' rows and what must come last.
/// </summary>
internal sealed record BuildPlan
{
    /// <summary>Before the rows, in order.</summary>
    public required IReadOnlyList<BuildStep> Before { get; init; }

    /// <summary>Indexes, in any order.</summary>
    public required IReadOnlyList<BuildStep> Indexes { get; init; }

    /// <summary>After the indexes, in order.</summary>
    public required IReadOnlyList<BuildStep> After { get; init; }

    /// <summary>Foreign keys, in order.</summary>
    public required IReadOnlyList<BuildStep> ForeignKeys { get; init; }

    /// <summary>Their validation by table: in any order, but one at a time for each table.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<BuildStep>> Validations { get; init; }

    /// <summary>When all rows are there but those of materialized views, in order: privileges among others, by which owners of such views may read.</summary>
    public required IReadOnlyList<BuildStep> Privileges { get; init; }

    /// <summary>At the very end, in order: event triggers, which would fire while other things are made.</summary>
    public required IReadOnlyList<BuildStep> Last { get; init; }

    /// <summary>Keys of foreign keys left unvalidated because rows that they refer to are not restored.</summary>
    public required IReadOnlySet<string> Unvalidated { get; init; }
}

/// <summary>Makes a <see cref="BuildPlan"/> of a manifest.</summary>
/// <param name="manifest">The manifest.</param>
/// <param name="choice">What of it is restored.</param>
/// <param name="serverMajor">Major version of the target.</param>
internal sealed class BuildPlanner(ArchiveManifest manifest, RestoreChoice choice, int serverMajor)
{
    // A sort that stays within the processor's cache and merges is a quarter cheaper than one of everything at once.
    private const string SortMemory = "64MB";
    private const string EventTrigger = "event trigger";

    private readonly Dictionary<string, SchemaObject> _objects = manifest.SchemaObjects.GroupBy(item => item.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
    private readonly Dictionary<string, long> _bytes = manifest.Tables.ToDictionary(table => table.Name, table => table.Fingerprint?.Bytes ?? 0, StringComparer.Ordinal);
    private readonly List<BuildStep> _indexes = [];
    private readonly List<BuildStep> _after = [];
    private readonly List<BuildStep> _foreignKeys = [];
    private readonly List<(string Table, BuildStep Step)> _validations = [];
    private readonly HashSet<string> _unvalidated = new(StringComparer.Ordinal);

    public BuildPlan Plan()
    {
        SchemaObject[] wanted = [.. manifest.SchemaObjects.Where(choice.Wants)];
        SchemaObject[] final = [.. wanted.Where(item => item.Section == SchemaSection.Final)];
        foreach (SchemaObject item in wanted.Where(item => item.Section == SchemaSection.PostData))
        {
            Place(item);
        }

        return new BuildPlan
        {
            Before = [.. wanted.Where(item => item.Section == SchemaSection.PreData).Select(Step)],
            Indexes = _indexes,
            After = _after,
            ForeignKeys = _foreignKeys,
            Validations = _validations.GroupBy(item => item.Table, item => item.Step, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => (IReadOnlyList<BuildStep>)[.. group], StringComparer.Ordinal),
            Privileges = [.. final.TakeWhile(item => item.Kind != EventTrigger).Select(Step)],
            Last = [.. final.SkipWhile(item => item.Kind != EventTrigger).Select(Step)],
            Unvalidated = _unvalidated,
        };
    }

    private static BuildStep Step(SchemaObject item) => new(item.Key, item.Kind == SubscriptionText.Kind ? SubscriptionText.WithoutSlot(item.Definition) : item.Definition, 0);

    private void Place(SchemaObject item)
    {
        if (ConstraintText.ForeignKey(item.Definition) is { } foreignKey)
        {
            PlaceForeignKey(item, foreignKey);
        }
        else if (IsIndexOfRows(item))
        {
            string memory = item.Definition.Contains(" USING btree ", StringComparison.Ordinal) ? $"SELECT pg_catalog.set_config('maintenance_work_mem', '{SortMemory}', true);\n" : "";
            _indexes.Add(new BuildStep(item.Key, memory + item.Definition, WeightOf(item)));
        }
        else
        {
            _after.Add(Step(item));
        }
    }

    // An index that needs something which itself comes after the rows keeps its place in the order.
    private bool IsIndexOfRows(SchemaObject item) =>
        (item.Definition.StartsWith("CREATE INDEX ", StringComparison.Ordinal) || item.Definition.StartsWith("CREATE UNIQUE INDEX ", StringComparison.Ordinal))
        && !IsOfPartitioned(item)
        && item.DependsOn.All(key => !_objects.TryGetValue(key, out SchemaObject? needed) || needed.Section == SchemaSection.PreData);

    private bool IsOfPartitioned(SchemaObject item) =>
        item.Definition.Contains(" ON ONLY ", StringComparison.Ordinal) || (ParentOf(item) is { } parent && parent.Definition.Contains("PARTITION BY", StringComparison.Ordinal));

    private SchemaObject? ParentOf(SchemaObject item) => item.Parent is { } key && _objects.TryGetValue(key, out SchemaObject? parent) ? parent : null;

    private long WeightOf(SchemaObject item) => ParentOf(item) is { } parent && _bytes.TryGetValue(parent.Identity, out long bytes) ? bytes : 0;

    private void PlaceForeignKey(SchemaObject item, ForeignKeyText foreignKey)
    {
        bool rowsMissing = choice.HasRows(foreignKey.Table) && !choice.HasAllRows(foreignKey.Referenced);

        // Before 18 a partitioned table takes no foreign key that is not validated: with rows whose referenced ones are not restored it goes without.
        if (IsOfPartitioned(item) && serverMajor < 18)
        {
            _foreignKeys.Add(new BuildStep(item.Key, foreignKey.AddValidated, 0) { GoesWithoutOn = rowsMissing ? PostgresErrorCodes.ForeignKeyViolation : null });
            return;
        }

        if (rowsMissing && foreignKey.Validated)
        {
            _unvalidated.Add(item.Key);
        }

        _foreignKeys.Add(new BuildStep(item.Key, foreignKey.Add, 0));
        if (foreignKey.Validated && !rowsMissing)
        {
            _validations.Add((foreignKey.Table, new BuildStep(item.Key, foreignKey.Validate, WeightOf(item))));
        }
    }
}
