using SafeDb.Errors;

namespace SafeDb.Fingerprints;

/// <summary>Errors of row fingerprints.</summary>
public static class FingerprintErrors
{
    /// <summary>The manifest names a row hash that this version does not have.</summary>
    public static readonly ErrorDefinition UnknownAlgorithm = new(
        "Fingerprint.UnknownAlgorithm", ErrorKind.Unsupported, "The row fingerprint algorithm '{0}' is not known to this version of SafeDb.",
        "Use the version of SafeDb that wrote the archive, or a later one.");

    /// <summary>Two digests under different algorithms or keys were to be merged.</summary>
    public static readonly ErrorDefinition NotComparable = new(
        "Fingerprint.NotComparable", ErrorKind.Bug, "Row digests under '{0}' and '{1}' cannot be merged.",
        "Report it: digests of one table must all be made under the algorithm that stands in the manifest.");

    /// <summary>The bytes given as lines end inside a row.</summary>
    public static readonly ErrorDefinition LineNotWhole = new(
        "Fingerprint.LineNotWhole", ErrorKind.Bug, "The bytes given as rows do not end at the end of a row.",
        "Report it: the provider must hand over whole lines. Nothing was written to the database.");
}
