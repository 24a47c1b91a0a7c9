using System.Diagnostics;

using SafeDb.Archive;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Verification;

namespace SafeDb.Restore;

/// <summary>What one pass of restoring and comparing gave.</summary>
/// <param name="Comparison">The comparison of archive and copy.</param>
/// <param name="Rows">Rows that differ.</param>
/// <param name="RecoveryTime">How long the restore took without the comparison.</param>
internal sealed record RestorePassResult(ContentComparison Comparison, IReadOnlyList<RowDifference> Rows, TimeSpan RecoveryTime);

/// <summary>The part that drill and restore share: fill the copy that stands aside, then compare it with the archive, row by row.</summary>
internal sealed class RestorePass(IArchivedData archive, IRestoreTarget target, RestoreRequest request, IReadOnlySet<string>? tables)
{
    private const int DifferencesPerTable = 100;

    public async Task<RestorePassResult> RunAsync(string activity, CancellationToken cancellationToken)
    {
        ArchiveManifest manifest = archive.Manifest;
        IOperationObserver observer = request.Observer;
        long begin = Stopwatch.GetTimestamp();
        observer.OnMessage(MessageLevel.Verbose, "Creating the copy that stands aside.");
        await target.PrepareAsync(cancellationToken).ConfigureAwait(false);

        var loader = new PartLoader(archive, target, request.Jobs, observer, activity);
        await loader.RunAsync(Wanted(manifest), cancellationToken).ConfigureAwait(false);

        observer.OnMessage(MessageLevel.Verbose, "Creating indexes, constraints and what comes after the rows.");
        await target.FinishAsync(cancellationToken).ConfigureAwait(false);
        TimeSpan recovery = Stopwatch.GetElapsedTime(begin);

        observer.OnMessage(MessageLevel.Verbose, "Comparing the copy with the archive.");
        RestoredContent content = await target.ReadContentAsync(new RestoredContentRequest(request.SchemaOnly ? Nothing : tables, request.Jobs), cancellationToken).ConfigureAwait(false);
        ContentComparison comparison = ContentComparison.Compare(manifest, content, tables, rows: !request.SchemaOnly, loader.Times);
        return new RestorePassResult(comparison, await LocateAsync(manifest, comparison, cancellationToken).ConfigureAwait(false), recovery);
    }

    private static readonly HashSet<string> Nothing = [];

    // A file image holds the schema too, so it is needed whole even when only definitions or some tables are wanted.
    private IReadOnlyList<ManifestPart> Wanted(ArchiveManifest manifest) => request.SchemaOnly
        ? [.. manifest.Parts.Where(part => part.Kind == PartKind.Image)]
        : tables is null ? manifest.Parts : [.. manifest.Parts.Where(part => part.Kind != PartKind.Rows || tables.Contains(part.Target))];

    private async Task<IReadOnlyList<RowDifference>> LocateAsync(ArchiveManifest manifest, ContentComparison comparison, CancellationToken cancellationToken)
    {
        var found = new List<RowDifference>();
        foreach (TableVerification table in comparison.Tables.Where(table => !table.Equal))
        {
            ManifestTable described = manifest.Tables.First(candidate => candidate.Name == table.Table);
            found.AddRange(await target.FindDifferencesAsync(described, archive, DifferencesPerTable, cancellationToken).ConfigureAwait(false));
        }

        return found;
    }
}
