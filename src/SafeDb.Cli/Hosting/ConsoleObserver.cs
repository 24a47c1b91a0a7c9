using System.Globalization;

using SafeDb.Cli.Output;
using SafeDb.Observation;

namespace SafeDb.Cli.Hosting;

/// <summary>Writes what an operation reports to standard error: messages as lines, progress as one line that is rewritten, on a terminal only.</summary>
/// <param name="host">Where to.</param>
/// <param name="verbose">Whether steps and reasons are shown too.</param>
/// <param name="clock">The time.</param>
internal sealed class ConsoleObserver(CliHost host, bool verbose, TimeProvider clock) : IOperationObserver
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private long? _shown;
    private bool _lineOpen;

    public void OnProgress(ProgressReport progress)
    {
        if (!host.ErrorIsTerminal)
        {
            return;
        }

        lock (_gate)
        {
            long now = clock.GetTimestamp();
            if (progress.Completed)
            {
                EraseLine();
            }
            else if (_shown is not { } shown || clock.GetElapsedTime(shown, now) >= Interval)
            {
                _shown = now;
                _lineOpen = true;
                host.Error.Write($"\r{Fit(Describe(progress))}\u001b[K");
            }
        }
    }

    public void OnMessage(MessageLevel level, string message)
    {
        if (level == MessageLevel.Debug || (level == MessageLevel.Verbose && !verbose))
        {
            return;
        }

        lock (_gate)
        {
            EraseLine();
            host.Error.WriteLine(level == MessageLevel.Warning ? $"warning: {CommandLineWords.Of(message)}" : message);
        }
    }

    /// <summary>Removes the progress line.</summary>
    public void Close()
    {
        lock (_gate)
        {
            EraseLine();
        }
    }

    private static string Describe(ProgressReport progress)
    {
        string amount = progress.Total > 0
            ? string.Create(CultureInfo.InvariantCulture, $" {Math.Clamp(progress.Done * 100 / progress.Total, 0, 100),3} %")
            : string.Empty;
        return $"{progress.Activity}{amount}  {progress.Status}";
    }

    private string Fit(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length < host.Width ? line : line[..(host.Width - 1)];
    }

    private void EraseLine()
    {
        if (_lineOpen)
        {
            host.Error.Write("\r\u001b[K");
            _lineOpen = false;
        }
    }
}
