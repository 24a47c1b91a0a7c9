using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

using Npgsql;

using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>Every statement of the fact table is run on a real server, and what it did is compared with what the analysis foretold.</summary>
public sealed class StatementFactsTests(PostgresCluster cluster)
{
    private sealed record Case(string Id, string[] Setup, string[] Ddl, string[] Watch, bool Alone, string Measured);

    [Fact]
    public async Task Locks_rewrites_scans_and_errors_are_what_the_server_does()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await using NpgsqlConnection connection = await database.OpenAsync();
        await MeasuredEffect.PrepareAsync(connection);
        bool measured15 = connection.PostgreSqlVersion.Major == 15;
        var problems = new List<string>();
        var table = new StringBuilder();
        foreach (Case one in Cases())
        {
            (IReadOnlyDictionary<string, MeasuredEffect> effects, string? error) = await MeasuredEffect.RunAsync(connection, one.Setup, one.Ddl, one.Watch, alone: one.Alone);
            string result = error is null ? string.Join(" ; ", one.Watch.Where(effects.ContainsKey).Select(name => $"{name}: {effects[name]}")) : $"ERROR {error}";
            if (measured15 && !(error is null ? one.Measured == result : one.Measured.StartsWith(result, StringComparison.Ordinal)))
            {
                problems.Add($"{one.Id}: the server now says '{result}', the table '{one.Measured}'");
            }

            FileRisk risk = Predict(one, connection.PostgreSqlVersion.Major);
            problems.AddRange(Differences(one, risk, effects, error));
            table.Append($"| `{string.Join("; ", one.Ddl).Replace("|", "\\|", StringComparison.Ordinal)}` | {one.Id.Replace("|", "\\|", StringComparison.Ordinal)} | {result} | {string.Join(", ", RiskFixtures.Rules(risk).Select(rule => $"[{rule}](rules/{rule}.md)"))} |\n");
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
        if (measured15)
        {
            Document(table.ToString());
        }
    }

    private static FileRisk Predict(Case one, int major) => RiskFixtures.Analyse(
        "SET search_path=p,public;\nSET timezone='UTC';\n" + string.Join(";\n", one.Ddl) + ";", "SET search_path=p,public;\n" + string.Join(";\n", one.Setup) + ";",
        one.Alone ? FileTransaction.PerStatement : FileTransaction.Single, major * 10000);

    private static IEnumerable<string> Differences(Case one, FileRisk risk, IReadOnlyDictionary<string, MeasuredEffect> effects, string? error)
    {
        foreach (StatementRisk statement in risk.Statements.Where(statement => !statement.Analysed))
        {
            yield return $"{one.Id}: not analysed: {statement.NotAnalysedBecause}";
        }

        string[] codes = ["23502", "0A000", "42809", "25001", "55P04", "2BP01", "42601"];
        string? foretold = codes.FirstOrDefault(code => risk.AllFindings.Any(finding => finding.Message.Contains($"({code})", StringComparison.Ordinal)));
        if (error != foretold)
        {
            yield return $"{one.Id}: the server said {error ?? "nothing"}, foretold {foretold ?? "nothing"}";
        }

        foreach ((string name, MeasuredEffect effect) in effects.Where(item => item.Value.Rewrite != "gone"))
        {
            string key = $"p.{name}";
            string mode = risk.Statements.SelectMany(statement => statement.Locks).Where(held => held.Relation == key).Select(held => held.Mode + "Lock").MaxBy(MeasuredEffect.Strength) ?? "-";
            bool rewrite = risk.Statements.Any(statement => statement.Rewrites.Contains(key) || statement.IndexRebuilds.Contains(key));
            bool scan = risk.Statements.Any(statement => statement.Scans.Contains(key));
            string rebuilt = string.Join(',', risk.Statements.SelectMany(statement => statement.IndexRebuilds).Where(index => effect.Rebuilt.Contains(index[2..]) || one.Watch.Any(watched => watched == name)).Select(index => index[2..]).Where(index => Belongs(one, index, name)).Order(StringComparer.Ordinal));
            if (effect.Lock != mode)
            {
                yield return $"{one.Id}: {name} is locked {effect.Lock}, foretold {mode}";
            }

            if ((effect.Rewrite == "REWRITE") != rewrite)
            {
                yield return $"{one.Id}: {name} rewrite is {effect.Rewrite}, foretold {rewrite}";
            }

            if (!rewrite && effect.Scans > 0 != scan)
            {
                yield return $"{one.Id}: {name} was read {effect.Scans} times, foretold {scan}";
            }

            if (string.Join(',', effect.Rebuilt.Order(StringComparer.Ordinal)) != rebuilt)
            {
                yield return $"{one.Id}: rebuilt indexes of {name} are {string.Join(',', effect.Rebuilt)}, foretold {rebuilt}";
            }
        }
    }

    private static bool Belongs(Case one, string index, string table) =>
        index == table + "_pkey" || one.Setup.Any(sql => sql.Contains($" {index} on {table}(", StringComparison.Ordinal));

    private static List<Case> Cases() => JsonSerializer.Deserialize<List<Case>>(File.ReadAllText(Beside("ddl-cases.json")), JsonSerializerOptions.Web)!;

    internal static string Beside(string name, [CallerFilePath] string? here = null) => Path.Combine(Path.GetDirectoryName(here)!, name);

    private static void Document(string rows)
    {
        string path = Path.GetFullPath(Beside("../../../../docs/risk-postgresql.md"));
        string text = "# What PostgreSQL does, statement by statement\n\nEach row was run on PostgreSQL 15 in a transaction by the test `StatementFactsTests`, which writes this table and fails when the analysis foretells something else.\n"
            + "Per relation: strongest lock, whether the rows are written anew, how often it is read in full, which indexes are built anew. \"gone\": the name does not exist afterwards.\n\n"
            + "| statement | case | what the server did | rules |\n|---|---|---|---|\n" + rows;
        if (Environment.GetEnvironmentVariable("SAFEDB_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, "docs/risk-postgresql.md is not what the server does; run with SAFEDB_UPDATE_GOLDEN=1.");
    }
}
