namespace SafeDb.Risk.Input;

/// <summary>Reads the markers that tools put into one file for both directions.</summary>
internal static class MigrationMarkers
{
    private static readonly string[] Down = ["migrate:down", "+migrate down", "+goose down", "safedb:down", "@down", "down migration", "rollback:", "//@undo"];
    private static readonly string[] Up = ["migrate:up", "+migrate up", "+goose up", "safedb:up", "@up", "up migration"];
    private static readonly string[] NoTransaction = ["safedb:no-transaction", "no-transaction", "! no-transaction", "+goose no transaction", "atlas:txmode none", "migrate:up transaction:false", "+migrate notransaction", "+migrate up notransaction", "tern: disable-tx", "executeintransaction=false"];
    private static readonly string[] Manual = ["safedb:rollback "];

    /// <summary>The text with the down part blanked, and whether there was one that does something.</summary>
    public static (string Text, bool HasDown) WithoutDown(string text)
    {
        if (!text.Contains("down", StringComparison.OrdinalIgnoreCase))
        {
            return (text, false);
        }

        char[] kept = text.ToCharArray();
        bool inDown = false;
        bool hasDown = false;
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start) is var at && at < 0 ? text.Length : at + 1;
            ReadOnlySpan<char> line = text.AsSpan(start, end - start).Trim();
            bool marker = line.StartsWith("--", StringComparison.Ordinal);
            inDown = marker && Begins(line, Down) || ((!marker || !Begins(line, Up)) && inDown);
            if (inDown)
            {
                hasDown |= !marker && !line.IsEmpty;
                Blank(kept, start, end);
            }

            start = end;
        }

        return hasDown ? (new string(kept), true) : (text, false);
    }

    /// <summary>Whether the file asks to run outside a transaction.</summary>
    public static bool AsksForNoTransaction(string text) => AnyComment(text, NoTransaction);

    /// <summary>Whether comments of the file tell a manual way back.</summary>
    public static bool SaysManualWayBack(string text) => AnyComment(text, Manual);

    private static bool AnyComment(string text, string[] markers)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> trimmed = line.Trim();
            if (trimmed.StartsWith("--", StringComparison.Ordinal) && Begins(trimmed, markers))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Begins(ReadOnlySpan<char> line, string[] markers)
    {
        ReadOnlySpan<char> content = line.TrimStart("- ");
        foreach (string marker in markers)
        {
            if (content.StartsWith(marker, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static void Blank(char[] text, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            text[i] = text[i] is '\r' or '\n' ? text[i] : ' ';
        }
    }
}
