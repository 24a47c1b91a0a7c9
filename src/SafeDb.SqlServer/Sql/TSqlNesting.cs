namespace SafeDb.SqlServer.Sql;

/// <summary>
/// How deep a text may nest. The parser and the visitors descend with the text, and nothing catches a stack that overflows: what could go deeper than their stack is not given to them.
/// </summary>
internal static class TSqlNesting
{
    // Room for what the limits allow, at some kilobytes a level; reserved, not used, by ordinary scripts, which stay below the ordinary limits and need no stack of their own.
    private const int Stack = 256 * 1024 * 1024;
    private static readonly Limits Ordinary = new(Parentheses: 40, Blocks: 100, Chained: 1_000);
    private static readonly Limits Greatest = new(Parentheses: 1_000, Blocks: 3_000, Chained: 20_000);

    private sealed record Limits(int Parentheses, int Blocks, int Chained);

    /// <summary>Whether a text could nest deeper than even a large stack holds.</summary>
    public static bool IsTooDeep(ReadOnlySpan<char> text) => Exceeds(Measure(text), Greatest);

    /// <summary>Runs an action with a stack that is large enough for a text.</summary>
    public static void WithRoom(string text, Action action)
    {
        if (!Exceeds(Measure(text), Ordinary))
        {
            action();
            return;
        }

        System.Runtime.ExceptionServices.ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception problem)
            {
                failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(problem);
            }
        }, Stack);
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private static bool Exceeds(Limits depth, Limits limits) =>
        depth.Parentheses > limits.Parentheses || depth.Blocks > limits.Blocks || depth.Chained > limits.Chained;

    // An upper bound without parsing: open parentheses, words that can hold a statement or expression inside them, operators that can make a tree lean to one side.
    private static Limits Measure(ReadOnlySpan<char> text)
    {
        int open = 0, deepest = 0, blocks = 0, chained = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '(' or '[')
            {
                deepest = Math.Max(deepest, ++open);
            }
            else if (c is ')' or ']')
            {
                open = Math.Max(0, open - 1);
            }
            else if (c is '+' or '-' or '*' or '/' or '%' or '&' or '|' or '^' or '~' or '.' or '=')
            {
                chained++;
            }
            else if (char.IsAsciiLetter(c))
            {
                int end = i;
                while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
                {
                    end++;
                }

                blocks += IsBlock(text[i..end]) ? 1 : 0;
                chained += IsChain(text[i..end]) ? 1 : 0;
                i = end - 1;
            }
        }

        return new Limits(deepest, blocks, chained);
    }

    private static bool IsBlock(ReadOnlySpan<char> word) => Is(word, "begin") || Is(word, "case") || Is(word, "if") || Is(word, "else") || Is(word, "while") || Is(word, "try");

    private static bool IsChain(ReadOnlySpan<char> word) => Is(word, "not") || Is(word, "and") || Is(word, "or") || Is(word, "union") || Is(word, "except") || Is(word, "intersect") || Is(word, "join") || Is(word, "collate");

    private static bool Is(ReadOnlySpan<char> word, string other) => word.Equals(other, StringComparison.OrdinalIgnoreCase);
}
