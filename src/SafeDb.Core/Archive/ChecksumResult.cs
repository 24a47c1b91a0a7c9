namespace SafeDb.Archive;

/// <summary>What a verification of checksums read.</summary>
/// <param name="Entries">Entries of the archive.</param>
/// <param name="Bytes">Bytes of the file, all of them read.</param>
public sealed record ChecksumResult(int Entries, long Bytes);
