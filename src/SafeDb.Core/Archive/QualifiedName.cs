namespace SafeDb.Archive;

/// <summary>Takes the names of a manifest apart, which are quoted where they must be.</summary>
public static class QualifiedName
{
    /// <summary>Schema and name, unquoted; an empty schema when the name has none.</summary>
    /// <param name="qualified">The name, such as <c>public."Order.Items"</c>.</param>
    public static (string Schema, string Name) Split(string qualified)
    {
        bool quoted = false;
        for (int i = 0; i < qualified.Length; i++)
        {
            quoted ^= qualified[i] == '"';
            if (qualified[i] == '.' && !quoted)
            {
                return (Unquote(qualified[..i]), Unquote(qualified[(i + 1)..]));
            }
        }

        return ("", Unquote(qualified));
    }

    /// <summary>A name without its quotes.</summary>
    public static string Unquote(string name) => name.Length > 1 && name[0] == '"' ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name;
}
