namespace SafeDb.Risk;

/// <summary>How much care a migration needs, as the owner's documents have it.</summary>
public enum RiskLevel
{
    /// <summary>New tables, columns with constant defaults, indexes built online, compatible types.</summary>
    Safe,

    /// <summary>Dropped columns, incompatible types, NOT NULL without default, renames, changed relations; long locks.</summary>
    Risky,

    /// <summary>Dropped tables, primary keys, complex relations, large structural change, certain loss of data.</summary>
    Dangerous,
}

/// <summary>What a statement may do to rows that exist.</summary>
public enum DataLoss
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Depends on the rows.</summary>
    Possible,

    /// <summary>Rows or values go if there are any.</summary>
    Certain,
}
