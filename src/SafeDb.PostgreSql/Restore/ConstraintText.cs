using System.Text.RegularExpressions;

namespace SafeDb.PostgreSql.Restore;

/// <summary>Takes the canonical statements of constraints apart, so that the long part of the work can run beside others.</summary>
internal static partial class ConstraintText
{
    private const string Name = """(?:"(?:[^"]|"")+"|[\w$]+)""";
    private const string Parens = """\((?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[^()"'])*\)""";

    /// <summary>
    /// A primary key or unique constraint as an index that can be built beside the table's others, and the constraint that takes it over. Null for what cannot be taken apart
    /// (exclusion, WITHOUT OVERLAPS): that is created as it stands.
    /// </summary>
    public static (string Index, string Constraint)? SplitUnique(string definition)
    {
        Match match = Unique().Match(definition);
        if (!match.Success || match.Groups["columns"].Value.Contains("WITHOUT OVERLAPS", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string G(string group) => match.Groups[group].Value;
        string index = $"CREATE UNIQUE INDEX {G("name")} ON {G("table")} USING btree {G("columns")}{G("include")}{G("nulls")}{G("with")}"
            + (G("space").Length == 0 ? "" : $" TABLESPACE {G("space")}") + ";";
        string constraint = $"ALTER TABLE {G("table")} ADD CONSTRAINT {G("name")} {G("type")} USING INDEX {G("name")}{G("deferral")};{G("rest")}";
        return (index, constraint);
    }

    /// <summary>A foreign key, or null when the definition is of something else.</summary>
    public static ForeignKeyText? ForeignKey(string definition)
    {
        Match match = Foreign().Match(definition);
        return match.Success
            ? new ForeignKeyText(match.Groups["table"].Value, match.Groups["name"].Value, match.Groups["referenced"].Value, match.Groups["head"].Value, match.Groups["rest"].Value)
            {
                Validated = !match.Groups["invalid"].Success,
            }
            : null;
    }

    [GeneratedRegex(
        $@"^ALTER TABLE (?:ONLY )?(?<table>{Name}(?:\.{Name})?)\s+ADD CONSTRAINT (?<name>{Name}) (?<type>PRIMARY KEY|UNIQUE)(?<nulls> NULLS NOT DISTINCT)? (?<columns>{Parens})"
        + $@"(?<include> INCLUDE {Parens})?(?<with> WITH {Parens})?(?: USING INDEX TABLESPACE (?<space>{Name}))?(?<deferral>(?: NOT)?(?: DEFERRABLE)?(?: INITIALLY (?:DEFERRED|IMMEDIATE))?);(?<rest>.*)$",
        RegexOptions.Singleline | RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Unique();

    [GeneratedRegex(
        $@"^(?<head>ALTER TABLE (?:ONLY )?(?<table>{Name}(?:\.{Name})?)\s+ADD CONSTRAINT (?<name>{Name}) FOREIGN KEY {Parens} REFERENCES (?<referenced>{Name}(?:\.{Name})?)\s?{Parens}"
        + $@"(?:{Parens}|[^;"")(])*?)(?<invalid> NOT VALID)?;(?<rest>.*)$",
        RegexOptions.Singleline | RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Foreign();
}

/// <summary>A foreign key's statement.</summary>
/// <param name="Table">The referencing table.</param>
/// <param name="Name">The constraint's name, quoted where needed.</param>
/// <param name="Referenced">The referenced table.</param>
/// <param name="Head">The statement without NOT VALID and semicolon.</param>
/// <param name="Rest">Statements that follow it.</param>
internal sealed record ForeignKeyText(string Table, string Name, string Referenced, string Head, string Rest)
{
    /// <summary>Whether the source had it validated.</summary>
    public bool Validated { get; init; }

    /// <summary>The statement that creates it without looking at rows.</summary>
    public string Add => $"{Head} NOT VALID;{Rest}";

    /// <summary>The statement that creates and validates it in one.</summary>
    public string AddValidated => $"{Head};{Rest}";

    /// <summary>The statement that looks at the rows.</summary>
    public string Validate => $"ALTER TABLE {Table} VALIDATE CONSTRAINT {Name};";
}
