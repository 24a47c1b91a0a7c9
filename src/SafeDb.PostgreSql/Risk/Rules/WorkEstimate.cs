using System.Globalization;

using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>How long work on a table lasts, from its size. Rates are those of an ordinary server with rows in cache; the truth may be several times more.</summary>
internal static class WorkEstimate
{
    /// <summary>Below this, a rewrite takes some tens of milliseconds.</summary>
    public const long TinyBytes = 1L << 20;

    /// <summary>Above this, a scan takes minutes.</summary>
    public const long HugeBytes = 10L << 30;

    private const double RewriteBytesPerSecond = 40e6;
    private const double ScanBytesPerSecond = 250e6;
    private const double IndexBytesPerSecond = 60e6;

    /// <summary>A clause with the time of a rewrite, or nothing when the size is not known.</summary>
    public static string Rewrite(PgTable table) => Clause(table, RewriteBytesPerSecond);

    /// <summary>A clause with the time of a scan.</summary>
    public static string Scan(PgTable table) => Clause(table, ScanBytesPerSecond);

    /// <summary>A clause with the time of an index build.</summary>
    public static string Index(PgTable table) => Clause(table, IndexBytesPerSecond);

    private static string Clause(PgTable table, double rate)
    {
        if (table.Bytes < 0)
        {
            return "";
        }

        double seconds = table.Bytes / rate;
        string time = seconds < 1 ? "less than a second" : seconds < 120 ? string.Create(CultureInfo.InvariantCulture, $"about {seconds:0} s") : string.Create(CultureInfo.InvariantCulture, $"about {seconds / 60:0} min");
        string rows = table.Rows >= 0 ? string.Create(CultureInfo.InvariantCulture, $"{table.Rows:N0} {Counted.Noun((long)table.Rows, "row")}, ") : "";
        string writes = table.WritesPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $", {table.WritesPerSecond:0.#} writes per second wait") : "";
        return $" ({time}: {rows}{Size(table.Bytes)}{writes})";
    }

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.#} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, bytes >> 10)} KiB"),
    };
}
