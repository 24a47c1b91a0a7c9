namespace SafeDb.PowerShell;

/// <summary>Where the cmdlets' pages are on the web.</summary>
internal static class HelpLinks
{
    public const string Root = "https://github.com/safedb/safedb/blob/main/docs/help/";
}
