using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace SafeDb.PowerShell.Hosting;

/// <summary>
/// Makes the lists of results what scripts can index. A collection expression for an interface has a type of the compiler's own, whose indexer PowerShell does not find: <c>$run.Gates[0]</c> then is every gate.
/// As arrays they have one, and look to scripts as everything else in PowerShell does.
/// </summary>
internal static class IndexableLists
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Lists = new();

    /// <summary>The same object, with arrays for its lists and for those of the results in it.</summary>
    public static object? In(object? result)
    {
        Visit(result, []);
        return result;
    }

    private static void Visit(object? item, HashSet<object> seen)
    {
        if (item is null || !IsOurs(item.GetType()) || !seen.Add(item))
        {
            return;
        }

        foreach (PropertyInfo property in Lists.GetOrAdd(item.GetType(), PropertiesOf))
        {
            object? value = property.GetValue(item);
            if (value is not IEnumerable list || value is string or IDictionary)
            {
                Visit(value, seen);
                continue;
            }

            object[] parts = [.. list.Cast<object>()];
            if (property.CanWrite && !IsIndexable(value.GetType()) && ElementOf(property.PropertyType) is { } element)
            {
                var array = Array.CreateInstance(element, parts.Length);
                parts.CopyTo(array, 0);
                property.SetValue(item, array);
            }

            foreach (object part in parts)
            {
                Visit(part, seen);
            }
        }
    }

    /// <summary>Whether PowerShell finds an indexer of the type.</summary>
    private static bool IsIndexable(Type type) => type.IsArray || type.GetDefaultMembers().Length > 0;

    private static Type? ElementOf(Type list) =>
        list.IsGenericType && list.GetGenericTypeDefinition() is { } open && (open == typeof(IReadOnlyList<>) || open == typeof(IReadOnlyCollection<>) || open == typeof(IEnumerable<>)) ? list.GetGenericArguments()[0] : null;

    private static PropertyInfo[] PropertiesOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.GetIndexParameters().Length == 0 && MayHoldLists(property.PropertyType))];

    private static bool MayHoldLists(Type type) => type != typeof(string) && (IsOurs(type) || typeof(IEnumerable).IsAssignableFrom(type));

    // Structs are copies: what is set in one is set nowhere.
    private static bool IsOurs(Type type) => type.IsClass && type.Assembly.GetName().Name?.StartsWith("SafeDb", StringComparison.Ordinal) == true;
}
