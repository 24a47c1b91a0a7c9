using SafeDb.Schema;

namespace SafeDb.PostgreSql.Restore;

/// <summary>The kinds of schema objects that a restore may leave out.</summary>
internal static class SchemaKinds
{
    /// <summary>Says whom an object belongs to.</summary>
    public static bool IsOwner(SchemaObject item) => item.Kind is "owner";

    /// <summary>Says something of an object that exists without it.</summary>
    public static bool IsAnnotation(SchemaObject item) => IsOwner(item) || IsPrivilege(item) || item.Kind is "comment" or "security label";

    /// <summary>Says who may do what.</summary>
    public static bool IsPrivilege(SchemaObject item) => item.Kind is "acl" or "default privileges";
}
