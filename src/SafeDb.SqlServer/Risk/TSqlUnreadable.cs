using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace SafeDb.SqlServer.Risk;

/// <summary>Finds what a statement hides from analysis: SQL that is put together when it runs.</summary>
internal sealed class TSqlUnreadable : TSqlFragmentVisitor
{
    private string? _reason;

    /// <summary>Why a statement cannot be read to the end, or null when it can.</summary>
    public static string? Reason(TSqlStatement statement)
    {
        var visitor = new TSqlUnreadable();
        statement.Accept(visitor);
        return visitor._reason;
    }

    public override void Visit(ExecutableStringList node) => _reason ??= "EXECUTE of a text runs SQL that is put together when it runs";

    public override void Visit(ExecutableProcedureReference node)
    {
        string? name = node.ProcedureReference?.ProcedureReference?.Name?.BaseIdentifier?.Value;
        if (string.Equals(name, "sp_executesql", StringComparison.OrdinalIgnoreCase) && node.Parameters.FirstOrDefault()?.ParameterValue is not StringLiteral)
        {
            _reason ??= "sp_executesql runs SQL that is put together when it runs";
        }
        else if (name is not null && !name.StartsWith("sp_", StringComparison.OrdinalIgnoreCase))
        {
            _reason ??= $"the procedure {name} can do anything";
        }
    }
}
