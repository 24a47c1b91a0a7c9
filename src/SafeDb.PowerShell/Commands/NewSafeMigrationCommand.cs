using System.Management.Automation;

using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration.Authoring;
using SafeDb.Migration.Authoring.Differences;
using SafeDb.Migration.Plan;

namespace SafeDb.PowerShell.Commands;

/// <summary>Makes the files of a new migration, up, down and verify, in the format and with the next number of their folder.</summary>
[Cmdlet(VerbsCommon.New, "SafeMigration", SupportsShouldProcess = true, HelpUri = HelpLinks.Root + "New-SafeMigration.md")]
[OutputType(typeof(NewMigration))]
public sealed class NewSafeMigrationCommand : ConfiguredCmdlet
{
    /// <summary>Name of the migration, such as add_orders. In file names letters lose their marks (ä is a, ß is ss), and what is no letter or digit becomes an underscore.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = string.Empty;

    /// <summary>The folder of the migrations, taken as written; made when it is missing. By default that of -Database in safedb.json.</summary>
    [Parameter(Position = 1)]
    [Alias("LiteralPath")]
    public string? Path { get; set; }

    /// <summary>Format of the folder: plain, prisma, node-pg-migrate, flyway, golang-migrate or dbmate. By default detected; an empty folder becomes a plain one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.FormatCompleter))]
    public string? Format { get; set; }

    /// <summary>The database whose folder and format in safedb.json are meant. It is not connected to.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>A database with the schema that is wanted, by address or name: the files hold the statements that lead there from where the folder's migrations lead. It is only read; an empty database is made aside, to try them.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? FromDifference { get; set; }

    private protected override void ProcessItem()
    {
        ErrorTarget = Name;
        DatabaseSettings? settings = Database is null && Path is not null ? null : ResolveDatabase(Database).Settings;
        string folder = MigrationFolder(Path, settings);
        string? format = Format ?? settings?.Format;

        // Not even the empty database is made for -WhatIf.
        MigrationTexts texts = FromDifference is null || IsWhatIf ? MigrationTexts.Empty : Difference(folder, format, ResolveDatabase(FromDifference));
        MigrationDraft draft = new MigrationAuthoring(Core.Clock).Plan(folder, format, Name, texts);
        if (ShouldProcess(string.Join(", ", draft.Migration.Files), "Create"))
        {
            Give(MigrationAuthoring.Write(draft));
            foreach (string left in draft.Migration.LeftOut)
            {
                WriteWarning($"Left out: {left}");
            }
        }
    }

    private MigrationTexts Difference(string folder, string? format, ResolvedDatabase wanted) => Run((observer, stop) =>
        new DifferenceAuthoring(Composition.Migrations(Core, wanted.Address.Engine)).WriteAsync(
            new MigrationCommand(wanted.Address, folder) { Format = format, Policy = wanted.Policy, Scratch = wanted.Scratch, Observer = observer }, stop));
}
