using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk;

/// <summary>Commands of psql in a script: most only show or format, some bring in statements that are not there to be read.</summary>
internal static class ClientCommands
{
    private static readonly string[] Hiding = ["i", "ir", "include", "include_relative", "gexec", "connect", "c", "copy", "!", "if", "elif", "else", "endif", "o", "g"];

    /// <summary>The command as a statement: unknown when it changes what runs.</summary>
    public static PgStatement Read(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> command = text.TrimStart('\\');
        int end = command.IndexOfAny(" \t\r\n");
        string name = (end < 0 ? command : command[..end]).ToString();
        return Array.IndexOf(Hiding, name) >= 0
            ? new UnknownStatement($"the psql command \\{name} brings in or redirects statements that cannot be seen here")
            : new PlainStatement("ClientCommand", ChangesSchema: false);
    }
}
