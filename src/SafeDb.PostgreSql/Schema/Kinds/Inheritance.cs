namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>
/// How a child table gets its columns. CREATE TABLE … INHERITS puts the parents' columns first. A child whose columns stand otherwise is made alone and joined to its
/// parents when all its columns are its own too; else (columns added to the parent after the child was made) no statement gives that order back, and the
/// parents' columns come first, as with pg_dump.
/// </summary>
internal sealed class Inheritance(IReadOnlyList<CatalogColumn> own, IReadOnlyList<IReadOnlyList<CatalogColumn>> parents)
{
    /// <summary>Whether the child is made alone and joined afterwards.</summary>
    public bool NeedsAttachment => parents.Count > 0 && own.All(column => column.Local) && !NaturalOrder().SequenceEqual(own.Select(column => column.Name), StringComparer.Ordinal);

    /// <summary>Columns that only the parents define but that refuse NULL here and not there.</summary>
    public IEnumerable<CatalogColumn> StricterThanParents => own.Where(column =>
        !column.Local && column.NotNullClause.Length > 0
        && !parents.Any(parent => parent.Any(other => string.Equals(other.Name, column.Name, StringComparison.Ordinal) && other.NotNull)));

    private IEnumerable<string> NaturalOrder() => parents.SelectMany(parent => parent).Concat(own).Select(column => column.Name).Distinct(StringComparer.Ordinal);
}
