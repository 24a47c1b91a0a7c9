namespace SafeDb.PostgreSql.Sql;

/// <summary>A token of PostgreSQL's SQL as a range of the text it came from.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Offset of its first character.</param>
/// <param name="Length">Length in UTF-16 units.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct PgToken(PgTokenKind Kind, int Start, int Length)
{
    /// <summary>Offset after its last character.</summary>
    public int End => Start + Length;
}

/// <summary>What a token is.</summary>
internal enum PgTokenKind
{
    /// <summary>The end of the text.</summary>
    End,

    /// <summary>Blanks, line ends.</summary>
    Blank,

    /// <summary>A comment to the end of its line.</summary>
    LineComment,

    /// <summary>A comment between delimiters, nested ones included.</summary>
    BlockComment,

    /// <summary>A keyword or a name without quotes.</summary>
    Word,

    /// <summary>A name in double quotes, <c>U&amp;""</c> included.</summary>
    QuotedName,

    /// <summary>A string of any form: standard, <c>E''</c>, <c>U&amp;''</c>, <c>B''</c>, <c>X''</c>, dollar-quoted.</summary>
    String,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A parameter, <c>$1</c>.</summary>
    Parameter,

    /// <summary>An operator of one or more characters.</summary>
    Operator,

    /// <summary>One of <c>( ) [ ] , ; : .</c>, or <c>::</c>, <c>:=</c>, <c>..</c>.</summary>
    Punctuation,

    /// <summary>A backslash, with which a command of psql begins.</summary>
    Backslash,

    /// <summary>A quote, dollar quote or comment that the text does not close.</summary>
    Unclosed,

    /// <summary>A character that begins no token.</summary>
    Unknown,
}
