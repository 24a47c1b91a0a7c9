using System.Text.RegularExpressions;

using SafeDb.MaintenanceModes;
using SafeDb.PostgreSql.Schema;
using SafeDb.PostgreSql.Schema.Facts;
using SafeDb.Providers;

namespace SafeDb.PostgreSql.Restore;

/// <summary>
/// What belongs to a database itself and not to what is in it. The archive's holds. What a restore leaves out as asked (owner, privileges, settings of roles) and a limit of connections that the archive does not
/// have stay as in the database that is replaced: leaving something out must not open a database to those who were kept out of it. So do its maintenance and that it takes no connections, which
/// are no archive's to end or begin.
/// </summary>
internal static partial class DatabaseSettings
{
    private const string BeginAuthorization = "SET SESSION AUTHORIZATION ";
    private const string OfRole = "ALTER ROLE ";
    private const string EndAuthorization = "RESET SESSION AUTHORIZATION";
    private const string MarkSetting = " SET \"safedb\".\"maintenance\" TO ";

    /// <summary>The statements that give it to a database of this name.</summary>
    /// <param name="archived">The manifest's properties.</param>
    /// <param name="live">The database that is replaced; null for none.</param>
    /// <param name="database">The name.</param>
    /// <param name="request">What the restore leaves out.</param>
    public static IReadOnlyList<string> Statements(IReadOnlyDictionary<string, string> archived, LiveDatabase? live, string database, RestoreRequest request)
    {
        string[] own = [.. DatabaseProperties.Statements(archived, database).Where(statement => !IsLeftOut(statement, request))];
        bool limited = own.Any(IsLimit);
        IEnumerable<string> kept = LeftOut(live, database, request).Where(statement => MaySay(live!, statement)).Concat(limited ? [] : Live(live, database).Where(IsLimit));

        // The marker of a copy must go, also when the source has no comment. What others than the owner granted is granted again in his name: to speak in theirs only a superuser may.
        string[] all = [$"COMMENT ON DATABASE {Identifiers.Quote(database)} IS NULL", .. own, .. kept.Where(statement => !IsAuthorization(statement))];
        string[] closed = live is { IsClosed: true } ? [.. all, $"ALTER DATABASE {Identifiers.Quote(database)} ALLOW_CONNECTIONS false"] : all;
        return live?.Maintenance is { } mark ? UnderMaintenance(closed, mark, database) : closed;
    }

    /// <summary>What the database that is replaced has, the archive's takes no place of, and the user who restores may not say: a superuser must, afterwards.</summary>
    public static IReadOnlyList<string> Lost(LiveDatabase? live, string database, RestoreRequest request) => [.. LeftOut(live, database, request).Where(statement => !MaySay(live!, statement))];

    /// <summary>A statement without the value that it sets, which may be secret.</summary>
    public static string Shown(string statement)
    {
        bool isText = statement.StartsWith("COMMENT ", StringComparison.Ordinal) || statement.StartsWith("SECURITY ", StringComparison.Ordinal);
        int value = statement.IndexOf(isText ? " IS " : " TO ", StringComparison.Ordinal);
        return value < 0 || IsPrivilege(statement) || IsOwner(statement) ? statement.TrimEnd(';') : statement[..value];
    }

    /// <summary>Whether it sets something in the database, for everybody or for a role, and so could be left out: the mark of maintenance could not, without which the database would be open.</summary>
    public static bool IsSetting(string statement) => BeforeValue().Match(statement) is { Success: true } match && !match.Value.EndsWith(MarkSetting, StringComparison.Ordinal);

    // What comes back when maintenance ends is what holds without it: the archive's.
    private static string[] UnderMaintenance(string[] statements, MaintenanceMark mark, string database)
    {
        string readOnly = DatabaseProperties.Setting(database, PostgreSqlMaintenanceMode.ReadOnly, "");
        string beginning = readOnly[..readOnly.LastIndexOf("''", StringComparison.Ordinal)];
        string? own = statements.LastOrDefault(statement => statement.StartsWith(beginning, StringComparison.Ordinal));
        MaintenanceMark kept = mark with { Previous = own?[beginning.Length..].TrimEnd(';').Trim('\'') };
        return
        [
            .. statements.Where(statement => statement != own),
            DatabaseProperties.Setting(database, PostgreSqlMaintenanceMode.ReadOnly, "on"),
            DatabaseProperties.Setting(database, PostgreSqlMaintenanceMode.Mark, kept.ToJson()),
        ];
    }

    private static IEnumerable<string> LeftOut(LiveDatabase? live, string database, RestoreRequest request) => Live(live, database).Where(statement => IsLeftOut(statement, request));

    private static IReadOnlyList<string> Live(LiveDatabase? live, string database) => live is null ? [] : DatabaseProperties.Statements(live.Properties, database);

    // Settings of a role are for himself and for superusers to say.
    private static bool MaySay(LiveDatabase live, string statement) =>
        live.IsSuperuser || !statement.StartsWith(OfRole, StringComparison.Ordinal) || statement.StartsWith($"{OfRole}{SqlText.Identifier(live.User)} ", StringComparison.Ordinal);

    private static bool IsLeftOut(string statement, RestoreRequest request) =>
        (request.NoPrivileges && IsPrivilege(statement)) || (request.NoOwner && IsOwner(statement))

        // Settings of roles need the roles, which may be missing only when both are left out.
        || (request is { NoOwner: true, NoPrivileges: true } && statement.StartsWith(OfRole, StringComparison.Ordinal));

    private static bool IsPrivilege(string statement) =>
        statement.StartsWith("GRANT ", StringComparison.Ordinal) || statement.StartsWith("REVOKE ", StringComparison.Ordinal) || IsAuthorization(statement);

    private static bool IsAuthorization(string statement) => statement.StartsWith(BeginAuthorization, StringComparison.Ordinal) || statement.StartsWith(EndAuthorization, StringComparison.Ordinal);

    private static bool IsOwner(string statement) => IsOfDatabase(statement, " OWNER TO ");

    [GeneratedRegex("""^ALTER (?:ROLE "(?:[^"]|"")+" IN )?DATABASE "(?:[^"]|"")+" SET "(?:[^"]|"")+"(?:\."(?:[^"]|"")+")* TO """, RegexOptions.CultureInvariant)]
    private static partial Regex BeforeValue();

    private static bool IsLimit(string statement) => IsOfDatabase(statement, " CONNECTION LIMIT ");

    // The value of a setting may hold any words.
    private static bool IsOfDatabase(string statement, string words) =>
        statement.StartsWith("ALTER DATABASE ", StringComparison.Ordinal) && !BeforeValue().IsMatch(statement) && statement.Contains(words, StringComparison.Ordinal);
}
