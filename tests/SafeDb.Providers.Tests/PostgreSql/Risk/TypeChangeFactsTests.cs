using System.Text.Json;

using Npgsql;

using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>The matrix of type changes, and what they do to values, on a real server.</summary>
public sealed class TypeChangeFactsTests(PostgresCluster cluster)
{
    private sealed record LossCase(string Old, string Value, string New, string Using, string Outcome);

    [Fact]
    public async Task Every_row_of_the_type_matrix_agrees()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await using NpgsqlConnection connection = await database.OpenAsync();
        await MeasuredEffect.PrepareAsync(connection);
        var problems = new List<string>();
        int rows = 0;
        int refusals = 0;
        foreach (string[] row in File.ReadLines(StatementFactsTests.Beside("type-cases.txt")).Where(line => !line.StartsWith('#')).Select(line => line.Split(" | ")))
        {
            (string index, string old, string target, string zone, string how) = (row[0], row[1], row[2], row[3], row[4]);
            rows++;
            List<string> setup = ["create table t(id int primary key, c " + old + ")", $"insert into t values (1,{ValueOf(old)}::{old})"];
            if (index == "btree")
            {
                setup.Add("create index ti on t(c)");
            }

            string ddl = $"alter table t alter column c type {target}{(how == "USING" ? $" using c::{target}" : "")}";
            (IReadOnlyDictionary<string, MeasuredEffect> effects, string? error) = await MeasuredEffect.RunAsync(connection, setup, [ddl], ["t"], zone);
            if (row[5].StartsWith("ERROR ", StringComparison.Ordinal))
            {
                // A value or an index that the new type refuses: there is no cost, the error is what must be foretold.
                refusals++;
                string[] rules = RiskFixtures.Rules(RiskFixtures.Analyse($"SET timezone='{zone}';{ddl};", string.Join(';', setup) + ";"));
                string expected = error == "42704" ? "change-type-refused" : "change-type-may-fail";
                if (error is null || !row[5].StartsWith($"ERROR {error}", StringComparison.Ordinal) || !rules.Contains(expected))
                {
                    problems.Add($"{string.Join(" | ", row)}: the server says {error ?? "nothing"}, foretold {string.Join(',', rules)}");
                }

                continue;
            }

            Assert.True(error is null, $"{ddl}: {error}");
            StatementRisk risk = RiskFixtures.Analyse($"SET search_path=p,public;SET timezone='{zone}';{ddl};", "SET search_path=p,public;" + string.Join(';', setup) + ";").Statements[^1];
            MeasuredEffect effect = effects["t"];
            bool rewrite = risk.Rewrites.Count > 0;
            bool rebuilt = risk.IndexRebuilds.Contains("p.ti");
            if (rewrite != (effect.Rewrite == "REWRITE") || (!rewrite && risk.Scans.Count > 0 != effect.Scans > 0) || rebuilt != effect.Rebuilt.Contains("ti"))
            {
                problems.Add($"{string.Join(" | ", row)}: measured {effect}, foretold rewrite={rewrite} scan={risk.Scans.Count > 0} index={rebuilt}");
            }

            bool refused = risk.Findings.Any(finding => finding.Message.Contains("(42804)", StringComparison.Ordinal));
            bool mustUse = how == "USING" && RiskFixtures.Analyse($"alter table t alter column c type {target};", $"create table t(id int primary key, c {old});").Statements[^1].Findings.All(finding => !finding.Message.Contains("(42804)", StringComparison.Ordinal)) && old != "bit(8)";
            if (refused || mustUse)
            {
                problems.Add($"{string.Join(" | ", row)}: USING foretold {refused}/{mustUse}");
            }
        }

        Assert.Equal(217, rows);
        Assert.Equal(5, refusals);
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public async Task What_a_change_does_to_values_is_what_was_foretold()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await using NpgsqlConnection connection = await database.OpenAsync();
        await MeasuredEffect.PrepareAsync(connection);
        var problems = new List<string>();
        foreach (LossCase one in JsonSerializer.Deserialize<List<LossCase>>(await File.ReadAllTextAsync(StatementFactsTests.Beside("loss-cases.json")), JsonSerializerOptions.Web)!)
        {
            string outcome = await OutcomeAsync(connection, one);
            Assert.True(outcome == one.Outcome, $"{one}: the server now says {outcome}");
            FileRisk risk = RiskFixtures.Analyse($"SET timezone='UTC'; alter table sl alter c type {one.New} {one.Using};", $"create table sl(c {one.Old});");
            string[] rules = RiskFixtures.Rules(risk);
            bool loss = rules.Contains("change-type-loses-data");
            bool fails = loss || rules.Contains("change-type-may-fail");

            // boolean as 1 and 0, and money without its sign, read otherwise but say the same.
            bool sameMeaning = (one.Old, one.New) is ("boolean", "int") or ("money", "numeric") or ("text", "boolean");

            // An assignment takes blanks off the end, which the message says, and cuts nothing else: what is too long for a text is no loss, it fails.
            bool blanks = one.Value.EndsWith(' ') && risk.AllFindings.Any(finding => finding.Message.Contains("Only blanks at the end", StringComparison.Ordinal));
            bool tooLong = one.New.Contains("char(", StringComparison.Ordinal) || one.New.Contains("bit(", StringComparison.Ordinal);
            bool right = outcome switch
            {
                "CHANGED" => loss || sameMeaning || blanks,
                "ERROR" when tooLong => fails && !loss && risk.Statements[^1].DataLoss == DataLoss.None,
                "ERROR" => fails,
                _ => !loss || one.New is "char(5)",
            };
            if (!right)
            {
                problems.Add($"{one.Old} -> {one.New} {one.Using}: {outcome}, foretold {string.Join(',', rules)}");
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    private static async Task<string> OutcomeAsync(NpgsqlConnection connection, LossCase one)
    {
        await MeasuredEffect.ExecuteAsync(connection, $"SET timezone='UTC'; DROP TABLE IF EXISTS sl; CREATE TABLE sl(c {one.Old}); INSERT INTO sl VALUES ('{one.Value.Replace("'", "''", StringComparison.Ordinal)}')");
        await using var text = new NpgsqlCommand("SELECT c::text FROM sl", connection);
        string before = (string)(await text.ExecuteScalarAsync())!;
        try
        {
            await MeasuredEffect.ExecuteAsync(connection, $"ALTER TABLE sl ALTER c TYPE {one.New} {one.Using}");
        }
        catch (PostgresException)
        {
            return "ERROR";
        }

        await using var comparison = new NpgsqlCommand("SELECT c::text = $1 FROM sl", connection);
        comparison.Parameters.Add(new NpgsqlParameter { Value = before });
        return (bool)(await comparison.ExecuteScalarAsync())! ? "same text" : "CHANGED";
    }

    private static string ValueOf(string type)
    {
        string name = type.Split('(')[0].Split('[')[0].Trim();
        return type.Contains("[]", StringComparison.Ordinal) ? "'{}'" : name switch
        {
            "json" or "jsonb" => "'{}'", "xml" => "'<a/>'", "uuid" => "gen_random_uuid()", "boolean" => "true", "timestamp" or "timestamptz" or "date" => "now()", "time" => "'01:02:03'",
            "timetz" => "'01:02:03+00'", "interval" or "interval day to second" => "'1 hour'", "cidr" or "inet" => "'10.0.0.0/8'", "macaddr" => "'08:00:2b:01:02:03'", "varbit" or "bit" => "B'10101010'", "bytea" => "'a'", _ => "'1'",
        };
    }
}
