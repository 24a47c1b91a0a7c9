using System.Collections;
using System.Globalization;

namespace SafeDb.Cli.Output;

/// <summary>Values as people read them.</summary>
internal static class ValueText
{
    public static string Of(object? value) => value switch
    {
        null => string.Empty,
        string text => text,
        bool flag => flag ? "yes" : "no",
        DateTimeOffset time => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        TimeSpan span => Of(span),
        IFormattable number when number is int or long => number.ToString("N0", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        IDictionary map => string.Join("; ", map.Keys.Cast<object>().Select(key => $"{key}={Of(map[key])}")),
        IEnumerable list => string.Join("; ", list.Cast<object?>().Select(Of)),
        _ => value.ToString() ?? string.Empty,
    };

    private static string Of(TimeSpan span) => span.TotalSeconds < 60
        ? span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s"
        : span.TotalHours < 24 ? span.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : span.ToString(@"d\d\ h\h", CultureInfo.InvariantCulture);
}
