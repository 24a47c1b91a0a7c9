namespace SafeDb.Archive.Sealing;

/// <summary>Turns an entry's compressed bytes into its stored bytes.</summary>
internal interface IEntrySealer : IDisposable
{
    /// <summary>Takes more bytes.</summary>
    void Write(ReadOnlySpan<byte> data);

    /// <summary>Ends the entry. Nothing may be written after it.</summary>
    void Complete();
}
