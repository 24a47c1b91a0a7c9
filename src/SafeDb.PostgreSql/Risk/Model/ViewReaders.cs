namespace SafeDb.PostgreSql.Risk.Model;

/// <summary>Which views read a relation. Asked for nearly every statement of a folder, so it is kept by relation.</summary>
internal sealed class ViewReaders
{
    private readonly Dictionary<string, List<PgTable>> _byRelation = new(StringComparer.Ordinal);

    /// <summary>The views that read a relation.</summary>
    public IReadOnlyList<PgTable> Of(string key) => _byRelation.TryGetValue(key, out List<PgTable>? views) ? views : [];

    /// <summary>What a view reads from now on.</summary>
    public void Note(PgTable view, IReadOnlyList<string> reads)
    {
        Forget(view);
        view.Reads = reads;
        foreach (string key in reads.Distinct(StringComparer.Ordinal))
        {
            Add(key, view);
        }
    }

    /// <summary>Forgets a view.</summary>
    public void Forget(PgTable view)
    {
        foreach (string key in view.Reads.Where(_byRelation.ContainsKey))
        {
            _byRelation[key].Remove(view);
        }
    }

    /// <summary>A relation has another name.</summary>
    public void Rename(string old, string key)
    {
        if (!_byRelation.Remove(old, out List<PgTable>? views))
        {
            return;
        }

        foreach (PgTable view in views)
        {
            view.Reads = [.. view.Reads.Select(read => read == old ? key : read)];
            Add(key, view);
        }
    }

    private void Add(string key, PgTable view)
    {
        if (!_byRelation.TryGetValue(key, out List<PgTable>? views))
        {
            _byRelation.Add(key, views = []);
        }

        views.Add(view);
    }
}
