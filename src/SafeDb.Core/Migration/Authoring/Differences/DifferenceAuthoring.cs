using System.Text;

using SafeDb.Errors;
using SafeDb.Migration.Formats;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Migration.Trial;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.Migration.Authoring.Differences;

/// <summary>
/// Writes what a folder's migrations lack to lead to the schema of a database. Tried on an empty database aside: the migrations of the folder, then what was written, with a comparison; then the
/// way back, with another. What was refused there, or still differs, is said.
/// </summary>
/// <param name="context">The engine's parts.</param>
public sealed class DifferenceAuthoring(MigrationContext context)
{
    private readonly DifferenceWriter _writer = new(context.Engine.Differences);

    /// <summary>The texts of the migration that is missing.</summary>
    /// <param name="command">The database with the wanted schema, which is only read; the folder; where empty databases may be made.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<MigrationTexts> WriteAsync(MigrationCommand command, CancellationToken cancellationToken)
    {
        DatabaseSchema wanted;
        IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            wanted = await context.SchemaAsync(session, cancellationToken).ConfigureAwait(false);
        }

        (string format, IReadOnlyList<MigrationScript> scripts) = Scripts(command);
        var trial = new MigrationTrial(context, new RunLog("difference", context.Clock, command.Observer, null));
        return await trial.OnEmptyAsync(command, format, scripts, empty => TryAsync(empty, wanted, command.Database.Display, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static (string Format, IReadOnlyList<MigrationScript> Scripts) Scripts(MigrationCommand command)
    {
        if (!Directory.Exists(command.Folder) || MigrationFolderReader.Read(command.Folder) is not { } folder || !folder.Files.Any(file => file.EndsWith(".sql", StringComparison.OrdinalIgnoreCase)))
        {
            return (command.Format ?? "plain", []);
        }

        IMigrationFormat format = FormatCatalog.Choose(folder, command.Format, []);
        return (format.Name, format.Read(folder));
    }

    private async Task<MigrationTexts> TryAsync(IDatabaseSession empty, DatabaseSchema wanted, string display, CancellationToken cancellationToken)
    {
        DatabaseSchema before = await context.SchemaAsync(empty, cancellationToken).ConfigureAwait(false);
        if (!_writer.StillDiffers(before, wanted).Any())
        {
            throw MigrationErrors.NoDifference.Exception(display);
        }

        Tried up = await TryAsync(empty, before, wanted, "up", cancellationToken).ConfigureAwait(false);
        Tried down = await TryAsync(empty, up.Reached, before, "down", cancellationToken).ConfigureAwait(false);
        return new MigrationTexts(Text(up), Text(down), MigrationTexts.Empty.Verify) { LeftOut = [.. up.LeftOut, .. down.LeftOut] };
    }

    private async Task<Tried> TryAsync(IDatabaseSession session, DatabaseSchema from, DatabaseSchema to, string direction, CancellationToken cancellationToken)
    {
        WrittenDifference written = _writer.Write(from, to);
        var accepted = new List<string>();
        var leftOut = new List<string>(written.LeftOut.Select(text => $"{direction}: {text}"));
        foreach (string statement in written.Statements)
        {
            try
            {
                await session.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
                accepted.Add(statement);
            }
            catch (SafeDbException refused) when (refused.Error.Kind is not (ErrorKind.Connection or ErrorKind.Cancelled))
            {
                leftOut.Add($"{direction}: refused on an empty database ({refused.Message.ReplaceLineEndings(" ")}): {statement.ReplaceLineEndings(" ")}");
            }
        }

        DatabaseSchema reached = await context.SchemaAsync(session, cancellationToken).ConfigureAwait(false);
        leftOut.AddRange(_writer.StillDiffers(reached, to).Select(text => $"{direction}: {text}"));
        return new Tried(accepted, leftOut, reached);
    }

    private static string Text(Tried tried)
    {
        var text = new StringBuilder();
        text.Append(tried.LeftOut.Count == 0
            ? "-- Written by SafeDb, and proved on an empty database: it leads to the very schema. What it means for the rows that are there, the rehearsal tells.\n"
            : "-- Written by SafeDb, and not complete: what follows is left to a person.\n");
        foreach (string left in tried.LeftOut)
        {
            text.Append("-- LEFT OUT ").Append(left).Append('\n');
        }

        foreach (string statement in tried.Statements)
        {
            text.Append(statement.TrimEnd()).Append(statement.TrimEnd().EndsWith(';') ? "\n" : ";\n");
        }

        return text.ToString();
    }

    private sealed record Tried(IReadOnlyList<string> Statements, IReadOnlyList<string> LeftOut, DatabaseSchema Reached);
}
