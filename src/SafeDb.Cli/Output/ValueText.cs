using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

using SafeDb.Errors;

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
        SafeDbError error => $"{error.Id}: {CommandLineWords.Of(error.Message)}",
        IEnumerable list => string.Join("; ", list.Cast<object?>().Select(Of)),
        _ when HasParts(value.GetType()) => string.Join(", ", Parts(value.GetType()).Select(part => (part.Name, Text: Of(part.GetValue(value)))).Where(part => part.Text.Length > 0).Select(part => $"{part.Name} {part.Text}")),
        _ => value.ToString() ?? string.Empty,
    };

    /// <summary>Whether a type has nothing to show but its properties: a record that does not say itself how it reads.</summary>
    public static bool HasParts(Type type) =>
        type.Namespace?.StartsWith("SafeDb", StringComparison.Ordinal) == true && !type.IsEnum && type != typeof(SafeDbError)
        && type.GetMethod(nameof(ToString), Type.EmptyTypes)!.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    /// <summary>The properties of a type that are shown.</summary>
    public static IEnumerable<PropertyInfo> Parts(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0);

    private static string Of(TimeSpan span) => span.TotalSeconds < 60
        ? span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s"
        : span.TotalHours < 24 ? span.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : span.ToString(@"d\d\ h\h", CultureInfo.InvariantCulture);
}
