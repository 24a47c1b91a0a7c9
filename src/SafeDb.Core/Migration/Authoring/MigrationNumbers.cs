using System.Globalization;

using SafeDb.Migration.Formats;

namespace SafeDb.Migration.Authoring;

/// <summary>The number of a new migration: a folder that counts goes on counting, one that counts by date goes on by date, in its own number of digits.</summary>
/// <param name="now">The time, in UTC.</param>
internal sealed class MigrationNumbers(DateTimeOffset now)
{
    private const string Digits = "yyyyMMddHHmmssfff";

    /// <summary>The time in so many digits.</summary>
    public string Date(int digits) => now.UtcDateTime.ToString(Digits[..digits], CultureInfo.InvariantCulture);

    /// <summary>The time in milliseconds since 1970.</summary>
    public string Milliseconds => now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>The number after the last one of a folder.</summary>
    /// <param name="last">Digits of the last one; empty when there is none.</param>
    /// <param name="first">The number of a folder's first migration.</param>
    public string After(string last, string first)
    {
        if (last.Length == 0)
        {
            return first;
        }

        // A clock that stands before the last migration must not put the new one before it.
        return Moment(last) is { } moment && MigrationOrder.Number(moment) > MigrationOrder.Number(last)
            ? moment
            : (MigrationOrder.Number(last) + 1).ToString(CultureInfo.InvariantCulture).PadLeft(last.Length, '0');
    }

    /// <summary>The time as a number writes it that looks like one; null for numbers that count.</summary>
    private string? Moment(string last) => (last.Length, last.StartsWith("20", StringComparison.Ordinal)) switch
    {
        (8 or 10 or 12 or 14 or 17, true) => Date(last.Length),
        (10, false) => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        (13, _) => Milliseconds,
        _ => null,
    };
}
