using SafeDb.Archive;
using SafeDb.Stores;

namespace SafeDb.Verification;

/// <summary>Writes what a verification found beside the archive, under the archive's key, so that later runs and the policy can trust it.</summary>
internal static class VerificationEvidence
{
    private const int ProblemsKept = 50;

    /// <summary>Appends the record and returns the sidecar's name; null when there is no key to write it under (a checksum pass by somebody who cannot open the archive).</summary>
    public static async Task<string?> AppendAsync(
        IArchiveStore store, string name, IArchiveFile file, ArchiveKeys? keys, BackupVerification result, DateTimeOffset time, CancellationToken cancellationToken)
    {
        using ArchiveReader reader = await ArchiveReader.OpenAsync(file, keys, cancellationToken).ConfigureAwait(false);
        if (reader.Header.IsEncrypted && keys is null or { IsEmpty: true })
        {
            return null;
        }

        await reader.ReadManifestAsync(cancellationToken).ConfigureAwait(false);
        var record = new VerificationRecord
        {
            VerifiedAt = time,
            Level = result.Level.ToString(),
            Passed = result.Passed,
            ToolVersion = SafeDbEngine.Version,
            Duration = result.RecoveryTime ?? result.Duration,
            Tables = result.TablesCompared,
            Rows = result.RowsCompared,
            Bytes = file.Length,
            Engine = reader.Manifest.Source.EngineVersionText,
            Problems = [.. Problems(result).Take(ProblemsKept)],
            LeftOut = result.LeftOut.Count == 0 ? null : [.. result.LeftOut.Take(ProblemsKept), .. result.LeftOut.Count > ProblemsKept ? [Counted.Of(result.LeftOut.Count - ProblemsKept, "more object")] : Array.Empty<string>()],
            NotCompared = result.NotCompared.Count == 0 ? null : result.NotCompared,
        };
        await VerificationLog.AppendAsync(store, name, reader, record, cancellationToken).ConfigureAwait(false);
        return name + StoreNames.VerifiedSuffix;
    }

    private static IEnumerable<string> Problems(BackupVerification result) =>
        (result.Error is { } error ? new[] { $"{error.Id}: {error.Message}" } : [])
            .Concat(result.Tables.Where(table => !table.Equal).Select(table => $"{table.Table}: {Counted.Of(table.RestoredRows, "row")} restored, {table.ExpectedRows} expected"))
            .Concat(result.RowDifferences.Select(row => $"{row.Table} {row.Key}: {row.Change}"))
            .Concat(result.SchemaDifferences.Select(difference => $"{difference.Kind} {difference.Identity}: {difference.Change}"))
            .Concat(result.StateDifferences)
            .Concat(result.IntegrityProblems);
}
