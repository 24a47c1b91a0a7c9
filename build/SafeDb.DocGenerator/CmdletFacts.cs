using System.Reflection;
using System.Runtime.Loader;

namespace SafeDb.DocGenerator;

/// <summary>
/// A cmdlet as its attributes describe it. Read through <see cref="CustomAttributeData"/>: the reference library's attribute classes are stubs whose properties return nothing.
/// </summary>
internal sealed record CmdletFacts(Type Type, string Verb, string Noun, bool SupportsShouldProcess, string ConfirmImpact, string? DefaultParameterSet, string? HelpUri)
{
    public string Name => $"{Verb}-{Noun}";

    public IReadOnlyList<ParameterFacts> Parameters { get; init; } = [];

    public IReadOnlyList<Type> OutputTypes { get; init; } = [];

    public static IReadOnlyList<CmdletFacts> ReadAll(string assemblyPath, string powerShellStandardPath)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(assemblyPath))!;
        var context = new AssemblyLoadContext("docs");
        context.Resolving += (_, name) =>
        {
            string path = name.Name == "System.Management.Automation" ? powerShellStandardPath : Path.Combine(folder, name.Name + ".dll");
            return File.Exists(path) ? context.LoadFromAssemblyPath(Path.GetFullPath(path)) : null;
        };
        return ReadAll(context.LoadFromAssemblyPath(Path.GetFullPath(assemblyPath)));
    }

    public static IReadOnlyList<CmdletFacts> ReadAll(Assembly assembly) =>
        [.. assembly.GetTypes().Where(type => type is { IsPublic: true, IsAbstract: false }).Select(Read).OfType<CmdletFacts>().OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal)];

    private static CmdletFacts? Read(Type type)
    {
        CustomAttributeData? attribute = type.CustomAttributes.FirstOrDefault(item => item.AttributeType.Name == "CmdletAttribute");
        if (attribute is null)
        {
            return null;
        }

        return new CmdletFacts(
            type,
            (string)attribute.ConstructorArguments[0].Value!,
            (string)attribute.ConstructorArguments[1].Value!,
            attribute.Named("SupportsShouldProcess") is true,
            attribute.Named("ConfirmImpact") is int impact ? ((ConfirmImpactName)impact).ToString() : nameof(ConfirmImpactName.Medium),
            (string?)attribute.Named("DefaultParameterSetName"),
            (string?)attribute.Named("HelpUri"))
        {
            Parameters = [.. type.GetProperties().Select(ParameterFacts.Read).OfType<ParameterFacts>()],
            OutputTypes = [.. type.CustomAttributes.Where(item => item.AttributeType.Name == "OutputTypeAttribute").SelectMany(Types)],
        };
    }

    private static IEnumerable<Type> Types(CustomAttributeData attribute) =>
        attribute.ConstructorArguments.SelectMany(argument => argument.Value switch
        {
            Type single => [single],
            IEnumerable<CustomAttributeTypedArgument> many => many.Select(item => item.Value).OfType<Type>(),
            _ => [],
        });

    private enum ConfirmImpactName
    {
        None,
        Low,
        Medium,
        High,
    }
}

/// <summary>A parameter as its attributes describe it.</summary>
internal sealed record ParameterFacts(string Name, Type Type, PropertyInfo Property)
{
    public IReadOnlyList<ParameterSetFacts> Sets { get; init; } = [];

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public bool SupportsWildcards { get; init; }

    public bool IsSwitch => Type.Name == "SwitchParameter";

    public static ParameterFacts? Read(PropertyInfo property)
    {
        CustomAttributeData[] attributes = [.. property.CustomAttributes];
        ParameterSetFacts[] sets = [.. attributes.Where(item => item.AttributeType.Name == "ParameterAttribute").Select(ParameterSetFacts.Read)];
        return sets.Length == 0
            ? null
            : new ParameterFacts(property.Name, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, property)
            {
                Sets = sets,
                SupportsWildcards = attributes.Any(item => item.AttributeType.Name == "SupportsWildcardsAttribute"),
                Aliases = [.. attributes.Where(item => item.AttributeType.Name == "AliasAttribute")
                    .SelectMany(item => (IEnumerable<CustomAttributeTypedArgument>)item.ConstructorArguments[0].Value!).Select(item => (string)item.Value!)],
            };
    }
}

/// <summary>What a parameter is in one parameter set.</summary>
internal sealed record ParameterSetFacts(string? Set, bool Mandatory, int? Position, bool FromPipeline, bool FromPipelineByName)
{
    public static ParameterSetFacts Read(CustomAttributeData attribute) => new(
        (string?)attribute.Named("ParameterSetName"),
        attribute.Named("Mandatory") is true,
        (int?)attribute.Named("Position"),
        attribute.Named("ValueFromPipeline") is true,
        attribute.Named("ValueFromPipelineByPropertyName") is true);
}

/// <summary>Reads named arguments of attributes.</summary>
internal static class AttributeReading
{
    public static object? Named(this CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.Where(argument => argument.MemberName == name).Select(argument => argument.TypedValue.Value).FirstOrDefault();
}
