using System.Globalization;

namespace SafeDb.PostgreSql.Sql;

/// <summary>A setting of time that is counted in milliseconds, as the server reads it.</summary>
internal static class PgDuration
{
    /// <summary>Reads a value such as <c>5s</c>, <c>1.5 min</c> or <c>60000</c>; null when it is not one.</summary>
    public static TimeSpan? Parse(string? text)
    {
        string value = text?.Trim() ?? "";
        string unit = value[(value.LastIndexOfAny([.. "0123456789."]) + 1)..];
        double? factor = unit.TrimStart() switch { "us" => 0.001, "" or "ms" => 1, "s" => 1_000, "min" => 60_000, "h" => 3_600_000, "d" => 86_400_000, _ => null };
        return factor is { } each && double.TryParse(value[..^unit.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number * each is >= 0 and <= int.MaxValue
            ? TimeSpan.FromMilliseconds(Math.Round(number * each, MidpointRounding.ToEven))
            : null;
    }
}
