namespace SafeDb.Cli.Tests;

/// <summary>Stops when it is told that a step begins, as Ctrl+C at that moment would.</summary>
internal sealed class StoppingWriter(CancellationTokenSource stop, string at) : StringWriter
{
    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value?.StartsWith(at, StringComparison.Ordinal) == true)
            stop.Cancel();
    }
}
