using System.Globalization;
using System.Security.Cryptography;

namespace SafeDb.Fingerprints;

/// <summary>The row hashes and their ids as they stand in the manifest.</summary>
public static class RowAlgorithm
{
    /// <summary>Name of the fast 128-bit hash; its full id carries a seed: <c>xxh3-128:0123456789abcdef</c>.</summary>
    public const string Xxh3 = "xxh3-128";

    /// <summary>Name and full id of the cryptographic hash.</summary>
    public const string Sha256 = "sha256";

    private const int SeedDigits = 16;

    /// <summary>Completes an algorithm's name to an id. A name that takes a seed gets the given one; a full id stays as it is.</summary>
    public static string ToId(string nameOrId, ulong seed) =>
        nameOrId == Xxh3 ? Xxh3 + ":" + seed.ToString("x16", CultureInfo.InvariantCulture) : nameOrId;

    /// <summary>A full id with a new random seed, for a fingerprint that belongs to no archive.</summary>
    public static string NewId(string nameOrId = Xxh3)
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(seed);
        return ToId(nameOrId, BitConverter.ToUInt64(seed));
    }

    /// <summary>The seed in a full id of <see cref="Xxh3"/>; null for <see cref="Sha256"/>.</summary>
    internal static ulong? SeedOf(string id)
    {
        if (id == Sha256) return null;
        string digits = id.StartsWith(Xxh3 + ":", StringComparison.Ordinal) ? id[(Xxh3.Length + 1)..] : string.Empty;
        bool lowerCase = digits.AsSpan().IndexOfAnyInRange('A', 'Z') < 0;
        if (digits.Length == SeedDigits && lowerCase && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong seed)) return seed;
        throw FingerprintErrors.UnknownAlgorithm.Exception(id);
    }
}
