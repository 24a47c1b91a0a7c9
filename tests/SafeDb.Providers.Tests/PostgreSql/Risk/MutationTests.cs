using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>Real statements, mutilated at random: nothing crashes, nothing hangs, and the pieces still make up the text.</summary>
public sealed class MutationTests
{
    private static readonly string[] Fragments =
        ["'", "\"", "$$", "$a$", "/*", "*/", "--", "\n", ";", "(", ")", "[", ",", ".", "::", "\\.", "\\i x\n", "E'", "U&\"", "BEGIN ATOMIC", "END", "COPY t FROM STDIN;\n", "ALTER TABLE", "ADD", "DROP", "CHECK", "é", "\0", "WITH", "CASE", "DEFAULT", "REFERENCES"];

    [Fact]
    public void Mutated_sql_never_crashes_the_analysis()
    {
        int count = Environment.GetEnvironmentVariable("SAFEDB_LONG_TESTS") == "1" ? 100_000 : 4_000;
        string[] seeds = [.. System.Text.Json.JsonDocument.Parse(File.ReadAllText(StatementFactsTests.Beside("ddl-cases.json"))).RootElement.EnumerateArray()
            .Select(one => string.Concat(one.GetProperty("setup").EnumerateArray().Concat(one.GetProperty("ddl").EnumerateArray()).Select(sql => sql.GetString() + ";\n"))), RiskFixtures.Orders, RuleTests.DoBlock];
        var random = new Random(20240607);
        for (int i = 0; i < count; i++)
        {
            string sql = Mutate(seeds[random.Next(seeds.Length)], random);
            try
            {
                ScriptTests.AssertJoins(sql, ScriptTests.Split(sql));
                FileRisk risk = RiskFixtures.Analyse(sql, version: random.Next(12, 19) * 10000);
                Assert.All(risk.Statements, statement => Assert.True(statement.Analysed || statement.NotAnalysedBecause is { Length: > 0 }));
            }
            catch (Exception failure)
            {
                Assert.Fail($"Input {i}: {failure}\n{sql}");
            }
        }
    }

    private static string Mutate(string sql, Random random)
    {
        var text = new System.Text.StringBuilder(sql);
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            int at = random.Next(text.Length + 1);
            switch (random.Next(4))
            {
                case 0:
                    text.Insert(at, Fragments[random.Next(Fragments.Length)]);
                    break;
                case 1 when text.Length > 0:
                    text.Remove(at == text.Length ? 0 : at, Math.Min(random.Next(1, 12), text.Length - (at == text.Length ? 0 : at)));
                    break;
                case 2 when text.Length > 20:
                    text.Insert(at, text.ToString(random.Next(text.Length - 15), 15));
                    break;
                default:
                    text.Length = Math.Max(1, at);
                    break;
            }
        }

        return text.ToString();
    }
}
