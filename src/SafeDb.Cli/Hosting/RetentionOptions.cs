using System.CommandLine;

using SafeDb.Configuration;
using SafeDb.Retention;

namespace SafeDb.Cli.Hosting;

/// <summary>The options that say which archives stay. As soon as one is given, the policy's own rules count no more.</summary>
internal sealed class RetentionOptions
{
    private readonly Option<string?> _within = VerbArguments.Text("--keep-within", "Keep what is younger than this, counted from the newest archive: 30d, 12h.", "DURATION");
    private readonly Option<int?> _last = Count("last", "the newest so many");
    private readonly Option<int?> _hourly = Count("hourly", "one for each of so many hours");
    private readonly Option<int?> _daily = Count("daily", "one for each of so many days");
    private readonly Option<int?> _weekly = Count("weekly", "one for each of so many weeks");
    private readonly Option<int?> _monthly = Count("monthly", "one for each of so many months");
    private readonly Option<int?> _yearly = Count("yearly", "one for each of so many years");
    private readonly Option<int?> _minimum = new("--keep-minimum") { Description = "Never fewer than this many of a database.", HelpName = "N" };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _within, _last, _hourly, _daily, _weekly, _monthly, _yearly, _minimum })
        {
            command.Add(option);
        }
    }

    /// <summary>The rules that hold.</summary>
    public RetentionSettings Read(ParseResult parsed, RetentionSettings policy)
    {
        Option[] rules = [_within, _last, _hourly, _daily, _weekly, _monthly, _yearly];
        int minimum = parsed.GetValue(_minimum) ?? policy.Minimum;
        if (rules.All(rule => parsed.GetResult(rule) is null))
        {
            return policy with { Minimum = minimum };
        }

        TimeSpan within = TimeSpan.Zero;
        if (parsed.GetValue(_within) is { } text && !Duration.TryParse(text, out within))
        {
            throw RetentionErrors.Duration.Exception(text);
        }

        return new RetentionSettings
        {
            Within = within,
            Last = parsed.GetValue(_last) ?? 0,
            Hourly = parsed.GetValue(_hourly) ?? 0,
            Daily = parsed.GetValue(_daily) ?? 0,
            Weekly = parsed.GetValue(_weekly) ?? 0,
            Monthly = parsed.GetValue(_monthly) ?? 0,
            Yearly = parsed.GetValue(_yearly) ?? 0,
            Minimum = minimum,
        };
    }

    private static Option<int?> Count(string name, string what) => new($"--keep-{name}") { Description = $"Keep {what}.", HelpName = "N" };
}
