namespace SafeDb.Risk;

/// <summary>What a statement does to one object, in words that all engines share. The general rules read only these.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Relation">The table (or other object) it is done to, as in <see cref="RelationLock.Relation"/>.</param>
public sealed record StatementEffect(EffectKind Kind, string Relation)
{
    /// <summary>The column, constraint or index, or null when the relation itself is meant.</summary>
    public string? Member { get; init; }

    /// <summary>The new name of a rename, or null.</summary>
    public string? NewName { get; init; }

    /// <summary>Whether the relation was created earlier in the same sequence of pending files, so that it holds nothing of value yet.</summary>
    public bool OnNewRelation { get; init; }

    /// <summary>For a lock timeout: how long it is, or null when that is not known.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>For updates and deletes: whether a WHERE, LIMIT or key range bounds the rows.</summary>
    public bool Bounded { get; init; }

    /// <summary>Whether it is one step of a recognised larger operation (a rebuild) that is judged as a whole.</summary>
    public bool PartOfRebuild { get; init; }
}

/// <summary>What a statement does to an object.</summary>
public enum EffectKind
{
    /// <summary>A change of the schema that has no name of its own here.</summary>
    OtherSchema,

    /// <summary>A relation is made.</summary>
    CreateRelation,

    /// <summary>A table goes, with its rows.</summary>
    DropTable,

    /// <summary>Something without rows of its own goes: view, index, trigger, function.</summary>
    DropOther,

    /// <summary>A schema or a whole database goes.</summary>
    DropDatabase,

    /// <summary>A relation gets another name.</summary>
    RenameRelation,

    /// <summary>A column is added.</summary>
    AddColumn,

    /// <summary>A column goes, with its values.</summary>
    DropColumn,

    /// <summary>A column gets another name.</summary>
    RenameColumn,

    /// <summary>A column gets another type.</summary>
    ChangeType,

    /// <summary>A constraint is added or made stricter.</summary>
    AddConstraint,

    /// <summary>A constraint goes or is made looser.</summary>
    DropConstraint,

    /// <summary>An index is built.</summary>
    CreateIndex,

    /// <summary>Rows are added.</summary>
    Insert,

    /// <summary>Rows are changed.</summary>
    Update,

    /// <summary>Rows go.</summary>
    Delete,

    /// <summary>All rows of a table go.</summary>
    Truncate,

    /// <summary>A lock timeout is set for the session or transaction; <see cref="StatementEffect.Member"/> is the value as written, null when it is no limit any more.</summary>
    SetLockTimeout,

    /// <summary>A transaction begins.</summary>
    Begin,

    /// <summary>A transaction ends.</summary>
    Commit,
}
