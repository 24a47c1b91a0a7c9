using SafeDb.Addresses;
using SafeDb.Sql;

namespace SafeDb.Risk;

/// <summary>One engine's knowledge of SQL: how to split a script, what a statement does, and which rules apply.</summary>
public interface IRiskDialect
{
    /// <summary>The engine.</summary>
    DatabaseEngine Engine { get; }

    /// <summary>Every rule the dialect can report, for documentation, completion and validation of names.</summary>
    IReadOnlyList<RiskRuleInfo> Rules { get; }

    /// <summary>Splits a script. Joining the pieces' texts gives back the script, byte for byte. Never throws for any input.</summary>
    IReadOnlyList<ScriptPiece> Split(SourceText source);

    /// <summary>The comments of a script in order, for suppressions. Asked only for scripts that mention <c>safedb:</c>. Never throws for any input.</summary>
    IReadOnlyList<SqlComment> Comments(SourceText source);

    /// <summary>Begins to analyse a sequence of files in the order in which they would run. Never throws for any input.</summary>
    IRiskSession Begin(RiskOptions options);
}

/// <summary>Analyses files one after another and remembers what the earlier ones did (tables created, constraints validated).</summary>
public interface IRiskSession
{
    /// <summary>Tells which files will come, in their order, so that what depends on no other file can be read beforehand on the other processors. Changes no result.</summary>
    void Expect(IReadOnlyList<RiskFile> files)
    {
    }

    /// <summary>Analyses the next file. Suppressions, baseline and policy are applied afterwards by <see cref="RiskAnalyzer"/>.</summary>
    FileRisk Analyse(RiskFile file);
}

/// <summary>A file to analyse.</summary>
/// <param name="Source">Its text.</param>
/// <param name="Transaction">How its runner would run it.</param>
public sealed record RiskFile(SourceText Source, FileTransaction Transaction)
{
    /// <summary>Whether the file was applied already: it only teaches the session the state.</summary>
    public bool Applied { get; init; }

    /// <summary>How it can be taken back, as far as the caller knows.</summary>
    public FileWayBack WayBack { get; init; }

    /// <summary>Whether the text is itself a way back (a down script): what it drops was made by the migration that it takes back.</summary>
    public bool IsWayBack { get; init; }
}

/// <summary>How a migration file can be taken back.</summary>
public enum FileWayBack
{
    /// <summary>The caller cannot tell (a text without a folder): no rule is applied.</summary>
    Unknown,

    /// <summary>Neither a down script nor a documented manual strategy.</summary>
    None,

    /// <summary>A down script.</summary>
    Script,

    /// <summary>A documented manual strategy.</summary>
    Manual,
}

/// <summary>How a runner wraps a file.</summary>
public enum FileTransaction
{
    /// <summary>The whole file in one transaction, until a statement that cannot run in one.</summary>
    Single,

    /// <summary>Each statement by itself, unless the file says BEGIN.</summary>
    PerStatement,

    /// <summary>The whole text in one call, as golang-migrate does: on PostgreSQL a single statement runs by itself, several run in one transaction.</summary>
    OneCall,
}

/// <summary>What an analysis may assume.</summary>
public sealed record RiskOptions
{
    /// <summary>Version of the server as a comparable integer, or null for the newest supported.</summary>
    public int? ServerVersion { get; init; }

    /// <summary>Edition, for SQL Server.</summary>
    public string? Edition { get; init; }

    /// <summary>
    /// Whether the files that are not <see cref="RiskFile.Applied"/> all run now, one after the other, so that a table made by an earlier one is still empty in a later one.
    /// False (a folder whose history is not known): an earlier file may have run long ago, and only what the same file made is new.
    /// </summary>
    public bool PendingTogether { get; init; }

    /// <summary>Whether the runner sets a lock timeout by itself and tries again, as SafeDb's does.</summary>
    public bool RunnerSetsLockTimeout { get; init; }

    /// <summary>What a real database says of its relations, or null when none was asked.</summary>
    public ICatalogFacts? Catalog { get; init; }
}

/// <summary>What a real database says of its relations; filled by the provider before the analysis. Names are as <see cref="RelationLock.Relation"/>.</summary>
public interface ICatalogFacts
{
    /// <summary>Facts of a relation, or null when the database has none of that name.</summary>
    RelationFacts? Find(string relation);
}

/// <summary>Facts of a relation.</summary>
/// <param name="Name">Qualified name.</param>
/// <param name="Kind"><c>table</c>, <c>partitioned table</c>, <c>view</c>, <c>index</c>, …</param>
/// <param name="EstimatedRows">Rows by the statistics, -1 when unknown.</param>
/// <param name="Bytes">Size with its indexes and TOAST.</param>
public sealed record RelationFacts(string Name, string Kind, long EstimatedRows, long Bytes)
{
    /// <summary>Columns.</summary>
    public IReadOnlyList<Schema.SchemaColumn> Columns { get; init; } = [];

    /// <summary>Definitions of its indexes by name.</summary>
    public IReadOnlyDictionary<string, string> Indexes { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Definitions of its constraints by name.</summary>
    public IReadOnlyDictionary<string, string> Constraints { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Relations whose foreign keys refer to this one.</summary>
    public IReadOnlyList<string> ReferencedBy { get; init; } = [];

    /// <summary>Relations that this one's foreign keys refer to.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Partitions or children.</summary>
    public IReadOnlyList<string> Children { get; init; } = [];

    /// <summary>Views, functions and other objects that depend on it.</summary>
    public IReadOnlyList<string> Dependents { get; init; } = [];

    /// <summary>Rows written per second, measured or by the statistics; -1 when unknown.</summary>
    public double WritesPerSecond { get; init; } = -1;
}

/// <summary>A rule as documentation and completion see it.</summary>
/// <param name="Id">Stable kebab-case id.</param>
/// <param name="Level">Its usual level.</param>
/// <param name="Summary">One sentence.</param>
public sealed record RiskRuleInfo(string Id, RiskLevel Level, string Summary);

/// <summary>A piece of a script: a statement with the blanks and comments before it, or what is between and after.</summary>
/// <param name="Start">Offset in the text.</param>
/// <param name="Length">Length in UTF-16 units, terminator included.</param>
/// <param name="StatementStart">Offset of the statement's first token; equal to the end when the piece is only blanks and comments.</param>
/// <param name="StatementLength">Length from the first token to the last, without the terminator.</param>
/// <param name="Kind">What it is.</param>
public sealed record ScriptPiece(int Start, int Length, int StatementStart, int StatementLength, ScriptPieceKind Kind);

/// <summary>What a piece of a script is.</summary>
public enum ScriptPieceKind
{
    /// <summary>A statement.</summary>
    Statement,

    /// <summary>Blanks and comments.</summary>
    Trivia,

    /// <summary>A command of a client (psql's backslash, <c>GO</c>), not of the server.</summary>
    ClientCommand,

    /// <summary>Rows after <c>COPY … FROM STDIN</c>.</summary>
    CopyData,

    /// <summary>Text that no statement can be read from, such as an unclosed quote.</summary>
    Broken,
}
