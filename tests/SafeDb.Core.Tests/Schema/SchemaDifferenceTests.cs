using SafeDb.Schema;

using Xunit;

namespace SafeDb.Core.Tests.Schema;

public sealed class SchemaDifferenceTests
{
    private const string Orders = "CREATE TABLE orders(id INTEGER PRIMARY KEY, note TEXT DEFAULT 'a, (b', total NUMERIC(10, 2) NOT NULL, CHECK(total IN (1, 2))) STRICT;";
    private const string OnPostgreSql = "CREATE TABLE public.orders (\n    id integer NOT NULL,\n    total integer\n);";
    private const string Body = "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$\n  SELECT 'one',\n    'two'\n$$;";

    [Theory]
    [InlineData("NUMERIC(10, 2)", "NUMERIC(12, 2)", "- total NUMERIC(10, 2) NOT NULL\n+ total NUMERIC(12, 2) NOT NULL")]
    [InlineData("(1, 2)))", "(1, 2)), CHECK(id > 0))", "+ CHECK(id > 0)")]
    [InlineData("'a, (b'", "'a, (c'", "- note TEXT DEFAULT 'a, (b'\n+ note TEXT DEFAULT 'a, (c'")]
    [InlineData(" STRICT;", ";", "- ) STRICT;\n+ );")]
    [InlineData("note TEXT DEFAULT 'a, (b', ", "", "- note TEXT DEFAULT 'a, (b'")]
    public void A_table_that_stands_on_one_line_differs_by_its_columns(string text, string other, string lines) =>
        Assert.Equal(lines, Difference(Orders, Orders.Replace(text, other, StringComparison.Ordinal)));

    [Fact]
    public void A_view_and_a_trigger_on_one_line_differ_by_their_parts()
    {
        const string View = "CREATE VIEW v AS SELECT a, max(b, c) FROM t WHERE a > 1;";
        Assert.Equal("- FROM t\n- WHERE a > 1;\n+ FROM u\n+ WHERE a > 2;", Difference(View, View.Replace("FROM t WHERE a > 1", "FROM u WHERE a > 2", StringComparison.Ordinal)));
        const string Trigger = "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM u; DELETE FROM w; END;";
        Assert.Equal("- FROM w;\n+ FROM x;", Difference(Trigger, Trigger.Replace("w;", "x;", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_grant_stays_whole_because_its_parts_say_nothing_alone() => Assert.Equal(
        "- GRANT INSERT, SELECT ON public.orders TO clerk;\n+ GRANT DELETE, INSERT, SELECT ON public.orders TO clerk;",
        Difference("GRANT INSERT, SELECT ON public.orders TO clerk;", "GRANT DELETE, INSERT, SELECT ON public.orders TO clerk;"));

    [Fact]
    public void One_word_of_a_long_line_is_shown_with_its_neighbourhood()
    {
        string body = $"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ {string.Concat(Enumerable.Range(0, 400).Select(number => $"w{number} "))}$$;";
        string around = body.Substring(body.IndexOf("w200 ", StringComparison.Ordinal) - 40, 40);
        string lines = Difference(body, body.Replace("w200 ", "x200 ", StringComparison.Ordinal))!;
        Assert.StartsWith($"- …{around}w200 w201", lines, StringComparison.Ordinal);
        Assert.Contains($"…\n+ …{around}x200 w201", lines, StringComparison.Ordinal);
        Assert.True(lines.Length < 200, lines);
        Assert.DoesNotContain("…", Difference(body, body.Replace("$$;", $"$$ VOLATILE;", StringComparison.Ordinal))!.Split('\n')[0][^3..], StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_is_added_last_is_all_that_differs() =>
        Assert.Equal("+     note text", Difference(OnPostgreSql, OnPostgreSql.Replace("total integer", "total integer,\n    note text", StringComparison.Ordinal)));

    [Theory]
    [InlineData("'one',", "'one'", "-   SELECT 'one',\n+   SELECT 'one'")]
    [InlineData("    'two'", "  'two'", "-     'two'\n+   'two'")]
    [InlineData("'two'\n", "'two'\n\n", "+ ")]
    public void What_differs_only_by_a_comma_or_blanks_is_shown_too(string text, string other, string lines) =>
        Assert.Equal(lines, Difference(Body, Body.Replace(text, other, StringComparison.Ordinal)));

    [Fact]
    public void A_blank_in_a_body_with_a_long_line_is_shown_too()
    {
        string body = Body.Replace("'one'", $"'{new string('x', 200)}'", StringComparison.Ordinal);
        Assert.Equal("-     'two'\n+   'two'", Difference(body, body.Replace("    'two'", "  'two'", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_was_added_or_removed_has_no_difference()
    {
        Assert.Null(Difference(null, Orders));
        Assert.Null(Difference(Orders, null));
    }

    [Fact]
    public void No_fewer_lines_could_tell_the_difference()
    {
        var random = new Random(20_26);
        for (int round = 0; round < 300; round++)
        {
            string[] before = Lines(random);
            string[] after = Lines(random);
            IReadOnlyList<string> lines = LineDifference.Of(before, after);
            Assert.Equal(before.Length + after.Length - (2 * LongestCommon(before, after)), lines.Count);
            Assert.Equal(Sorted(before, after, lines, '-'), Sorted(after, before, lines, '+'));
        }
    }

    [Fact]
    public void Thousands_of_lines_are_compared_without_a_table_of_them_all()
    {
        string[] before = [.. Enumerable.Range(0, 5_000).Select(number => $"a{number}")];
        string[] after = ["a0", .. Enumerable.Range(0, 5_000).Select(number => $"b{number}"), "a4999"];
        IReadOnlyList<string> lines = LineDifference.Of(before, after);
        Assert.Equal((9_998, "- a1", "+ b4999"), (lines.Count, lines[0], lines[^1]));
    }

    private static string? Difference(string? expected, string? actual) => new SchemaDifference
    {
        Change = expected is null ? SchemaChange.Added : actual is null ? SchemaChange.Removed : SchemaChange.Changed,
        Kind = "table", Identity = "orders", Expected = expected, Actual = actual, Database = "shop", Reference = "ref",
    }.Difference;

    private static string[] Lines(Random random) => [.. Enumerable.Range(0, random.Next(0, 8)).Select(_ => ((char)('a' + random.Next(3))).ToString())];

    /// <summary>Every subsequence of the one tried on the other: slow, and another way than the code's.</summary>
    private static int LongestCommon(string[] one, string[] other) => Enumerable.Range(0, 1 << one.Length)
        .Select(mask => one.Where((_, index) => (mask >> index & 1) == 1).ToArray())
        .Where(part => other.Aggregate(0, (found, line) => found < part.Length && part[found] == line ? found + 1 : found) == part.Length)
        .Max(part => part.Length);

    /// <summary>What the two have in common, told from one of them.</summary>
    private static string Sorted(string[] one, string[] other, IReadOnlyList<string> lines, char sign)
    {
        List<string> left = [.. one];
        foreach (string line in lines.Where(line => line[0] == sign))
        {
            Assert.True(left.Remove(line[2..]), $"{line} is not in {string.Join("", one)} (other: {string.Join("", other)})");
        }

        return string.Concat(left.Order(StringComparer.Ordinal));
    }
}
