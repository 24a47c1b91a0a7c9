using System.Diagnostics.CodeAnalysis;

namespace SafeDb.Stores;

/// <summary>An archive being written to a folder: a hidden temporary file beside its final place, flushed, then renamed without overwriting.</summary>
internal sealed class FolderUpload : IArchiveUpload
{
    private const int BufferBytes = 1 << 16;

    private readonly string _temporary;
    private readonly string _folder;
    private readonly string _final;
    private readonly FileStream _file;
    private bool _closed;

    internal FolderUpload(string folder, string name, string temporary)
    {
        _folder = folder;
        _final = Path.Combine(folder, name);
        _temporary = temporary;
        _file = OpenNew(temporary, BufferBytes);
        Stream = new TranslatingStream(_file, _final);
    }

    /// <inheritdoc/>
    public Stream Stream { get; }

    /// <summary>Opens a new file of a folder of archives: for its owner alone, archives and evidence alike.</summary>
    internal static FileStream OpenNew(string path, int bufferBytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = bufferBytes };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <inheritdoc/>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            _file.Flush(flushToDisk: true);
            // Renamed while still open, so that no other store takes it for a stale one; Windows cannot rename an open file.
            if (OperatingSystem.IsWindows()) await _file.DisposeAsync().ConfigureAwait(false);
            DurableFiles.MoveToFreeName(_temporary, _final);
            _closed = true;
            await _file.DisposeAsync().ConfigureAwait(false);
            DurableFiles.SyncFolder(_folder);
        }
        catch (IOException failure) when (!_closed && File.Exists(_final))
        {
            throw StoreErrors.AlreadyExists.Caused(failure, _final);
        }
        catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
        {
            throw FolderFailures.Writing(failure, _final);
        }
    }

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A full disk makes the last flush fail; the file is thrown away anyway.")]
    public async ValueTask DisposeAsync()
    {
        if (_closed) return;
        _closed = true;
        try
        {
            await _file.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
        {
            // The bytes that could not be flushed belong to a file that is removed next.
        }

        try
        {
            File.Delete(_temporary);
        }
        catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
        {
            // It is invisible, and the next upload removes it as stale. The error that led here is the one to report.
        }
    }

    /// <summary>Passes writes on and gives failures their ids.</summary>
    private sealed class TranslatingStream(FileStream file, string path) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await file.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
            {
                throw FolderFailures.Writing(failure, path);
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count)
        {
            try
            {
                file.Write(buffer, offset, count);
            }
            catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
            {
                throw FolderFailures.Writing(failure, path);
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
