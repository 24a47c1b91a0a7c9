using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>The statement fails on the version at hand.</summary>
internal sealed class FeatureNotInVersion : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("feature-not-in-version", RiskLevel.Risky, "The statement needs a newer SQLite than the one it will run on.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        (string Feature, int Since)? need = context.Statement switch
        {
            AlterConstraint alter => ($"ALTER TABLE … {alter.Form}", 3_053_000),
            DropColumn => ("DROP COLUMN", 3_035_000),
            RenameColumn => ("RENAME COLUMN", 3_025_000),
            CreateTable { Strict: true } => ("STRICT tables", 3_037_000),
            CreateTable table when table.Columns.Any(column => column.Generated is not null) => ("generated columns", 3_031_000),
            AddColumn { Column.Generated: not null } => ("generated columns", 3_031_000),
            Maintenance { Form: "Vacuum", Into: true } => ("VACUUM INTO", 3_027_000),
            _ => null,
        };

        // Constraint forms are so new that nobody may assume them; the others are taken for granted unless the version says otherwise.
        if (need is { } found && (context.Version ?? (found.Since >= NewestTakenForGranted ? 0 : int.MaxValue)) < found.Since)
        {
            string version = context.Version is { } at ? $"this is {at / 1_000_000}.{at / 1000 % 1000}.{at % 1000}" : "which version it runs on is not known";
            yield return new(new RiskFinding(Info.Id, Info.Level, $"{found.Feature} needs SQLite {found.Since / 1_000_000}.{found.Since / 1000 % 1000}; {version}. Older versions fail with a syntax error.",
                "Give the server version, or use what that version has (rebuild the table)."));
        }
    }

    private const int NewestTakenForGranted = 3_050_000;
}
