using SafeDb.Archive;
using SafeDb.Fingerprints;
using SafeDb.PostgreSql;
using SafeDb.Providers;
using SafeDb.Restore;
using SafeDb.Schema;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>Restores an archive through the port and compares it as the drill does.</summary>
public static class Drill
{
    /// <summary>Restores up to the end of <see cref="IRestoreTarget.FinishAsync"/>.</summary>
    public static async Task<IRestoreTarget> RestoreAsync(MemoryArchive archive, RestoreRequest request, CancellationToken cancellationToken = default)
    {
        IRestoreTarget target = await new PostgreSqlProvider().OpenRestoreTargetAsync(request, archive.Manifest, cancellationToken);
        try
        {
            await target.PrepareAsync(cancellationToken);
            await new PartLoader(archive, target, request.Jobs, request.Observer, "Restore").RunAsync(request.SchemaOnly ? [] : archive.Manifest.Parts, cancellationToken);
            await target.FinishAsync(cancellationToken);
            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    public static RestoreRequest Scratch(TestDatabase near) =>
        new(new PostgreSqlProvider().TryParse(near.Address)!, RestoreMode.Scratch) { Jobs = 2 };

    public static RestoreRequest Into(TestDatabase near, string database, RestoreMode mode) =>
        new(new PostgreSqlProvider().TryParse(near.Address.Replace("/" + near.Name, "/" + database, StringComparison.Ordinal))!, mode) { Jobs = 2 };

    /// <summary>Asserts that a restored copy holds what the manifest says.</summary>
    public static async Task AssertEqualAsync(ArchiveManifest manifest, IRestoreTarget target)
    {
        RestoredContent content = await target.ReadContentAsync(new RestoredContentRequest(null, 2), default);
        Assert.Empty(SchemaComparer.Compare(manifest.ToSchema(), content.Schema));
        foreach (ManifestTable table in manifest.Tables.Where(table => table.Fingerprint is not null))
        {
            Assert.Equal((table.Name, table.Fingerprint), (table.Name, content.Fingerprints.GetValueOrDefault(table.Name)));
        }

        Assert.Equal(manifest.State.OrderBy(item => item.Key, StringComparer.Ordinal), content.State.OrderBy(item => item.Key, StringComparer.Ordinal));
    }
}
