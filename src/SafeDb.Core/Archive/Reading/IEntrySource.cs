namespace SafeDb.Archive.Reading;

/// <summary>Gives an entry's compressed bytes piece by piece; for a sealed entry each piece was authenticated before.</summary>
internal interface IEntrySource : IDisposable
{
    /// <summary>The next piece, valid until the next call; empty at the end.</summary>
    ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken);
}
