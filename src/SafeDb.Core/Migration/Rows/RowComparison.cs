using System.Globalization;

using SafeDb.Migration.History;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.Migration.Rows;

/// <summary>A table as a comparison sees it. Names are quoted.</summary>
/// <param name="Name">Qualified name.</param>
/// <param name="Display">Name for people.</param>
/// <param name="Identity">What stays the same when it is renamed, or empty.</param>
/// <param name="Columns">Its columns, generated ones left out.</param>
/// <param name="Key">Names of its key columns; empty without a key.</param>
public sealed record ComparedTable(string Name, string Display, string Identity, IReadOnlyList<ComparedColumn> Columns, IReadOnlyList<string> Key)
{
    /// <summary>Where its rows are stored, another value meaning that they were written anew or thrown away; null when the engine does not tell.</summary>
    public string? Storage { get; init; }
}

/// <summary>A column as a comparison sees it.</summary>
/// <param name="Name">Quoted name.</param>
/// <param name="Display">Name for people.</param>
/// <param name="Type">Type as the engine formats it.</param>
/// <param name="Identity">What stays the same when it is renamed, or empty.</param>
public sealed record ComparedColumn(string Name, string Display, string Type, string Identity);

/// <summary>
/// Keeps a copy of every table's rows beside them and compares by key afterwards. A dropped column whose values live on in a new one, and a renamed table, are no loss;
/// a value that became NULL, or that does not survive the way back to its old type, is.
/// </summary>
public abstract partial class RowComparison : IRowComparison
{
    /// <summary>Prefix of the kept tables' names.</summary>
    protected const string KeptPrefix = "safedb_kept_";

    /// <inheritdoc/>
    public async Task<IKeptRows> BeginAsync(IDatabaseSession copy, Func<CancellationToken, Task<IDatabaseSession>> another, CancellationToken cancellationToken) =>
        new KeptRows(this, copy, another, [.. (await TablesAsync(copy, cancellationToken).ConfigureAwait(false)).Select((table, index) => new KeptTable(table, KeptName(index + 1)))]);

    /// <inheritdoc/>
    public virtual Task<IReadOnlySet<string>?> WrittenAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.FromResult<IReadOnlySet<string>?>(null);

    /// <inheritdoc/>
    public bool IsOwn(SchemaObject item) => item.Identity.Contains(KeptPrefix, StringComparison.Ordinal);

    /// <summary>Every user table but bookkeeping and kept ones.</summary>
    protected abstract Task<IReadOnlyList<ComparedTable>> TablesAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Name of the kept table of a number.</summary>
    protected virtual string KeptName(int number) => $"{KeptPrefix}{number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>How many sessions may keep tables at once.</summary>
    protected virtual int KeepingSessions => 1;

    /// <summary>The words that make a kept table; without a log where the engine can.</summary>
    protected virtual string CreateKept => "create table";

    /// <summary>The word that keeps a query from children of a table, or nothing.</summary>
    protected virtual string Only => "";

    /// <summary>A condition that two expressions of one type differ, NULL counted as a value.</summary>
    protected abstract string Differs(string before, string after, string type);

    /// <summary>Whether the locks that a transaction holds, and what it wrote, at the end of its statements tell every table whose rows it changes.</summary>
    protected virtual Task<bool> TracesTellAsync(IDatabaseSession copy, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>A condition that the new value, taken back to the old type, is not the old value.</summary>
    protected abstract string DiffersAfterWayBack(string before, string after, string oldType);

    /// <summary>A key column as an expression that compares across a change of type.</summary>
    protected abstract string KeyText(string expression, string type, string otherType);

    private static async Task<long> CountAsync(IDatabaseSession session, string from, CancellationToken cancellationToken) =>
        Convert.ToInt64(await HistoryEngine.ScalarAsync(session, $"select count(*) from {from}", cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);

    private async Task<TableDataChange> CompareAsync(IDatabaseSession copy, ComparedTable old, string kept, ComparedTable? now, CancellationToken cancellationToken)
    {
        long before = await CountAsync(copy, kept, cancellationToken).ConfigureAwait(false);
        if (now is null)
        {
            return new TableDataChange(old.Display, before, 0) { TableGone = true, RowsGone = before };
        }

        long after = await CountAsync(copy, $"{Only}{now.Name}", cancellationToken).ConfigureAwait(false);
        (ComparedColumn Old, ComparedColumn? New)[] pairs = [.. old.Columns.Select(column => (column, Match(column, now)))];
        (ComparedColumn Old, ComparedColumn New)[] key = [.. old.Key.Select(name => pairs.FirstOrDefault(pair => pair.Old.Name == name)).Where(pair => pair.New is not null).Select(pair => (pair.Old, pair.New!))];
        if (key.Length == 0 || key.Length != old.Key.Count)
        {
            return new TableDataChange(old.Display, before, after) { RowsGone = Math.Max(0, before - after), Columns = await GoneColumnsAsync(copy, kept, pairs, cancellationToken).ConfigureAwait(false) };
        }

        string on = string.Join(" and ", key.Select(pair => $"{KeyText("o." + pair.Old.Name, pair.Old.Type, pair.New.Type)} = {KeyText("n." + pair.New.Name, pair.New.Type, pair.Old.Type)}"));
        return await new JoinedComparison(this, copy, kept, now, on).RunAsync(new TableDataChange(old.Display, before, after), pairs, cancellationToken).ConfigureAwait(false);
    }

    private static ComparedColumn? Match(ComparedColumn column, ComparedTable now) =>
        now.Columns.FirstOrDefault(other => column.Identity.Length > 0 && other.Identity == column.Identity) ?? now.Columns.FirstOrDefault(other => other.Name == column.Name);

    private static async Task<IReadOnlyList<ColumnDataChange>> GoneColumnsAsync(IDatabaseSession copy, string kept, (ComparedColumn Old, ComparedColumn? New)[] pairs, CancellationToken cancellationToken)
    {
        var gone = new List<ColumnDataChange>();
        foreach ((ComparedColumn old, ComparedColumn? current) in pairs.Where(pair => pair.New is null))
        {
            long values = await CountAsync(copy, $"{kept} as o where o.{old.Name} is not null", cancellationToken).ConfigureAwait(false);
            gone.Add(new ColumnDataChange(old.Display, values, values) { Gone = true });
        }

        return gone;
    }
}
