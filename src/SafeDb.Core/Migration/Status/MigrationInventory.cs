using System.Globalization;
using System.Numerics;

using SafeDb.Migration.Formats;

namespace SafeDb.Migration.Status;

/// <summary>A migration as files and history say it together.</summary>
/// <param name="Script">Its files, or null when they are gone.</param>
/// <param name="Applied">Its last record that counts, or null.</param>
/// <param name="State">Where it stands.</param>
public sealed record InventoryItem(MigrationScript? Script, AppliedMigration? Applied, MigrationState State)
{
    /// <summary>Its id.</summary>
    public string Id => Script?.Id ?? Applied!.Id;

    /// <summary>Whether it is to run.</summary>
    public bool IsPending => State is MigrationState.Pending or MigrationState.OutOfOrder or MigrationState.Interrupted;
}

/// <summary>Lays files and history side by side.</summary>
public static class MigrationInventory
{
    /// <summary>Every migration in the order of the files, what only the history knows last.</summary>
    public static IReadOnlyList<InventoryItem> Compare(IReadOnlyList<MigrationScript> scripts, IReadOnlyList<AppliedMigration> history)
    {
        Dictionary<string, AppliedMigration> recorded = LastThatCounts(history);
        MigrationScript? baseline = NeededBaseline(scripts, recorded);
        InventoryItem[] items = [.. scripts.Select(script => Judge(script, recorded, baseline))];
        int last = Array.FindLastIndex(items, item => item.State is MigrationState.Applied or MigrationState.Edited && !item.Script!.Repeatable);
        for (int i = 0; i < last; i++)
        {
            if (items[i].State == MigrationState.Pending)
            {
                items[i] = items[i] with { State = MigrationState.OutOfOrder };
            }
        }

        var known = scripts.Select(script => script.Id).ToHashSet(StringComparer.Ordinal);
        return [.. items, .. recorded.Values
            .Where(record => !known.Contains(record.Id) && !record.IsBaseline)
            .Select(record => new InventoryItem(null, record, record.State == AppliedState.Failed ? MigrationState.Failed : MigrationState.Missing))];
    }

    private static Dictionary<string, AppliedMigration> LastThatCounts(IReadOnlyList<AppliedMigration> history)
    {
        var last = new Dictionary<string, AppliedMigration>(StringComparer.Ordinal);
        foreach (AppliedMigration record in history.Where(record => record.State != AppliedState.RolledBack))
        {
            last[record.Id] = record;
        }

        return last;
    }

    private static InventoryItem Judge(MigrationScript script, Dictionary<string, AppliedMigration> recorded, MigrationScript? baseline)
    {
        if (script.Kind == MigrationKind.Baseline)
        {
            return new InventoryItem(script, null, script == baseline ? MigrationState.Pending : MigrationState.Superseded);
        }

        AppliedMigration? record = recorded.GetValueOrDefault(script.Id);
        if (record is null)
        {
            if (Covering(script, recorded) is { } covering)
            {
                return new InventoryItem(script, covering, covering.IsBaseline ? MigrationState.Superseded : MigrationState.Applied);
            }

            bool replaced = baseline is not null && !script.Repeatable && FlywayVersion.Parse(script.Id) <= FlywayVersion.Parse(baseline.Id);
            return new InventoryItem(script, null, replaced ? MigrationState.Superseded : MigrationState.Pending);
        }

        if (record.State == AppliedState.Failed)
        {
            return new InventoryItem(script, record, MigrationState.Failed);
        }

        bool same = record.Checksum is null || record.Checksum == script.Checksum || script.EquivalentChecksums.Contains(record.Checksum, StringComparer.Ordinal);
        return new InventoryItem(script, record, same ? MigrationState.Applied : script.Repeatable ? MigrationState.Pending : MigrationState.Edited);
    }

    /// <summary>The record that stands for a script without naming it: a newest version, or a baseline.</summary>
    private static AppliedMigration? Covering(MigrationScript script, Dictionary<string, AppliedMigration> recorded) => script.Repeatable
        ? null
        : recorded.Values.FirstOrDefault(record => (record.CoversEarlier && Number(script.Id) <= Number(record.Id))
            || (record.IsBaseline && FlywayVersion.Parse(script.Id) <= FlywayVersion.Parse(record.Id)));

    private static MigrationScript? NeededBaseline(IReadOnlyList<MigrationScript> scripts, Dictionary<string, AppliedMigration> recorded) =>
        recorded.Count > 0 ? null : scripts.LastOrDefault(script => script.Kind == MigrationKind.Baseline);

    private static BigInteger Number(string id) => BigInteger.Parse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
