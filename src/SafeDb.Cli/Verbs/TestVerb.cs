using System.CommandLine;

using SafeDb.Archive;
using SafeDb.Cli.Hosting;
using SafeDb.Cli.Output;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Verification;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb test</c>: Test-SafeDbBackup.</summary>
internal sealed class TestVerb
{
    private readonly Argument<string> _backup = new("backup") { Description = "The archive: a file or a blob address." };
    private readonly Option<string?> _database = VerbArguments.Text("--database", "The database that the archive is of; the scratch copy is made on its server or in its folder.", "DATABASE");
    private readonly Option<VerificationLevel> _level = new("--level")
    {
        Description = "Checksum (every stored byte; needs no key), Schema, or Restore (everything restored, every row compared).", DefaultValueFactory = _ => VerificationLevel.Restore,
    };

    private readonly Option<string?> _scratch = VerbArguments.Text("--scratch", "Server or folder, as a database address, where the scratch copy may be made. PostgreSQL needs this or --database, and a role with CREATEDB.", "DATABASE");
    private readonly Option<int> _jobs = VerbArguments.Jobs();
    private readonly Option<bool> _noOwner = VerbArguments.Switch("--no-owner", "Leave out owners, for a scratch server without the original's roles.");
    private readonly Option<bool> _noPrivileges = VerbArguments.Switch("--no-privileges", "Leave out privileges, for a scratch server without the original's roles.");
    private readonly Option<bool> _quiet = VerbArguments.Switch("--quiet", "Print only true or false.");
    private readonly ArchiveOptions _archive = new(writes: false);

    public static Command Create(VerbRunner runner)
    {
        var verb = new TestVerb();
        var command = new Command("test", "Prove that a backup can be restored: restore it into a scratch database and compare every row.")
        {
            verb._backup, verb._database, verb._level, verb._scratch, verb._jobs, verb._noOwner, verb._noPrivileges, verb._quiet,
        };
        verb._archive.AddTo(command);
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ResolvedDatabase? database = parsed.GetValue(_database) is { } text ? session.Database(text) : null;
        var command = new VerificationCommand(session.Location(parsed.GetRequiredValue(_backup)), parsed.GetValue(_level))
        {
            Database = database?.Address, Scratch = session.Address(parsed.GetValue(_scratch)) ?? database?.Scratch, Jobs = parsed.GetValue(_jobs), NoOwner = parsed.GetValue(_noOwner), NoPrivileges = parsed.GetValue(_noPrivileges),
        };
        if ((command.Scratch ?? command.Database) is { } server)
        {
            session.Host.Prepare(server.Engine, command.Backup);
        }

        using ArchiveKeys? keys = _archive.Keys(parsed, session);
        if (session.WhatIf)
        {
            session.Confirmed(await new VerificationForecast(session.Engine).ForeseeAsync(command, keys, stop).ConfigureAwait(false), ask: false);
            return VerbResult.Nothing;
        }

        BackupVerification result = await new VerificationService(session.Engine).VerifyAsync(command, keys, session.Observer, stop).ConfigureAwait(false);
        if (!result.Passed)
        {
            session.Host.Tell(VerificationErrors.FailureOf(result));
        }

        result = result with { Warnings = [.. result.Warnings.Select(CommandLineWords.Of)], NoEvidence = result.NoEvidence is { } reason ? CommandLineWords.Of(reason) : null };
        object document = parsed.GetValue(_quiet) ? result.Passed : result;
        return new VerbResult(document, result.Passed ? ExitCodes.Done : ExitCodes.Failed) { Text = parsed.GetValue(_quiet) ? _ => result.Passed ? "true\n" : "false\n" : null };
    }
}
