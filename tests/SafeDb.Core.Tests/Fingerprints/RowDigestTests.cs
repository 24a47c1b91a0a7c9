using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SafeDb.Errors;
using SafeDb.Fingerprints;
using Xunit;

namespace SafeDb.Core.Tests.Fingerprints;

public sealed class RowDigestTests
{
    private const string Fast = "xxh3-128:00000000deadbeef";

    public static TheoryData<string> Algorithms => new(Fast, "sha256");

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Order_and_slices_do_not_matter(string algorithm) =>
        Prop.ForAll<byte[][], int>((rows, cut) =>
        {
            RowDigest whole = Digest(algorithm, rows);
            byte[][] shuffled = [.. rows.Reverse()];
            int at = rows.Length == 0 ? 0 : (int)((uint)cut % (uint)rows.Length);
            RowDigest merged = Digest(algorithm, shuffled[at..]);
            merged.Merge(Digest(algorithm, shuffled[..at]));
            return whole.ToFingerprint() == merged.ToFingerprint();
        }).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Lines_count_as_rows_without_their_line_ends(string algorithm) =>
        Prop.ForAll<byte[][]>(raw =>
        {
            byte[][] rows = [.. raw.Select(row => row.Select(value => value == (byte)'\n' ? (byte)'n' : value).ToArray())];
            RowDigest lines = RowDigest.Create(algorithm);
            lines.AddLines(rows.SelectMany(row => row.Append((byte)'\n')).ToArray());
            return lines.ToFingerprint() == Digest(algorithm, rows).ToFingerprint();
        }).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Any_changed_row_changes_the_value(string algorithm) =>
        Prop.ForAll<byte[], byte[]>((before, after) =>
            before.AsSpan().SequenceEqual(after) || Digest(algorithm, before).ToFingerprint() != Digest(algorithm, after).ToFingerprint())
        .QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Equal_rows_do_not_cancel_each_other(string algorithm)
    {
        byte[] row = "42\tpaid"u8.ToArray();
        string[] values = [.. Enumerable.Range(0, 5).Select(times => Digest(algorithm, [.. Enumerable.Repeat(row, times)]).ToFingerprint().Value)];
        Assert.Equal(values.Length, values.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Values_swapped_between_rows_or_columns_are_seen(string algorithm)
    {
        Assert.NotEqual(Text(algorithm, "1\ta\n2\tb\n"), Text(algorithm, "1\tb\n2\ta\n"));
        Assert.NotEqual(Text(algorithm, "1\t2\n"), Text(algorithm, "2\t1\n"));
        Assert.NotEqual(Text(algorithm, "\\N\n"), Text(algorithm, "\n"));
        Assert.NotEqual(Text(algorithm, "a \n"), Text(algorithm, "a\n"));
        Assert.NotEqual(Text(algorithm, "-0\n"), Text(algorithm, "0\n"));
        Assert.NotEqual(Text(algorithm, "a\nb\n"), Text(algorithm, "a\\nb\n"));
        Assert.NotEqual(Text(algorithm, "\n"), Text(algorithm, string.Empty));
    }

    [Fact]
    public void Fingerprint_of_one_row_is_the_hash_in_its_usual_form()
    {
        byte[] row = "safedb"u8.ToArray();
        Assert.Equal(Convert.ToHexString(SHA256.HashData(row)).ToLowerInvariant(), Digest("sha256", row).ToFingerprint().Value);
        Assert.Equal("99aa06d3014798d86001c324468d497f", Digest("xxh3-128:0000000000000000", Array.Empty<byte>()).ToFingerprint().Value);
    }

    [Fact]
    public void The_seed_keys_the_hash() =>
        Assert.False(Text(Fast, "1\n").Value == Text("xxh3-128:00000000deadbeee", "1\n").Value);

    [Theory]
    [InlineData("")]
    [InlineData("md5")]
    [InlineData("xxh3-128")]
    [InlineData("xxh3-128:")]
    [InlineData("xxh3-128:00000000DEADBEEF")]
    [InlineData("xxh3-128:00000000deadbee")]
    [InlineData("xxh3-128:00000000deadbeef0")]
    [InlineData("xxh3-128: 0000000deadbeef")]
    public void Unknown_algorithm_is_refused(string id) =>
        Assert.Equal("Fingerprint.UnknownAlgorithm", Assert.Throws<SafeDbException>(() => RowDigest.Create(id)).Id);

    [Fact]
    public void Digests_under_different_seeds_do_not_merge() =>
        Assert.Equal("Fingerprint.NotComparable", Assert.Throws<SafeDbException>(() => RowDigest.Create(Fast).Merge(RowDigest.Create("sha256"))).Id);

    [Fact]
    public void Lines_that_end_inside_a_row_are_refused() =>
        Assert.Equal("Fingerprint.LineNotWhole", Assert.Throws<SafeDbException>(() => RowDigest.Create(Fast).AddLines("a\nb"u8)).Id);

    [Fact]
    public void New_ids_carry_seeds_of_their_own()
    {
        Assert.False(RowAlgorithm.NewId() == RowAlgorithm.NewId());
        Assert.Equal("sha256", RowAlgorithm.NewId(RowAlgorithm.Sha256));
        Assert.Equal("xxh3-128:000000000000002a", RowAlgorithm.ToId(RowAlgorithm.Xxh3, 42));
    }

    private static RowDigest Digest(string algorithm, params byte[][] rows)
    {
        RowDigest digest = RowDigest.Create(algorithm);
        foreach (byte[] row in rows) digest.Add(row);
        return digest;
    }

    private static RowFingerprint Text(string algorithm, string lines)
    {
        RowDigest digest = RowDigest.Create(algorithm);
        digest.AddLines(Encoding.UTF8.GetBytes(lines));
        return digest.ToFingerprint();
    }
}
