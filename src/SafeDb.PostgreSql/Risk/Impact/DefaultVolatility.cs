using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <summary>Whether a default gives every row another value, so that ADD COLUMN must write them all.</summary>
internal static class DefaultVolatility
{
    /// <summary>The first call that is volatile, or whose volatility nobody knows; null when there is none.</summary>
    public static (PgName Call, PgVolatility Volatility)? FirstVolatile(PgExpression expression, PgModel model)
    {
        (PgName, PgVolatility)? unknown = null;
        foreach (PgName call in expression.Calls)
        {
            PgVolatility volatility = Of(call, model, depth: 0);
            if (volatility == PgVolatility.Volatile)
            {
                return (call, volatility);
            }

            unknown ??= volatility == PgVolatility.Unknown ? (call, volatility) : null;
        }

        return unknown;
    }

    private static PgVolatility Of(PgName call, PgModel model, int depth)
    {
        if (depth < 5 && model.FindFunction(call) is { } function)
        {
            if (function.Volatility != "VOLATILE")
            {
                return PgVolatility.Stable;
            }

            return function is { Language: "sql", Body: { } body, SecurityDefiner: false, SetsSearchPath: false } ? Inlined(body, model, depth) : PgVolatility.Volatile;
        }

        return call.Schema is null or "pg_catalog" || PgFunctions.VolatilityOf(call.Name) == PgVolatility.Volatile ? PgFunctions.VolatilityOf(call.Name) : PgVolatility.Unknown;
    }

    // The planner puts the body of a simple SQL function in its place and then asks what that calls.
    private static PgVolatility Inlined(string body, PgModel model, int depth)
    {
        string text = body.Trim().TrimEnd(';');
        if (!text.StartsWith("select", StringComparison.OrdinalIgnoreCase) || text.Contains(';', StringComparison.Ordinal))
        {
            return PgVolatility.Volatile;
        }

        PgExpression expression = PgParser.ParseExpression(text[6..]);
        bool tables = expression.Names.Any(name => name is "from" or "where" or "select");
        return !tables && expression.Calls.Distinct().All(call => Of(call, model, depth + 1) == PgVolatility.Stable) ? PgVolatility.Stable : PgVolatility.Volatile;
    }
}
