using SafeDb.Archive;
using SafeDb.Providers;

namespace SafeDb.Restore;

/// <summary>The plain bytes of several parts one after another. Each is opened when the one before has been read to its end.</summary>
/// <param name="archive">The archive.</param>
/// <param name="parts">The parts.</param>
/// <param name="completed">Told of each part when it has been read.</param>
internal sealed class UnitStream(IArchivedData archive, IReadOnlyList<ManifestPart> parts, Action<ManifestPart> completed) : ForwardReadStream
{
    private Stream? _current;
    private int _next;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_current is not null || _next < parts.Count)
        {
            _current ??= await archive.OpenPartAsync(parts[_next++], cancellationToken).ConfigureAwait(false);
            int read = await _current.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read > 0)
            {
                return read;
            }

            await _current.DisposeAsync().ConfigureAwait(false);
            _current = null;
            completed(parts[_next - 1]);
        }

        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current?.Dispose();
            _current = null;
        }

        base.Dispose(disposing);
    }
}
