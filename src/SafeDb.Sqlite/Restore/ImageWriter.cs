using System.Buffers;

using Microsoft.Win32.SafeHandles;

using SafeDb.Archive;
using SafeDb.Providers;
using SafeDb.Sqlite.Files;

namespace SafeDb.Sqlite.Restore;

/// <summary>Puts the parts of an image where they belong, and checks that together they are the whole file.</summary>
internal static class ImageWriter
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Writes the whole image of an archive into a scratch file.</summary>
    public static async Task ExtractAsync(ScratchFile target, IArchivedData archive, long imageBytes, CancellationToken cancellationToken)
    {
        using FileStream created = target.OpenNew();
        created.SetLength(imageBytes);
        var loaded = new List<(long Offset, long Bytes)>();
        foreach (ManifestPart part in archive.Manifest.Parts.Where(part => part.Kind == PartKind.Image))
        {
            Stream plain = await archive.OpenPartAsync(part, cancellationToken).ConfigureAwait(false);
            await using (plain.ConfigureAwait(false))
            {
                loaded.Add((part.Offset, await WriteAsync(created.SafeFileHandle, part, plain, imageBytes, cancellationToken).ConfigureAwait(false)));
            }
        }

        CheckWhole(loaded, imageBytes);
    }

    public static async Task<long> WriteAsync(SafeFileHandle file, ManifestPart part, Stream plain, long imageBytes, CancellationToken cancellationToken)
    {
        if (part.Kind != PartKind.Image) throw SqliteErrors.ImageIncomplete.Exception($"part {part.Number} is no part of an image");
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long written = 0;
            int got;
            while ((got = await plain.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (part.Offset < 0 || part.Offset + written + got > imageBytes) throw SqliteErrors.ImageIncomplete.Exception($"part {part.Number} reaches beyond the end of the file");
                await RandomAccess.WriteAsync(file, buffer.AsMemory(0, got), part.Offset + written, cancellationToken).ConfigureAwait(false);
                written += got;
            }

            return written == part.PlainBytes ? written : throw SqliteErrors.ImageIncomplete.Exception($"part {part.Number} is shorter or longer than it says");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    public static void CheckWhole(IEnumerable<(long Offset, long Bytes)> loaded, long imageBytes)
    {
        long end = 0;
        foreach ((long offset, long bytes) in loaded.OrderBy(range => range.Offset))
        {
            if (offset != end) throw SqliteErrors.ImageIncomplete.Exception($"bytes {Math.Min(end, offset)} to {Math.Max(end, offset)} are missing or there twice");
            end = offset + bytes;
        }

        if (end != imageBytes) throw SqliteErrors.ImageIncomplete.Exception($"it ends at byte {end} of {imageBytes}");
    }
}
