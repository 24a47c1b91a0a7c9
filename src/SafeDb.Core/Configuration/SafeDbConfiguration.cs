namespace SafeDb.Configuration;

/// <summary>
/// The content of <c>safedb.json</c>. Any string may hold <c>${NAME}</c>, replaced by the environment variable when the value is used, so that the file itself holds no secret.
/// Described for editors by <c>docs/safedb.schema.json</c>.
/// </summary>
public sealed record SafeDbConfiguration
{
    /// <summary>A configuration with nothing in it: what holds without a file.</summary>
    public static readonly SafeDbConfiguration Empty = new();

    /// <summary>The file's folder: relative paths in it start here. Null without a file.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string? Folder { get; init; }

    /// <summary>Databases by name.</summary>
    public IReadOnlyDictionary<string, DatabaseSettings> Databases { get; init; } = new Dictionary<string, DatabaseSettings>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Name of the database that is meant when none is named.</summary>
    public string? DefaultDatabase { get; init; }

    /// <summary>Places for archives by name.</summary>
    public IReadOnlyDictionary<string, DestinationSettings> Destinations { get; init; } = new Dictionary<string, DestinationSettings>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Who can open archives, by name.</summary>
    public IReadOnlyDictionary<string, RecipientSettings> Recipients { get; init; } = new Dictionary<string, RecipientSettings>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Policies by environment (<c>production</c>, <c>staging</c>, <c>development</c>).</summary>
    public IReadOnlyDictionary<string, Policy> Environments { get; init; } = new Dictionary<string, Policy>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>A database in <c>safedb.json</c>.</summary>
public sealed record DatabaseSettings
{
    /// <summary>Its address, usually <c>${NAME}</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Name of its environment, whose policy holds; <c>production</c> when not said.</summary>
    public string? Environment { get; init; }

    /// <summary>Name of its destination.</summary>
    public string? Destination { get; init; }

    /// <summary>Where drills and rehearsals may create databases; default: the server or folder of the database.</summary>
    public string? Scratch { get; init; }

    /// <summary>Folder of its migrations.</summary>
    public string? Migrations { get; init; }

    /// <summary>Format of its migrations; default: detected.</summary>
    public string? Format { get; init; }

    /// <summary>The document that tells how this database is restored; the readiness check wants one.</summary>
    public string? RestoreDocument { get; init; }

    /// <summary>Queries that must hold before, in rehearsal and after a migration.</summary>
    public IReadOnlyList<InvariantSettings> Invariants { get; init; } = [];

    /// <summary>Queries whose plan and time are compared before and after a migration.</summary>
    public IReadOnlyList<string> QueryProbes { get; init; } = [];

    /// <summary>What runs before, after and on failure of a migration.</summary>
    public HookSettings Hooks { get; init; } = new();
}

/// <summary>A query that must hold.</summary>
public sealed record InvariantSettings
{
    /// <summary>Its name in reports.</summary>
    public required string Name { get; init; }

    /// <summary>The query. Without <see cref="Expected"/> it must return no row.</summary>
    public required string Query { get; init; }

    /// <summary>The value that the first column of its one row must have, as text.</summary>
    public string? Expected { get; init; }
}

/// <summary>Commands and addresses that are told of a run.</summary>
public sealed record HookSettings
{
    /// <summary>Command lines run before anything changes; a failure stops the run.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];

    /// <summary>Command lines run after success; a failure is reported, and does not undo the run.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Command lines run after a failure.</summary>
    public IReadOnlyList<string> Failure { get; init; } = [];

    /// <summary>Addresses that get the run's summary as JSON by POST.</summary>
    public IReadOnlyList<string> Webhooks { get; init; } = [];

    /// <summary>Addresses that must answer 2xx, and command lines that must end with 0, after a migration; otherwise it is taken back.</summary>
    public IReadOnlyList<string> HealthChecks { get; init; } = [];

    /// <summary>How long each of them may take; a command that takes longer is ended. Default 10 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>A place for archives in <c>safedb.json</c>.</summary>
public sealed record DestinationSettings
{
    /// <summary>Folder or blob address.</summary>
    public required string Address { get; init; }

    /// <summary>Names of the recipients that archives there are sealed for.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>Whether it is off-site; default: a blob address is, a folder is not.</summary>
    public bool? OffSite { get; init; }

    /// <summary>How new archives are protected against change and removal; null for not at all.</summary>
    public ProtectionSettings? Protection { get; init; }

    /// <summary>Ages at which archives go to cheaper tiers; null for never.</summary>
    public TierSettings? TierAfter { get; init; }
}

/// <summary>Who can open an archive: exactly one of the values.</summary>
public sealed record RecipientSettings
{
    /// <summary>Certificate file (PEM, DER, PFX) or thumbprint.</summary>
    public string? Certificate { get; init; }

    /// <summary>Private key file (PEM) that belongs to the certificate, for opening.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>Passphrase, as <c>${NAME}</c>.</summary>
    public string? Passphrase { get; init; }

    /// <summary>32-byte key in Base64 or hex, as <c>${NAME}</c>.</summary>
    public string? Key { get; init; }
}
