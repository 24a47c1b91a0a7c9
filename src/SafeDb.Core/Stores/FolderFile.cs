using Microsoft.Win32.SafeHandles;

namespace SafeDb.Stores;

/// <summary>A file of a folder, opened for reading ranges. While it is open others may read it, but not remove it through a store.</summary>
internal sealed class FolderFile : IArchiveFile
{
    private readonly SafeFileHandle _handle;
    private readonly string _path;

    internal FolderFile(SafeFileHandle handle, string path, string tag)
    {
        _handle = handle;
        _path = path;
        Length = RandomAccess.GetLength(handle);
        Tag = tag;
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public string Tag { get; }

    /// <inheritdoc/>
    public async Task ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                int read = await RandomAccess.ReadAsync(_handle, buffer, offset, cancellationToken).ConfigureAwait(false);
                if (read == 0) throw StoreErrors.Truncated.Exception(_path);
                buffer = buffer[read..];
                offset += read;
            }
        }
        catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
        {
            throw FolderFailures.Reading(failure, _path);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _handle.Dispose();
        return ValueTask.CompletedTask;
    }
}
