namespace SafeDb.PostgreSql.Sql;

/// <summary>Lock modes of relations, weakest first, as in the documentation's chapter on explicit locking.</summary>
internal enum PgLock
{
    /// <summary>None.</summary>
    None,

    /// <summary>SELECT.</summary>
    AccessShare,

    /// <summary>SELECT FOR UPDATE.</summary>
    RowShare,

    /// <summary>INSERT, UPDATE, DELETE.</summary>
    RowExclusive,

    /// <summary>VACUUM, VALIDATE CONSTRAINT; conflicts with itself.</summary>
    ShareUpdateExclusive,

    /// <summary>CREATE INDEX; blocks writes.</summary>
    Share,

    /// <summary>CREATE TRIGGER, ADD FOREIGN KEY; blocks writes and itself.</summary>
    ShareRowExclusive,

    /// <summary>REFRESH CONCURRENTLY; allows only reads.</summary>
    Exclusive,

    /// <summary>Blocks everything, reads too.</summary>
    AccessExclusive,
}
