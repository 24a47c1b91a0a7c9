using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace SafeDb.Stores;

/// <summary>Archives in a folder of the file system.</summary>
public sealed class FolderStore : IArchiveStore
{
    private const string TemporaryExtension = ".safedb-partial";
    private static readonly TimeSpan StaleAfter = TimeSpan.FromHours(1);

    private readonly string _folder;
    private readonly TimeProvider _clock;

    /// <summary>A store in a folder. The folder is created by the first write when the folder above it exists.</summary>
    public FolderStore(string folder, TimeProvider? clock = null)
    {
        _folder = Path.GetFullPath(folder);
        _clock = clock ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public string Display => _folder;

    /// <inheritdoc/>
    public Task<IArchiveUpload> CreateAsync(string name, CancellationToken cancellationToken)
    {
        StoreNames.Require(name);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            EnsureFolder();
            RemoveStale();
            if (Path.Exists(Path.Combine(_folder, name))) throw StoreErrors.AlreadyExists.Exception(Path.Combine(_folder, name));
            return Task.FromResult<IArchiveUpload>(new FolderUpload(_folder, name, TemporaryPath(name)));
        }
        catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
        {
            throw FolderFailures.Writing(failure, Path.Combine(_folder, name));
        }
    }

    /// <inheritdoc/>
    public Task CheckPlaceAsync(string name, CancellationToken cancellationToken)
    {
        StoreNames.Require(name);
        cancellationToken.ThrowIfCancellationRequested();
        CheckFolder();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<IArchiveFile> OpenAsync(string name, CancellationToken cancellationToken)
    {
        StoreNames.Require(name);
        string path = Path.Combine(_folder, name);
        try
        {
            SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.Asynchronous);
            try
            {
                string tag = await TagAsync(new FileInfo(path), cancellationToken).ConfigureAwait(false);
                return new FolderFile(handle, path, tag);
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
        catch (UnauthorizedAccessException failure) when (Directory.Exists(path))
        {
            throw StoreErrors.NotFound.Caused(failure, path);
        }
        catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
        {
            throw FolderFailures.Reading(failure, path);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (FileInfo file in Files())
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoredFile? stored = await DescribeAsync(file, cancellationToken).ConfigureAwait(false);
            if (stored is not null) yield return stored;
        }
    }

    /// <inheritdoc/>
    public async Task WriteSidecarAsync(string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken)
    {
        StoreNames.Require(name);
        string path = Path.Combine(_folder, name);
        string temporary = TemporaryPath(name);
        try
        {
            await WriteDurablyAsync(temporary, content, cancellationToken).ConfigureAwait(false);
            if (expectedTag is null)
            {
                if (Path.Exists(path)) throw StoreErrors.AlreadyExists.Exception(path);
                DurableFiles.MoveToFreeName(temporary, path);
            }
            else
            {
                await ReplaceAsync(path, temporary, expectedTag, cancellationToken).ConfigureAwait(false);
            }

            DurableFiles.SyncFolder(_folder);
        }
        catch (IOException failure) when (expectedTag is null && File.Exists(temporary) && File.Exists(path))
        {
            throw StoreErrors.AlreadyExists.Caused(failure, path);
        }
        catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
        {
            throw FolderFailures.Writing(failure, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        StoreNames.Require(name);
        cancellationToken.ThrowIfCancellationRequested();
        string path = Path.Combine(_folder, name);
        try
        {
            // Fails while somebody reads it. The archive goes first: what a crash leaves are sidecars without an archive, which say nothing untrue.
            FileShare share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
            using (File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, share)) File.Delete(path);
            foreach (FileInfo file in Files().Where(file => StoreNames.IsSidecar(name, file.Name))) file.Delete();
            DurableFiles.SyncFolder(_folder);
            return Task.CompletedTask;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw StoreErrors.NotFound.Caused(failure, path);
        }
        catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
        {
            throw FolderFailures.Writing(failure, path);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> RemoveRemainsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<string>>(Directory.Exists(_folder) ? RemoveStale() : []);
    }

    private static async Task<string> TagAsync(FileInfo file, CancellationToken cancellationToken)
    {
        if (!file.Name.EndsWith(".json", StringComparison.Ordinal))
            return string.Create(CultureInfo.InvariantCulture, $"{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}");
        // Sidecars are small and replaced within one tick of the clock: their content is the tag.
        return Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false)));
    }

    private static async Task WriteDurablyAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        FileStream file = FolderUpload.OpenNew(path, bufferBytes: 0);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(content, cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>
    /// Compares and replaces while holding the old file exclusively: a second writer either does not get hold of it, or holds a file that is no longer the one under the name and sees another tag.
    /// Windows cannot replace a file that is held, so there the hold ends just before.
    /// </summary>
    private static async Task ReplaceAsync(string path, string temporary, string expectedTag, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw StoreErrors.AlreadyExists.Exception(path);
        using SafeFileHandle hold = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        byte[] current = new byte[RandomAccess.GetLength(hold)];
        await RandomAccess.ReadAsync(hold, current, 0, cancellationToken).ConfigureAwait(false);
        byte[] named = OperatingSystem.IsWindows() ? current : DurableFiles.ReadHeld(path);
        bool same = Convert.ToHexString(SHA256.HashData(current)) == expectedTag && named.AsSpan().SequenceEqual(current);
        if (!same) throw StoreErrors.AlreadyExists.Exception(path);
        if (OperatingSystem.IsWindows()) hold.Dispose();
        else File.SetUnixFileMode(temporary, File.GetUnixFileMode(path)); // somebody may have given it to a group since
        File.Move(temporary, path, overwrite: true);
    }

    private static async Task<StoredFile?> DescribeAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            return new StoredFile(file.Name, file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero), await TagAsync(file, cancellationToken).ConfigureAwait(false));
        }
        catch (FileNotFoundException)
        {
            return null; // removed since the folder was read
        }
        catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
        {
            throw FolderFailures.Reading(failure, file.FullName);
        }
    }

    private FileInfo[] Files()
    {
        if (File.Exists(_folder)) throw FolderErrors.NotAFolder.Exception(_folder);
        try
        {
            return
            [
                .. new DirectoryInfo(_folder).EnumerateFiles()
                    .Where(file => !file.Name.EndsWith(TemporaryExtension, StringComparison.Ordinal))
                    .OrderBy(file => file.Name, StringComparer.Ordinal),
            ];
        }
        catch (DirectoryNotFoundException failure)
        {
            throw FolderErrors.Missing.Caused(failure, _folder);
        }
        catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
        {
            throw FolderFailures.Reading(failure, _folder);
        }
    }

    /// <summary>Creates the last folder only: a missing parent is more likely a drive that is not mounted.</summary>
    private void EnsureFolder()
    {
        if (CheckFolder() is not { } parent) return;
        Directory.CreateDirectory(_folder);
        DurableFiles.SyncFolder(parent);
    }

    /// <summary>The folder above, in which the folder has to be created; null when it is there.</summary>
    private string? CheckFolder()
    {
        if (Directory.Exists(_folder)) return null;
        if (File.Exists(_folder)) throw FolderErrors.NotAFolder.Exception(_folder);
        string? parent = Path.GetDirectoryName(_folder);
        return parent is not null && Directory.Exists(parent) ? parent : throw FolderErrors.Missing.Exception(_folder);
    }

    private string TemporaryPath(string name) => Path.Combine(_folder, "." + name + "." + Convert.ToHexString(RandomNumberGenerator.GetBytes(6)) + TemporaryExtension);

    /// <summary>Removes what interrupted runs left. A file that is being written is held by its writer, and, for shares that know no holding, was written to lately.</summary>
    private List<string> RemoveStale()
    {
        var removed = new List<string>();
        DateTime limit = (_clock.GetUtcNow() - StaleAfter).UtcDateTime;
        foreach (FileInfo file in new DirectoryInfo(_folder).EnumerateFiles("*" + TemporaryExtension))
        {
            try
            {
                if (file.LastWriteTimeUtc > limit) continue;
                using (new FileStream(file.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }

                file.Delete();
                removed.Add(file.Name);
            }
            catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
            {
                // Held by its writer, or not ours to remove: it stays invisible either way, and must not stop a backup.
            }
        }

        return removed;
    }
}
