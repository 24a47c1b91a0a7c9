using SafeDb.Risk.Rules;
using SafeDb.Risk.Suppression;

namespace SafeDb.Risk;

/// <summary>
/// Analyses migration files of one engine: the dialect finds, the general rules add what the policy documents ask for, then suppressions, baseline, allowances and levels are applied.
/// Pure: the same files, options, policy and day give the same report.
/// </summary>
/// <param name="dialect">The engine's knowledge.</param>
/// <param name="policy">The environment's policy with the caller's allowances; strict when null.</param>
/// <param name="clock">Tells whether a suppression has expired.</param>
public sealed class RiskAnalyzer(IRiskDialect dialect, RiskPolicy? policy = null, TimeProvider? clock = null)
{
    private readonly RiskPolicy _policy = policy ?? RiskPolicy.Strict;

    /// <summary>Every rule that a report of this analyzer can name, ordered by id.</summary>
    public IReadOnlyList<RiskRuleInfo> Rules { get; } =
        [.. dialect.Rules.Concat(GeneralRules.All.Select(rule => rule.Info)).Concat(SuppressionRules.All).DistinctBy(rule => rule.Id, StringComparer.Ordinal).OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    /// <summary>Analyses files in the order in which they would run.</summary>
    public IReadOnlyList<FileRisk> Analyse(IEnumerable<RiskFile> files, RiskOptions options) => Judge(Find(files, options));

    /// <summary>The findings before anything allows them. Applied files only teach the session the state and give no result.</summary>
    public IReadOnlyList<FoundRisk> Find(IEnumerable<RiskFile> files, RiskOptions options)
    {
        IRiskSession session = dialect.Begin(options);
        RiskFile[] all = [.. files];
        session.Expect(all);
        var pending = new List<FoundRisk>(all.Length);
        foreach (RiskFile file in all)
        {
            FileRisk risk = session.Analyse(file) with { Source = file.Source };
            if (!file.Applied)
            {
                pending.Add(new FoundRisk(file, risk, []));
            }
        }

        // From here on a file is judged by what the dialect says of it and of the earlier ones: no order is left, so every processor helps.
        var read = new FoundRisk[pending.Count];
        PoolThreads.For(read.Length, i => read[i] = pending[i] with { Directives = RiskDirective.Read(dialect, pending[i].File.Source, pending[i].Risk) });
        var found = new FoundRisk[read.Length];
        PoolThreads.For(found.Length, i =>
        {
            (RiskFile file, FileRisk risk, IReadOnlyList<RiskDirective> directives) = read[i];
            var context = new RiskRuleContext(dialect.Engine, file, risk, options, _policy, directives, new ArraySegment<FoundRisk>(read, 0, i));
            found[i] = read[i] with { Risk = RiskFingerprint.Fill(GeneralRules.Apply(context)) };
        });
        return found;
    }

    /// <summary>Applies levels, suppressions, baseline and allowances.</summary>
    public IReadOnlyList<FileRisk> Judge(IReadOnlyList<FoundRisk> found)
    {
        var known = Rules.Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal);
        DateOnly today = DateOnly.FromDateTime((clock ?? TimeProvider.System).GetUtcNow().UtcDateTime);
        return [.. found.Select(item => PolicyApplier.Apply(SuppressionApplier.Apply(item, known, today), _policy))];
    }

    /// <summary>A report of judged files.</summary>
    public RiskReport Report(IReadOnlyList<FileRisk> files, RiskOptions options)
    {
        IReadOnlySet<string> present = files.SelectMany(file => file.AllFindings).Select(finding => finding.Fingerprint).ToHashSet(StringComparer.Ordinal);
        return new RiskReport(dialect.Engine, options.ServerVersion, files)
        {
            Rules = Rules,
            StaleBaseline = [.. (_policy.Baseline?.Fingerprints ?? new HashSet<string>(StringComparer.Ordinal)).Where(print => !present.Contains(print)).Order(StringComparer.Ordinal)],
        };
    }
}

/// <summary>A file with its findings before suppressions and policy.</summary>
/// <param name="File">The file.</param>
/// <param name="Risk">Its findings.</param>
/// <param name="Directives">The comments in it that speak to SafeDb.</param>
public sealed record FoundRisk(RiskFile File, FileRisk Risk, IReadOnlyList<RiskDirective> Directives);
