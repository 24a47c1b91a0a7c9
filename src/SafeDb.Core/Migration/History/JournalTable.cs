using System.Globalization;
using System.Text.Json;

using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.Migration.History;

/// <summary>
/// The run's own memory inside the database, so that a death at any point can be told from any machine. It is made when a run begins to change the database and goes when the run has
/// ended in the new or the old state: other tools never see it as drift. While it is there and nobody holds SafeDb's lock, a run was interrupted.
/// </summary>
/// <param name="engine">The engine's part.</param>
public sealed class JournalTable(HistoryEngine engine)
{
    /// <summary>The table's name.</summary>
    public const string Name = SchemaScope.Journal;

    /// <summary>Whether it is there.</summary>
    public async Task<bool> ExistsAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        (await engine.ColumnsAsync(session, Name, cancellationToken).ConfigureAwait(false)).Contains("run_id", StringComparer.Ordinal);

    /// <summary>Creates it. Fails when it is there: then a run must be finished or undone first.</summary>
    public static async Task CreateAsync(IDatabaseSession session, CancellationToken cancellationToken) => await session.ExecuteAsync(
        $"create table {Name} (seq bigint primary key, run_id varchar(64) not null, at varchar(40) not null, event varchar(40) not null, migration text, position integer, detail text)",
        cancellationToken).ConfigureAwait(false);

    /// <summary>Appends an entry, in the transaction that the session has open.</summary>
    public static async Task AppendAsync(IDatabaseSession session, JournalEntry entry, CancellationToken cancellationToken) => await HistoryEngine.ExecuteAsync(
        session, $"insert into {Name} (seq, run_id, at, event, migration, position, detail) select coalesce(max(seq), 0) + 1, @p0, @p1, @p2, @p3, @p4, @p5 from {Name}", cancellationToken,
        entry.RunId, entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), entry.Event.ToString(), entry.Migration, entry.Position,
        entry.Detail).ConfigureAwait(false);

    /// <summary>Reads it in order; empty when it is not there.</summary>
    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(session, cancellationToken).ConfigureAwait(false))
        {
            return [];
        }

        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(
            session, $"select run_id, at, event, migration, position, detail from {Name} order by seq", cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(Entry)];
    }

    /// <summary>Removes it.</summary>
    public static async Task DropAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        await session.ExecuteAsync($"drop table if exists {Name}", cancellationToken).ConfigureAwait(false);

    private static JournalEntry Entry(object?[] row) => new(
        (string)row[0]!, HistoryEngine.ReadMoment(row[1]) ?? DateTimeOffset.MinValue,
        Enum.TryParse((string)row[2]!, out JournalEvent what) ? what : throw HistoryErrors.Unexpected.Exception(Name, $"the event {row[2]}"), (string?)row[3],
        row[4] is null ? 0 : Convert.ToInt32(row[4], CultureInfo.InvariantCulture), (string?)row[5]);
}

/// <summary>An entry of the journal.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">When, in UTC.</param>
/// <param name="Event">What.</param>
/// <param name="Migration">Id of the migration, or null.</param>
/// <param name="Position">Number of the statement or segment, from 1; 0 for none.</param>
/// <param name="Detail">More, such as the last key of a batch, as text.</param>
public sealed record JournalEntry(string RunId, DateTimeOffset At, JournalEvent Event, string? Migration, int Position, string? Detail);

/// <summary>What a journal entry says.</summary>
public enum JournalEvent
{
    /// <summary>A run begins; the detail is a <see cref="JournalRun"/> as JSON.</summary>
    RunStarted,

    /// <summary>A migration of several segments begins.</summary>
    MigrationStarted,

    /// <summary>A segment is about to run outside a transaction.</summary>
    SegmentStarted,

    /// <summary>A segment has taken effect.</summary>
    SegmentDone,

    /// <summary>A segment that ran outside a transaction failed, and nothing of it is left.</summary>
    SegmentFailed,

    /// <summary>A batch has taken effect; the detail is its last key.</summary>
    BatchDone,

    /// <summary>A migration is applied and recorded.</summary>
    MigrationApplied,

    /// <summary>A migration is being taken back by its down script.</summary>
    RevertStarted,

    /// <summary>A segment of a down script has taken effect.</summary>
    RevertSegmentDone,

    /// <summary>A down script was begun, nothing of it took effect, and the run goes on forwards.</summary>
    RevertGivenUp,

    /// <summary>A migration is taken back.</summary>
    Reverted,

    /// <summary>The run failed and a person must look; the detail says why.</summary>
    NeedsPerson,
}

/// <summary>What the journal keeps of the run as a whole.</summary>
/// <param name="Format">Format of the migrations.</param>
/// <param name="Migrations">Ids that the run is to apply, in order.</param>
/// <param name="SchemaBefore">Fingerprint of the schema before it.</param>
/// <param name="Backup">The archive to go back to, or null.</param>
/// <param name="Machine">Where it runs.</param>
/// <param name="ProcessId">Its process there.</param>
public sealed record JournalRun(string Format, IReadOnlyList<string> Migrations, string SchemaBefore, string? Backup, string Machine, int ProcessId)
{
    /// <summary>Whether the run takes migrations back.</summary>
    public bool Undo { get; init; }

    /// <summary>Whether a runner makes the change.</summary>
    public bool Runner { get; init; }

    /// <summary>Fingerprint of the schema that the rehearsal led to, or null when there was none.</summary>
    public string? SchemaRehearsed { get; init; }

    /// <summary>Content hashes of the migrations, in the same order: a resumed run must find the same files.</summary>
    public IReadOnlyList<string> Hashes { get; init; } = [];

    /// <summary>As JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>From JSON.</summary>
    public static JournalRun FromJson(string? json) =>
        json is null ? throw HistoryErrors.Unexpected.Exception(JournalTable.Name, "a run without its description") : JsonSerializer.Deserialize<JournalRun>(json)!;
}
