namespace SafeDb.Archive;

/// <summary>One verification of an archive.</summary>
public sealed record VerificationRecord
{
    /// <summary>When it ended, in UTC.</summary>
    public required DateTimeOffset VerifiedAt { get; init; }

    /// <summary>How deep it went: <c>Checksum</c>, <c>Schema</c> or <c>Restore</c>.</summary>
    public required string Level { get; init; }

    /// <summary>Whether everything was as it should be.</summary>
    public required bool Passed { get; init; }

    /// <summary>Version of SafeDb that verified.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>How long it took: for a restore, the time to expect of a real one.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Tables compared.</summary>
    public int Tables { get; init; }

    /// <summary>Rows compared.</summary>
    public long Rows { get; init; }

    /// <summary>Bytes of the archive that were read.</summary>
    public long Bytes { get; init; }

    /// <summary>The server that the scratch copy stood on, as it calls itself, or null.</summary>
    public string? Engine { get; init; }

    /// <summary>What was wrong; empty when it passed.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Objects that the copy was made without, each with its reason; null for none, as in records of versions that did not say it. Such a record is none of a whole drill.</summary>
    public IReadOnlyList<string>? LeftOut { get; init; }

    /// <summary>What was neither restored nor compared, as asked: <c>owners</c>, <c>privileges</c>; null for nothing.</summary>
    public IReadOnlyList<string>? NotCompared { get; init; }

    /// <summary>Whether everything that the level looks at was looked at.</summary>
    public bool IsWhole => LeftOut is null or { Count: 0 };

    /// <summary>The archive's id. Filled in when the record is appended.</summary>
    public string? ArchiveId { get; init; }

    /// <summary>See <see cref="ArchiveReader.ContentId"/>. Filled in when the record is appended.</summary>
    public string? ContentId { get; init; }

    /// <summary>Authentication code of the record before. Filled in when the record is appended.</summary>
    public string? Previous { get; init; }
}

/// <summary>What a record beside an archive is worth.</summary>
public enum VerificationState
{
    /// <summary>Written by a holder of the archive's key, for this archive, in its place.</summary>
    Valid,

    /// <summary>Not written under the archive's key, altered, or written for another archive.</summary>
    Forged,

    /// <summary>Genuine, but what stood before it is not there any more.</summary>
    OutOfPlace,

    /// <summary>Beside an unencrypted archive: undamaged, but anybody may have written it.</summary>
    Unkeyed,

    /// <summary>Read without a key, so not checked.</summary>
    Unchecked,
}

/// <summary>A record beside an archive with what it is worth. Only <see cref="VerificationState.Valid"/> ones count for a policy.</summary>
/// <param name="Record">What it says.</param>
/// <param name="State">Whether to believe it.</param>
/// <param name="Mac">Its authentication code.</param>
public sealed record VerificationEntry(VerificationRecord Record, VerificationState State, string Mac)
{
    /// <summary>The exact text that the code was computed over.</summary>
    internal string Raw { get; init; } = string.Empty;
}
