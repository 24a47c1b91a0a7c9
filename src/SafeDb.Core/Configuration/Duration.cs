using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SafeDb.Configuration;

/// <summary>Reads and writes durations as people do: <c>30d</c>, <c>24h</c>, <c>15m</c>, <c>5s</c>, <c>500ms</c>, or added up, <c>1h30m</c>.</summary>
public static class Duration
{
    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789.");

    /// <summary>Reads a duration; false when the text is none, is negative or is out of range.</summary>
    public static bool TryParse(string? text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        if (string.IsNullOrWhiteSpace(text))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        double milliseconds = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double amount))
            {
                return false;
            }

            rest = rest[digits..];
            int letters = rest.IndexOfAnyExcept("dhms") is var end && end < 0 ? rest.Length : end;
            if (UnitMilliseconds(rest[..letters]) is not double unit)
            {
                return false;
            }

            milliseconds += amount * unit;
            rest = rest[letters..];
        }

        if (milliseconds > TimeSpan.MaxValue.TotalMilliseconds / 2)
        {
            return false;
        }

        value = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    /// <summary>Writes a duration in the shortest form that reads back as the same one (to the millisecond).</summary>
    public static string Format(TimeSpan value)
    {
        var text = new System.Text.StringBuilder();
        void Append(long amount, string unit)
        {
            if (amount > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{amount}{unit}");
            }
        }

        Append(value.Days, "d");
        Append(value.Hours, "h");
        Append(value.Minutes, "m");
        Append(value.Seconds, "s");
        Append(value.Milliseconds, "ms");
        return text.Length == 0 ? "0s" : text.ToString();
    }

    private static double? UnitMilliseconds(ReadOnlySpan<char> unit) => unit switch
    {
        "d" => 86_400_000,
        "h" => 3_600_000,
        "m" => 60_000,
        "s" => 1_000,
        "ms" => 1,
        _ => null,
    };
}

/// <summary>Durations in JSON as <see cref="Duration"/> texts.</summary>
internal sealed class DurationJsonConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Duration.TryParse(reader.GetString(), out TimeSpan value)
            ? value
            : throw new JsonException("A duration is written like 30d, 24h, 15m, 5s or 500ms.");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Duration.Format(value));
}
