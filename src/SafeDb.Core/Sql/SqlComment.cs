namespace SafeDb.Sql;

/// <summary>A comment of a script.</summary>
/// <param name="Start">Offset of its first character.</param>
/// <param name="Length">Length, delimiters included, without the line end of a line comment.</param>
/// <param name="TextStart">Offset of what stands between the delimiters.</param>
/// <param name="TextLength">Length of that.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct SqlComment(int Start, int Length, int TextStart, int TextLength);
