using System.Text.RegularExpressions;

using SafeDb.Configuration;
using SafeDb.Stores;

namespace SafeDb.Schedules;

/// <summary>The environment variables that the work of a schedule needs: those that the database's entry, its scratch place, its destination and the recipients there refer to.</summary>
internal static partial class ScheduleVariables
{
    public static IReadOnlyList<string> Of(SafeDbConfiguration configuration, string database)
    {
        DatabaseSettings settings = configuration.Databases[database];
        DestinationSettings? destination = DestinationOf(configuration, settings);
        IEnumerable<string?> recipients = (destination?.Recipients ?? []).Select(configuration.Recipients.GetValueOrDefault).OfType<RecipientSettings>()
            .SelectMany(recipient => new[] { recipient.Certificate, recipient.PrivateKey, recipient.Passphrase, recipient.Key });
        return [.. new[] { settings.Address, settings.Scratch, destination?.Address }.Concat(recipients).OfType<string>().SelectMany(EnvironmentValues.Names).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The destination of a database's entry; null when it names none.</summary>
    public static DestinationSettings? DestinationOf(SafeDbConfiguration configuration, DatabaseSettings settings) =>
        settings.Destination is { } name ? configuration.Destinations.GetValueOrDefault(name) : null;

    /// <summary>The names that a file of variables sets. Values are not kept.</summary>
    public static IReadOnlySet<string> SetBy(string file)
    {
        try
        {
            return File.ReadLines(file).Select(line => Assignment().Match(line)).Where(match => match.Success).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        }
        catch (Exception failure) when (FolderFailures.IsFileFailure(failure))
        {
            throw FolderFailures.Reading(failure, file);
        }
    }

    [GeneratedRegex(@"^\s*(?:export\s+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)=", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Assignment();
}
