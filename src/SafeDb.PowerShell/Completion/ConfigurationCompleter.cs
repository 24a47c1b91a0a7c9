using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Errors;

namespace SafeDb.PowerShell.Completion;

/// <summary>Completes from what is at hand: the configuration file, the file system. Never opens a connection.</summary>
public abstract class ConfigurationCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = wordToComplete.Trim('\'', '"');
        return Values(Configuration(fakeBoundParameters))
            .Where(value => value.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(value => new CompletionResult(Quoted(value), value, CompletionResultType.ParameterValue, value));
    }

    /// <summary>What can be completed.</summary>
    private protected abstract IEnumerable<string> Values(SafeDbConfiguration configuration);

    private static SafeDbConfiguration Configuration(IDictionary bound)
    {
        try
        {
            return ConfigurationLoader.Load(bound["ConfigPath"] as string, CurrentFolder());
        }
        catch (SafeDbException)
        {
            // A key press is no place for an error: the cmdlet itself will tell it.
            return SafeDbConfiguration.Empty;
        }
    }

    // The session's location, which is not the process's folder.
    private static string CurrentFolder()
    {
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("Microsoft.PowerShell.Management\\Get-Location").AddParameter("PSProvider", "FileSystem");
        return shell.Invoke<PathInfo>().FirstOrDefault()?.ProviderPath ?? Directory.GetCurrentDirectory();
    }

    private static string Quoted(string value) => value.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/')
        ? value
        : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}

/// <summary>Completes names of databases.</summary>
public sealed class DatabaseCompleter : ConfigurationCompleter
{
    private protected override IEnumerable<string> Values(SafeDbConfiguration configuration) => configuration.Databases.Keys;
}

/// <summary>Completes names of destinations.</summary>
public sealed class DestinationCompleter : ConfigurationCompleter
{
    private protected override IEnumerable<string> Values(SafeDbConfiguration configuration) => configuration.Destinations.Keys;
}

/// <summary>Completes names of recipients.</summary>
public sealed class RecipientCompleter : ConfigurationCompleter
{
    private protected override IEnumerable<string> Values(SafeDbConfiguration configuration) => configuration.Recipients.Keys;
}

/// <summary>Completes names of environments.</summary>
public sealed class EnvironmentCompleter : ConfigurationCompleter
{
    private protected override IEnumerable<string> Values(SafeDbConfiguration configuration) => configuration.Environments.Keys;
}

/// <summary>Completes ids of risk rules.</summary>
public sealed class RuleCompleter : ConfigurationCompleter
{
    private protected override IEnumerable<string> Values(SafeDbConfiguration configuration) => Composition.Risk(Hosting.SessionEngine.Current).Rules.Select(rule => rule.Id);
}

/// <summary>Completes what a run may be allowed: ids of risk rules, and of the gates that a person may open.</summary>
public sealed class HazardCompleter : ConfigurationCompleter
{
    private protected override IEnumerable<string> Values(SafeDbConfiguration configuration) =>
        Composition.Risk(Hosting.SessionEngine.Current).Rules.Select(rule => rule.Id).Concat(Migration.Plan.GateIds.Allowable);
}

/// <summary>Completes forms of risk reports.</summary>
public sealed class ReportFormatCompleter : ConfigurationCompleter
{
    private protected override IEnumerable<string> Values(SafeDbConfiguration configuration) => Risk.Reporting.RiskReportWriters.All.Select(writer => writer.Name);
}

/// <summary>Completes names of migration formats.</summary>
public sealed class FormatCompleter : ConfigurationCompleter
{
    private protected override IEnumerable<string> Values(SafeDbConfiguration configuration) => Migration.Formats.FormatCatalog.All.Select(format => format.Name);
}
