using System.Runtime.CompilerServices;

using SafeDb.Sqlite.Native;

namespace SafeDb.Providers.Tests.Sqlite;

/// <summary>Some tests use the driver directly. SafeDb chooses its library before any of them runs, as it does in a process of its own; several begin at once here.</summary>
internal static class ChosenLibrary
{
    [ModuleInitializer]
    internal static void Choose() => SqliteNative.EnsureLoaded();
}
