namespace SafeDb.Providers.Tests;

/// <summary>The one switch of the long campaigns.</summary>
internal static class LongTests
{
    public static bool Enabled => Environment.GetEnvironmentVariable("SAFEDB_LONG_TESTS") == "1";
}
