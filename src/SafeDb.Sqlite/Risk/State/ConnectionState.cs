using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.State;

/// <summary>What pragmas and transactions have set between two statements.</summary>
/// <param name="InTransaction">Whether a transaction is open.</param>
/// <param name="InExplicit">Whether the file itself opened it.</param>
/// <param name="ForeignKeysOff">Whether foreign keys are surely off. Drivers differ in what they begin with, so anything else counts as on.</param>
/// <param name="LegacyAlter">Whether <c>legacy_alter_table</c> is on.</param>
internal sealed record ConnectionState(bool InTransaction, bool InExplicit, bool ForeignKeysOff, bool LegacyAlter)
{
    /// <summary>Name of the outermost savepoint that opened a transaction, or null.</summary>
    public int Savepoints { get; init; }

    /// <summary>The state after a statement.</summary>
    public ConnectionState After(SqliteStatement statement) => statement switch
    {
        Transaction { Form: "Begin" } => this with { InTransaction = true, InExplicit = true },
        Transaction { Form: "Commit" or "Rollback" } => this with { InTransaction = false, InExplicit = false, Savepoints = 0 },
        Transaction { Form: "Savepoint" } => this with { InTransaction = true, Savepoints = Savepoints + 1 },
        Transaction { Form: "Release" } => this with { Savepoints = Math.Max(0, Savepoints - 1), InTransaction = InExplicit || Savepoints > 1 },
        Pragma { Name: "foreign_keys", Value: { } value } when !InTransaction => this with { ForeignKeysOff = !IsOn(value) },
        Pragma { Name: "legacy_alter_table", Value: { } value } => this with { LegacyAlter = IsOn(value) },
        _ => this,
    };

    /// <summary>What a pragma takes as true.</summary>
    public static bool IsOn(string value) => value.ToLowerInvariant() is "on" or "yes" or "true" or "1" || (long.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out long number) && number != 0);
}
