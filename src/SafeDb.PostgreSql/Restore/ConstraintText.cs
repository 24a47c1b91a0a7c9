using System.Text.RegularExpressions;

namespace SafeDb.PostgreSql.Restore;

/// <summary>Takes the canonical statements of foreign keys apart, so that looking at the rows can run beside others.</summary>
internal static partial class ConstraintText
{
    private const string Name = """(?:"(?:[^"]|"")+"|[\w$]+)""";
    private const string Parens = """\((?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[^()"'])*\)""";

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
