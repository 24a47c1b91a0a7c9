using System.Text.RegularExpressions;

namespace SafeDb.Configuration;

/// <summary>Fills <c>${NAME}</c> in configuration values from the environment.</summary>
public static partial class EnvironmentValues
{
    /// <summary>The value with every <c>${NAME}</c> replaced. Fails when one is not set: an empty password or address is never a good guess.</summary>
    /// <param name="value">The text from the file.</param>
    /// <param name="what">What the value is, for the error.</param>
    /// <param name="lookup">Reads a variable; the process environment when null.</param>
    public static string Expand(string value, string what, Func<string, string?>? lookup = null)
    {
        lookup ??= Environment.GetEnvironmentVariable;
        return Placeholder().Replace(value, match =>
        {
            string name = match.Groups["name"].Value;
            return lookup(name) is { Length: > 0 } found ? found : throw ConfigurationErrors.EnvironmentMissing.Exception(name, what);
        });
    }

    /// <summary>The names of the variables that a value refers to.</summary>
    public static IEnumerable<string> Names(string value) => Placeholder().Matches(value).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
