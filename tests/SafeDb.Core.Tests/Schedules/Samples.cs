using SafeDb.Schedules;

namespace SafeDb.Core.Tests.Schedules;

/// <summary>Schedules whose names and paths try every quoting.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 3, 10, 6, 0, 0, TimeSpan.Zero);

    public static ScheduleSpec Awkward(string folder, ScheduledTask task = ScheduledTask.NightlyBackup, string database = "Bücher & Söhne") => new(
        task, database, new TimeOnly(2, 17), ["/bin/echo", "100%", "it's", "a \"quoted\" $HOME", "back\\slash", database], Path.Combine(folder, "my shop", "safedb.json"), Path.Combine(folder, "my shop", "evi%dence"))
    {
        Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_ROOT"] = "/opt/dot net" },
    };
}

/// <summary>A program runner that answers from a script, and remembers what it was asked.</summary>
internal sealed class ScriptedPrograms(Func<string, IReadOnlyList<string>, ProgramResult> answer) : IProgramRunner
{
    public List<string> Asked { get; } = [];

    public bool Exists(string program) => true;

    public Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        Asked.Add($"{program} {string.Join(' ', arguments)}");
        return Task.FromResult(answer(program, arguments));
    }
}
