using System.Collections.Frozen;

namespace SafeDb.PostgreSql.Sql;

/// <summary>Words that cannot stand bare as a name of a table or column.</summary>
internal static class PgKeywords
{
    // Reserved and "can be function or type name" words of PostgreSQL 12 to 18, and the "cannot be function or type name" ones, which pg_dump quotes too.
    private static readonly FrozenSet<string> Quoted = (
        "all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character check coalesce collate collation " +
        "column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal default " +
        "deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in initially inner " +
        "inout int integer intersect interval into is isnull join lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize not " +
        "notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary real references returning right row select " +
        "session_user setof similar smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar " +
        "variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable").Split(' ')
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a name needs no quotes.</summary>
    public static bool IsPlainName(string name)
    {
        if (name.Length == 0 || !(char.IsAsciiLetterLower(name[0]) || name[0] == '_'))
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
            {
                return false;
            }
        }

        return !Quoted.Contains(name);
    }
}
