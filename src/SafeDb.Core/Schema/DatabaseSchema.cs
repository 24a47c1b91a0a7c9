using System.Security.Cryptography;
using System.Text;

using SafeDb.Addresses;

namespace SafeDb.Schema;

/// <summary>All objects of a database, in an order in which they can be created. Two schemas are equal when their fingerprints are.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="EngineVersion">The engine's version number as a comparable integer: 150018 for PostgreSQL 15.18, 3040001 for SQLite 3.40.1.</param>
/// <param name="Objects">The objects, each after those it depends on.</param>
public sealed record DatabaseSchema(DatabaseEngine Engine, int EngineVersion, IReadOnlyList<SchemaObject> Objects)
{
    /// <summary>SHA-256, lower-case hex, over the objects' keys and definitions in ordinal order of the keys. Independent of creation order.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SchemaObject item in Objects.OrderBy(item => item.Key, StringComparer.Ordinal).ThenBy(item => item.Definition, StringComparer.Ordinal))
        {
            // NUL cannot stand in an identifier or a definition of any of the engines, so the join is unambiguous.
            hash.AppendData(Encoding.UTF8.GetBytes($"{item.Key}\0{item.Definition}\0"));
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}
