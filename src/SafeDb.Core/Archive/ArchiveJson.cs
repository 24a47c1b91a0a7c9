using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SafeDb.Addresses;

namespace SafeDb.Archive;

/// <summary>How the archive's records look as JSON. Generated at compile time: no reflection at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    Converters = [typeof(EngineConverter), typeof(CamelCaseConverter<RecipientKind>), typeof(CamelCaseConverter<PartKind>), typeof(CamelCaseConverter<Schema.SchemaSection>)])]
[JsonSerializable(typeof(ArchiveHeader))]
[JsonSerializable(typeof(ArchiveManifest))]
[JsonSerializable(typeof(VerificationRecord))]

internal sealed partial class ArchiveJson : JsonSerializerContext
{
    /// <summary>A record with line breaks, for files that people open.</summary>
    internal static byte[] Indented<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private sealed class EngineConverter : JsonConverter<DatabaseEngine>
    {
        public override DatabaseEngine Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ArchiveFormat.EngineOf(reader.TokenType == JsonTokenType.String ? reader.GetString() : null) ?? throw new JsonException("unknown engine");

        public override void Write(Utf8JsonWriter writer, DatabaseEngine value, JsonSerializerOptions options) => writer.WriteStringValue(ArchiveFormat.EngineId(value));
    }

    private sealed class CamelCaseConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
        where T : struct, Enum;
}
