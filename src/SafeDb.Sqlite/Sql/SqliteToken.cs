using System.Runtime.InteropServices;

namespace SafeDb.Sqlite.Sql;

/// <summary>What a token is.</summary>
internal enum SqliteTokenKind
{
    Blank,
    Comment,
    Word,
    QuotedName,
    Text,
    Blob,
    Number,
    Variable,
    Symbol,
    Semicolon,

    /// <summary>A quote, bracket or blob that never ends.</summary>
    Unclosed,

    /// <summary>A character that SQLite's tokenizer refuses.</summary>
    Illegal,

    End,
}

/// <summary>A piece of text with its kind.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SqliteToken(SqliteTokenKind Kind, int Start, int Length)
{
    public int EndOffset => Start + Length;

    public bool IsTrivia => Kind is SqliteTokenKind.Blank or SqliteTokenKind.Comment;
}
