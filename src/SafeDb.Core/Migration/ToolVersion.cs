using System.Reflection;

namespace SafeDb.Migration;

/// <summary>SafeDb's version, as records name it.</summary>
public static class ToolVersion
{
    /// <summary>The version without build metadata.</summary>
    public static string Current { get; } =
        (typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];
}
