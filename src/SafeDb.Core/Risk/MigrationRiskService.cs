using SafeDb.Addresses;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Risk.Input;

namespace SafeDb.Risk;

/// <summary>What to analyse, and how strictly.</summary>
public sealed record RiskRequest
{
    /// <summary>Files and folders.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>A SQL text instead of files, or null.</summary>
    public string? Text { get; init; }

    /// <summary>What relative paths start from; the process's folder when null.</summary>
    public string? Folder { get; init; }

    /// <summary>The engine; when null, that of <see cref="Database"/>, else <see cref="FallbackEngine"/> is used where the files themselves do not tell.</summary>
    public DatabaseEngine? Engine { get; init; }

    /// <summary>The engine of the configured default database, or null.</summary>
    public DatabaseEngine? FallbackEngine { get; init; }

    /// <summary>A database to ask for facts and numbers, or null.</summary>
    public DatabaseAddress? Database { get; init; }

    /// <summary>The server's version as a comparable integer, or null for the newest known (or the database's).</summary>
    public int? ServerVersion { get; init; }

    /// <summary>Edition, for SQL Server.</summary>
    public string? Edition { get; init; }

    /// <summary>How a runner wraps each file, or null to tell by the files.</summary>
    public FileTransaction? Transaction { get; init; }

    /// <summary>The policy with the caller's allowances.</summary>
    public RiskPolicy Policy { get; init; } = RiskPolicy.Strict;

    /// <summary>Time for questions to the database.</summary>
    public RiskProbeLimits ProbeLimits { get; init; } = RiskProbeLimits.Default;
}

/// <summary>The use case behind <c>Get-MigrationRisk</c>: reads files, asks the database when there is one, and reports. Changes nothing anywhere.</summary>
/// <param name="engines">The engines, to open the database.</param>
/// <param name="dialects">The engines' knowledge of SQL.</param>
/// <param name="databases">The engines' ways to give facts and numbers.</param>
/// <param name="clock">Today, and the budget of questions.</param>
public sealed class MigrationRiskService(EngineRegistry engines, IReadOnlyList<IRiskDialect> dialects, IReadOnlyList<IRiskDatabase> databases, TimeProvider clock)
{
    /// <summary>Every rule of every dialect and the general ones, for completion and validation.</summary>
    public IReadOnlyList<RiskRuleInfo> Rules { get; } =
        [.. dialects.SelectMany(dialect => new RiskAnalyzer(dialect).Rules).DistinctBy(rule => rule.Id, StringComparer.Ordinal).OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    /// <summary>Analyses what the request names.</summary>
    public async Task<RiskReport> AnalyseAsync(RiskRequest request, IOperationObserver observer, CancellationToken cancellationToken)
    {
        request.Policy.Validate(Rules.Select(rule => rule.Id).Concat(Migration.Plan.GateIds.Allowable));
        string folder = request.Folder ?? Environment.CurrentDirectory;
        IReadOnlyList<MigrationFile> files = request.Text is { } text
            ? [new MigrationFile("(text)", text, FileWayBack.Unknown, IsWayBack: false)]
            : MigrationFileSet.Read(request.Paths, folder);
        DatabaseEngine engine = EngineOf(request, files, folder);
        IRiskDialect dialect = dialects.FirstOrDefault(item => item.Engine == engine) ?? throw RiskErrors.DialectMissing.Exception(engine);
        var analyzer = new RiskAnalyzer(dialect, request.Policy, clock);
        List<RiskFile> inputs = [.. files.Select(file => file.ToRiskFile()).Select(file => request.Transaction is { } wrap ? file with { Transaction = wrap } : file)];
        var options = new RiskOptions { ServerVersion = request.ServerVersion, Edition = request.Edition };
        if (request.Database is null)
        {
            return analyzer.Report(analyzer.Analyse(inputs, options), options);
        }

        return await AnalyseWithDatabaseAsync(analyzer, inputs, options, request, observer, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RiskReport> AnalyseWithDatabaseAsync(
        RiskAnalyzer analyzer, List<RiskFile> inputs, RiskOptions options, RiskRequest request, IOperationObserver observer, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await engines.Get(request.Database!.Engine).OpenSessionAsync(request.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            IRiskDatabase? database = databases.FirstOrDefault(item => item.Engine == request.Database.Engine);
            options = options with { ServerVersion = request.ServerVersion ?? session.Engine.Version };
            if (database is not null)
            {
                options = options with { Catalog = await database.ReadFactsAsync(session, cancellationToken).ConfigureAwait(false) };
            }

            IReadOnlyList<FoundRisk> found = analyzer.Find(inputs, options);
            if (database is not null)
            {
                found = await new RiskProbeService(database, clock).AnswerAsync(found, session, request.ProbeLimits, observer, cancellationToken).ConfigureAwait(false);
            }

            return analyzer.Report(analyzer.Judge(found), options);
        }
    }

    private static DatabaseEngine EngineOf(RiskRequest request, IReadOnlyList<MigrationFile> files, string folder) =>
        request.Engine ?? request.Database?.Engine ?? request.FallbackEngine
        ?? EngineDetector.Detect(request.Paths, files.Select(file => file.Text), folder)
        ?? throw RiskErrors.EngineUnknown.Exception(request.Paths.Count > 0 ? string.Join(", ", request.Paths) : "the text");
}
