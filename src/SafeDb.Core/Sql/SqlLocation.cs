namespace SafeDb.Sql;

/// <summary>A place in a SQL text.</summary>
/// <param name="Path">The file, or null for text that has none.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in UTF-16 units, from 1.</param>
/// <param name="EndLine">Last line, from 1.</param>
/// <param name="EndColumn">Column after the last character, from 1.</param>
public sealed record SqlLocation(string? Path, int Line, int Column, int EndLine, int EndColumn)
{
    /// <inheritdoc/>
    public override string ToString() => Path is null ? $"{Line}:{Column}" : $"{Path}:{Line}:{Column}";
}
