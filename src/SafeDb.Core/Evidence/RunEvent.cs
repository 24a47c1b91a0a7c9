using System.Text.Json.Serialization;

namespace SafeDb.Evidence;

/// <summary>One line of a run's evidence.</summary>
/// <param name="At">When, in UTC.</param>
/// <param name="RunId">The run.</param>
/// <param name="Step">What: <c>plan</c>, <c>gate</c>, <c>backup</c>, <c>rehearsal</c>, <c>statement</c>, <c>verify</c>, ….</param>
/// <param name="Message">What happened, for a person.</param>
public sealed record RunEvent(DateTimeOffset At, string RunId, string Step, string Message)
{
    /// <summary>The migration, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Migration { get; init; }

    /// <summary>Line in its file, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Line { get; init; }

    /// <summary>Rows changed, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Rows { get; init; }

    /// <summary>Milliseconds it took, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Milliseconds { get; init; }

    /// <summary>Whether it happened on the restored copy, and not on the database.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Rehearsal { get; init; }

    /// <summary>Id of the error, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{At.UtcDateTime:u} {Step}: {Message}");
}

/// <summary>Takes the evidence of a run as it happens.</summary>
public interface IRunEvents
{
    /// <summary>Writes one line, durably.</summary>
    void Write(RunEvent line);
}
