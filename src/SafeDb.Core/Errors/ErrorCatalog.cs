using System.Reflection;

namespace SafeDb.Errors;

/// <summary>Finds every <see cref="ErrorDefinition"/> of an assembly, for documentation and tests.</summary>
public static class ErrorCatalog
{
    /// <summary>The definitions in the given assembly's <c>…Errors</c> classes, ordered by id.</summary>
    public static IReadOnlyList<ErrorDefinition> Of(Assembly assembly) =>
        [.. assembly.GetTypes()
            .Where(type => type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Errors", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(field => field.FieldType == typeof(ErrorDefinition))
            .Select(field => (ErrorDefinition)field.GetValue(null)!)
            .OrderBy(definition => definition.Id, StringComparer.Ordinal)];
}
