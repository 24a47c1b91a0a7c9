namespace SafeDb.PostgreSql.Schema.Parts;

/// <summary>One privilege that somebody gave to somebody.</summary>
/// <param name="Grantee">The role, or null for PUBLIC.</param>
internal sealed record PrivilegeEntry(string Grantor, string? Grantee, string Privilege, bool Grantable);

/// <summary>What privileges are on.</summary>
/// <param name="Name">As GRANT names it, such as <c>TABLE public.t</c>.</param>
/// <param name="Column">The column, quoted, when they are on one.</param>
/// <param name="Owner">The owner, in whose name a superuser grants.</param>
internal sealed record PrivilegeTarget(string Name, string? Column, string Owner);

/// <summary>The statements that lead from one list of privileges to another.</summary>
internal static class PrivilegeDifference
{
    public static List<string> Statements(PrivilegeTarget target, IReadOnlyList<PrivilegeEntry> now, IReadOnlyList<PrivilegeEntry> before)
    {
        (string on, string owner) = (target.Name, target.Owner);
        string columnName = target.Column is null ? "" : $" ({target.Column})";
        var statements = new List<string>();
        foreach (PrivilegeEntry entry in before.OrderBy(entry => entry.Grantee is null ? "" : entry.Grantee, StringComparer.Ordinal).ThenBy(entry => entry.Privilege, StringComparer.Ordinal))
        {
            IEnumerable<PrivilegeEntry> kept = now.Where(other => other.Grantee == entry.Grantee && other.Privilege == entry.Privilege);
            if (!kept.Any())
                statements.Add($"REVOKE {entry.Privilege}{columnName} ON {on} FROM {Role(entry.Grantee)};");
            else if (entry.Grantable && !kept.Any(other => other.Grantable))
                statements.Add($"REVOKE GRANT OPTION FOR {entry.Privilege}{columnName} ON {on} FROM {Role(entry.Grantee)};");
        }

        List<PrivilegeEntry> grants = [.. now.Where(entry => !before.Contains(entry))];
        foreach (IGrouping<string, PrivilegeEntry> grantor in InOrder(grants, owner))
        {
            bool byOther = grantor.Key != owner;
            if (byOther)
                statements.Add($"SET SESSION AUTHORIZATION {SqlText.Identifier(grantor.Key)};");
            statements.AddRange(grantor
                .GroupBy(entry => (entry.Grantee, entry.Grantable))
                .OrderBy(group => group.Key.Grantee ?? "", StringComparer.Ordinal).ThenBy(group => group.Key.Grantable)
                .Select(group => $"GRANT {string.Join(", ", group.Select(entry => entry.Privilege + columnName).Order(StringComparer.Ordinal))} ON {on} TO {Role(group.Key.Grantee)}{(group.Key.Grantable ? " WITH GRANT OPTION" : "")};"));
            if (byOther)
                statements.Add("RESET SESSION AUTHORIZATION;");
        }

        return statements;
    }

    /// <summary>Who grants must have been granted before: the owner first, then those whom the ones before allowed to.</summary>
    private static IEnumerable<IGrouping<string, PrivilegeEntry>> InOrder(List<PrivilegeEntry> grants, string owner)
    {
        List<IGrouping<string, PrivilegeEntry>> waiting = [.. grants.GroupBy(entry => entry.Grantor, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)];
        HashSet<string> able = new(StringComparer.Ordinal) { owner };
        while (waiting.Count > 0)
        {
            IGrouping<string, PrivilegeEntry> next = waiting.Find(group => able.Contains(group.Key)) ?? waiting[0];
            waiting.Remove(next);
            able.UnionWith(next.Where(entry => entry.Grantable && entry.Grantee is not null).Select(entry => entry.Grantee!));
            yield return next;
        }
    }

    private static string Role(string? name) => name is null ? "PUBLIC" : SqlText.Identifier(name);
}
