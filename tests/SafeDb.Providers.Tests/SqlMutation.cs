using System.Text;

using Xunit;

namespace SafeDb.Providers.Tests;

/// <summary>Real statements, mutilated at random.</summary>
internal static class SqlMutation
{
    private static readonly string[] Fragments =
        ["'", "\"", "$$", "$a$", "/*", "*/", "--", "\n", ";", "(", ")", "[", "]", ",", ".", "::", "\\.", "\\i x\n", "E'", "U&\"", "BEGIN ATOMIC", "END", "COPY t FROM STDIN;\n", "\nGO\n", "EXEC ", "DO $$", "ALTER TABLE", "ADD", "DROP", "CHECK", "é", "\0", "WITH", "CASE", "DEFAULT", "REFERENCES"];

    /// <summary>Tries mutants of the seeds. The same numbers each time, so that a failure can be looked at.</summary>
    public static void Try(string[] seeds, int count, Action<string> check)
    {
        var random = new Random(20240607);
        for (int i = 0; i < count; i++)
        {
            string sql = Mutate(seeds[random.Next(seeds.Length)], random);
            try
            {
                check(sql);
            }
            catch (Exception failure)
            {
                Assert.Fail($"Input {i}: {failure}\n{sql}");
            }
        }
    }

    private static string Mutate(string sql, Random random)
    {
        var text = new StringBuilder(sql);
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
