namespace SafeDb.Migration.Script;

/// <summary>How a statement must run.</summary>
public enum StatementRole
{
    /// <summary>In the migration's transaction.</summary>
    Transactional,

    /// <summary>Outside any transaction, by itself.</summary>
    Alone,

    /// <summary>It begins or ends a transaction itself.</summary>
    TransactionControl,

    /// <summary>It switches foreign keys off or on, which must happen outside the transaction to have an effect (SQLite).</summary>
    ForeignKeySwitch,
}

/// <summary>One statement of a script.</summary>
/// <param name="Index">Number in the script, from 1.</param>
/// <param name="Sql">Its text as written, without the terminator.</param>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Role">How it must run.</param>
public sealed record ScriptStatement(int Index, string Sql, int Line, StatementRole Role)
{
    /// <summary>How it is cut into batches, or null when it runs as it is.</summary>
    public BatchDirective? Batch { get; init; }
}

/// <summary>Statements that take effect together.</summary>
/// <param name="Index">Number in the script, from 1.</param>
/// <param name="Kind">How they run.</param>
/// <param name="Statements">The statements.</param>
public sealed record ScriptSegment(int Index, SegmentKind Kind, IReadOnlyList<ScriptStatement> Statements);

/// <summary>How a segment runs.</summary>
public enum SegmentKind
{
    /// <summary>All of it in one transaction.</summary>
    Transaction,

    /// <summary>One statement outside any transaction.</summary>
    Alone,

    /// <summary>One statement, in many transactions.</summary>
    Batches,
}

/// <summary>A script as it will run.</summary>
/// <param name="Segments">Its segments in order.</param>
/// <param name="ForeignKeysOff">Whether foreign keys are switched off around it and checked at its end.</param>
public sealed record ExecutableScript(IReadOnlyList<ScriptSegment> Segments, bool ForeignKeysOff)
{
    /// <summary>Whether the whole script takes effect at once or not at all.</summary>
    public bool IsAtomic => Segments.Count <= 1 && Segments.All(segment => segment.Kind == SegmentKind.Transaction);

    /// <summary>Every statement in order.</summary>
    public IEnumerable<ScriptStatement> Statements => Segments.SelectMany(segment => segment.Statements);
}
