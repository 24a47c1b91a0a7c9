using System.Management.Automation;

using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Integrity;

namespace SafeDb.PowerShell.Commands;

/// <summary>Looks for damage, orphaned rows, broken rules and invariants in a database. Changes nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "SafeDbIntegrity", HelpUri = HelpLinks.Root + "Test-SafeDbIntegrity.md")]
[OutputType(typeof(IntegrityFinding), typeof(bool))]
public sealed class TestSafeDbIntegrityCommand : ConfiguredCmdlet
{
    /// <summary>The database: an address such as sqlite:./shop.db, or its name in safedb.json. By default DATABASE_URL, then the configured default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>Give only True (no damage and no broken rule) or False.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override bool FailureEndsPipeline => false;

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        ResolvedDatabase database = ResolveDatabase(Database);
        IntegrityReport report = Run((observer, stop) => Composition.Integrity(Core, database.Address.Engine).CheckAsync(database, observer, stop));
        WriteVerbose($"{database.Address.Display}: checked {string.Join(", ", report.Checks)}; {Counted.Of(report.Findings.Count, "finding")}.");
        if (Quiet)
        {
            Give(report.IsSound);
        }
        else
        {
            GiveEach(report.Findings);
        }
    }
}
