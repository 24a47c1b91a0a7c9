using SafeDb.Schema;

namespace SafeDb.PostgreSql.Restore;

/// <summary>The kinds of schema objects that a restore may leave out.</summary>
internal static class SchemaKinds
{
    /// <summary>Says whom an object belongs to.</summary>
    public static bool IsOwner(SchemaObject item) => item.Kind is "owner";

    /// <summary>Says who may do what.</summary>
    public static bool IsPrivilege(SchemaObject item) => item.Kind is "acl" or "default acl" or "privileges" or "default privileges";

    /// <summary>Fills an object with rows that are computed.</summary>
    public static bool IsContent(SchemaObject item) => item.Definition.StartsWith("REFRESH MATERIALIZED VIEW", StringComparison.Ordinal);
}
