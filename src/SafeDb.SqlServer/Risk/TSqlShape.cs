using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace SafeDb.SqlServer.Risk;

/// <summary>Questions about pieces of a syntax tree that several rules ask.</summary>
internal static class TSqlShape
{
    /// <summary>Whether a column definition refuses NULL.</summary>
    public static bool IsNotNull(ColumnDefinition column) => column.Constraints.OfType<NullableConstraintDefinition>().Any(constraint => !constraint.Nullable);

    /// <summary>Whether an expression is the same for every row: a literal, or a function that is computed once per statement.</summary>
    public static bool IsRunTimeConstant(ScalarExpression? expression) => expression switch
    {
        null => false,
        Literal => true,
        UnaryExpression unary => IsRunTimeConstant(unary.Expression),
        ParenthesisExpression parenthesis => IsRunTimeConstant(parenthesis.Expression),
        CastCall cast => IsRunTimeConstant(cast.Parameter),
        ConvertCall convert => IsRunTimeConstant(convert.Parameter),
        BinaryExpression binary => IsRunTimeConstant(binary.FirstExpression) && IsRunTimeConstant(binary.SecondExpression),
        ParameterlessCall => true,
        FunctionCall call => call.FunctionName.Value.ToUpperInvariant() is "GETDATE" or "GETUTCDATE" or "SYSDATETIME" or "SYSUTCDATETIME" or "SYSDATETIMEOFFSET" or "SUSER_SNAME" or "DB_NAME",
        _ => false,
    };

    /// <summary>Whether a type is stored outside the row: (max), xml, text, image, CLR types.</summary>
    public static bool IsLargeObject(DataTypeReference type) => type switch
    {
        XmlDataTypeReference => true,
        SqlDataTypeReference sql => sql.SqlDataTypeOption is SqlDataTypeOption.Text or SqlDataTypeOption.NText or SqlDataTypeOption.Image || sql.Parameters.Any(parameter => parameter is MaxLiteral),
        UserDataTypeReference user => user.Name.BaseIdentifier.Value.ToUpperInvariant() is "GEOGRAPHY" or "GEOMETRY" or "HIERARCHYID",
        _ => false,
    };

    /// <summary>Whether an index option such as ONLINE is on.</summary>
    public static bool IsOn(IEnumerable<IndexOption> options, IndexOptionKind kind) => options.Any(option => option is IndexStateOption { OptionState: OptionState.On } state && state.OptionKind == kind);

    /// <summary>The constraints that an ALTER TABLE … ADD brings, of the table and of its new columns.</summary>
    public static IEnumerable<ConstraintDefinition> AddedConstraints(AlterTableAddTableElementStatement add) =>
        add.Definition.TableConstraints.Concat(add.Definition.ColumnDefinitions.SelectMany(column => column.Constraints));
}
