using System.Buffers;

using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.Stores;

namespace SafeDb.Catalogue;

/// <summary>What stands already where a copy is to go. Compared byte by byte: that costs no more than the copy would, and no checksum of either file has to be believed.</summary>
internal static class ExistingCopy
{
    private const int Chunk = 4 << 20;

    /// <summary>Whether the very file is there; false when nothing is. Another file of that name is refused.</summary>
    public static async Task<bool> IsThereAsync(IArchiveStore target, string name, IArchiveFile file, IOperationObserver observer, CancellationToken cancellationToken)
    {
        if (await OpenAsync(target, name, cancellationToken).ConfigureAwait(false) is not { } there)
        {
            return false;
        }

        await using (there.ConfigureAwait(false))
        {
            return there.Length == file.Length && await AreEqualAsync(file, there, name, observer, cancellationToken).ConfigureAwait(false)
                ? true
                : throw StoreErrors.OtherFile.Exception(name, target.Display);
        }
    }

    /// <summary>Opens a file, or gives null when it is not there.</summary>
    public static async Task<IArchiveFile?> OpenAsync(IArchiveStore store, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await store.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (SafeDbException missing) when (missing.Error.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }

    private static async Task<bool> AreEqualAsync(IArchiveFile file, IArchiveFile there, string name, IOperationObserver observer, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(2 * Chunk);
        try
        {
            for (long offset = 0; offset < file.Length;)
            {
                int count = (int)Math.Min(Chunk, file.Length - offset);
                Memory<byte> left = buffer.AsMemory(0, count);
                Memory<byte> right = buffer.AsMemory(Chunk, count);
                await Task.WhenAll(file.ReadAsync(offset, left, cancellationToken), there.ReadAsync(offset, right, cancellationToken)).ConfigureAwait(false);
                if (!left.Span.SequenceEqual(right.Span))
                {
                    return false;
                }

                offset += count;
                observer.OnProgress(new ProgressReport($"Copy {name}", "Comparing with what is there", offset, file.Length, "bytes") { Completed = offset == file.Length });
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
