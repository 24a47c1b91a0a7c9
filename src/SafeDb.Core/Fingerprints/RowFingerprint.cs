namespace SafeDb.Fingerprints;

/// <summary>
/// Order-independent digest of a set of rows. Rows may come in any order and from any number of slices; a row that occurs twice counts twice.
/// It proves equality against accident, not against an adversary who chooses rows: tampering is caught by the archive's authentication.
/// </summary>
/// <param name="Algorithm">Id of the row hash and its key, as it stands in the manifest.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Bytes">Bytes of the rows' canonical form.</param>
/// <param name="Value">Lower-case hex of the summed lanes.</param>
public sealed record RowFingerprint(string Algorithm, long Rows, long Bytes, string Value);
