using System.Globalization;
using System.Text.RegularExpressions;

namespace SafeDb.Errors;

/// <summary>
/// One entry of the error catalogue. Entries are <c>public static readonly</c> fields of static classes named <c>…Errors</c>, one class per area, beside the code that
/// throws them; <see cref="ErrorCatalog"/> finds them all, and a test asserts that ids are unique and documented in <c>docs/errors.md</c>.
/// </summary>
/// <param name="Id">Stable id, <c>Area.What</c>.</param>
/// <param name="Kind">The sort of failure.</param>
/// <param name="MessageFormat">Composite format string of the message.</param>
/// <param name="RecommendedAction">What to do.</param>
/// <param name="IsTransient">Whether trying again may help.</param>
public sealed partial record ErrorDefinition(string Id, ErrorKind Kind, string MessageFormat, string RecommendedAction, bool IsTransient = false)
{
    /// <summary>The error with its message filled in.</summary>
    public SafeDbError Error(params object?[] arguments) =>
        new(Id, Kind, string.Format(CultureInfo.InvariantCulture, MessageFormat, Ended(arguments)), RecommendedAction) { IsTransient = IsTransient };

    // An argument that stands where a sentence would, before the next one, is somebody's message.
    private object?[] Ended(object?[] arguments) => LeadingPattern().IsMatch(MessageFormat) && arguments is [string first, ..] ? [Sentences.Ended(first), .. arguments[1..]] : arguments;

    [GeneratedRegex(@"^\{0\} [A-Z]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LeadingPattern();

    /// <summary>An exception of this error with its message filled in.</summary>
    public SafeDbException Exception(params object?[] arguments) => new(Error(arguments));

    /// <summary>An exception of this error that keeps its cause.</summary>
    public SafeDbException Caused(Exception cause, params object?[] arguments) => new(Error(arguments), cause);
}
