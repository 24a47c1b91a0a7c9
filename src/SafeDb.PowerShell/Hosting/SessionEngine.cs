using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

using SafeDb.Engines;

namespace SafeDb.PowerShell.Hosting;

/// <summary>
/// The engine of a PowerShell session: every cmdlet of a runspace gets the same one, so that a token that came with <c>-Destination</c> still opens the archive, whose printed
/// location holds none, in the next cmdlet of the pipeline and of the session. Runspaces share nothing, and what a session knew goes with it.
/// </summary>
internal static class SessionEngine
{
    private static readonly ConditionalWeakTable<Runspace, SafeDbEngine> OfRunspace = [];

    /// <summary>The engine of the runspace that the calling thread works for.</summary>
    public static SafeDbEngine Current => Of(Runspace.DefaultRunspace);

    /// <summary>The engine of a runspace; a new one each time for code that runs in none.</summary>
    public static SafeDbEngine Of(Runspace? runspace) =>
        runspace is null ? Composition.Create() : OfRunspace.GetValue(runspace, static _ => Composition.Create());
}
