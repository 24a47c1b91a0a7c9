using SafeDb.Addresses;
using SafeDb.Fingerprints;

namespace SafeDb.Archive;

/// <summary>How an archive is written.</summary>
public sealed record ArchiveWriterOptions
{
    /// <summary>The archive's id: 32 lower-case hex digits, random (<see cref="ArchiveWriter.NewId"/>).</summary>
    public required string ArchiveId { get; init; }

    /// <summary>Engine of the database.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>When the backup began.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>For whom it is sealed. Used while the writer is created; the caller keeps owning it.</summary>
    public required ArchiveSecrets Secrets { get; init; }

    /// <summary>Whether filters leave something out; said in the header.</summary>
    public bool? Filtered { get; init; }

    /// <summary><c>br</c> (Brotli, quality 1) or <c>none</c>.</summary>
    public string Codec { get; init; } = ArchiveFormat.BrotliCodec;

    /// <summary>Plain bytes of a part, about: rows are never cut.</summary>
    public int PartSize { get; init; } = 16 << 20;

    /// <summary>Row hash: <see cref="RowAlgorithm.Xxh3"/> (seeded by the archive), <see cref="RowAlgorithm.Sha256"/>, or a full id.</summary>
    public string RowFingerprint { get; init; } = RowAlgorithm.Xxh3;

    /// <summary>Finished bytes that may wait for the destination.</summary>
    public long WaitingBytes { get; init; } = 32 << 20;
}
