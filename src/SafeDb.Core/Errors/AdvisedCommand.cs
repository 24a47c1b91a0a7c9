using System.Text.RegularExpressions;

using SafeDb.Addresses;

namespace SafeDb.Errors;

/// <summary>Commands in the advice of errors, whole, so that they work when they are copied. In the words of PowerShell, as every error; the command line translates them.</summary>
public static partial class AdvisedCommand
{
    /// <summary>A command on a database, named as it was configured or by its address without secrets.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="database">The database.</param>
    /// <param name="arguments">The rest, values quoted where they need it (<see cref="Quoted"/>).</param>
    public static string On(string cmdlet, DatabaseAddress database, params IEnumerable<string> arguments) =>
        string.Join(' ', [cmdlet, "-Database", Quoted(database.ConfiguredName ?? database.Display), .. arguments]);

    /// <summary>A value in single quotes where a shell would not take it as it is.</summary>
    public static string Quoted(string value) => PlainPattern().IsMatch(value) ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\w/][\w/.:@%+=-]*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlainPattern();
}
