using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

using SafeDb.Errors;

namespace SafeDb.Cli.Output;

/// <summary>The JSON documents of <c>--output json</c>: the properties of the PowerShell objects, in camel case. Enumerations are texts, times ISO 8601 in UTC, durations seconds.</summary>
internal static class JsonDocuments
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(), new SecondsConverter() },
    };

    private static readonly JsonSerializerOptions Options = new(Plain) { Converters = { new ErrorConverter() } };

    public static string Of(object document) => JsonSerializer.Serialize(document, document.GetType(), Options);

    public static string Error(SafeDbError error) => JsonSerializer.Serialize(new { error }, Options);

    /// <summary>What <c>--what-if</c> said, for verbs whose plan has no document of its own.</summary>
    public static string WhatIf(string text) => JsonSerializer.Serialize(new { whatIf = true, text }, Options);

    /// <summary>Errors speak the words of the command line, wherever in a document they are.</summary>
    private sealed class ErrorConverter : JsonConverter<SafeDbError>
    {
        public override SafeDbError Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonSerializer.Deserialize<SafeDbError>(ref reader, Plain)!;

        public override void Write(Utf8JsonWriter writer, SafeDbError value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, CommandLineWords.Of(value), Plain);
    }

    private sealed class SecondsConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromSeconds(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(Math.Round(value.TotalSeconds, 3));
    }
}
