using System.Collections.Concurrent;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

using SafeDb.Configuration;

namespace SafeDb.PowerShell.Hosting;

/// <summary>
/// The passphrases and keys of the archives that a session has made, so that <c>Backup-SafeDb … -Passphrase $p | Test-SafeDbBackup</c> needs them once. Held as they were given, in
/// memory that only the system's own protection guards, shown nowhere, gone with the runspace.
/// </summary>
internal static class SessionSecrets
{
    private static readonly ConditionalWeakTable<Runspace, ConcurrentDictionary<string, ArchiveAccessRequest>> OfRunspace = [];

    /// <summary>Remembers what an archive was sealed with. Certificates are not: who seals with one need not be able to open.</summary>
    public static void Remember(string location, ArchiveAccessRequest given)
    {
        if (Runspace.DefaultRunspace is { } runspace && (given.Passphrase ?? given.Key) is not null)
        {
            OfRunspace.GetOrCreateValue(runspace)[location] = given with { Passphrase = given.Passphrase?.Copy(), Key = given.Key?.Copy(), Recipients = [], Unencrypted = false };
        }
    }

    /// <summary>What an archive of this session was sealed with; null when it is none or a certificate did.</summary>
    public static ArchiveAccessRequest? Find(string location) =>
        Runspace.DefaultRunspace is { } runspace && OfRunspace.TryGetValue(runspace, out ConcurrentDictionary<string, ArchiveAccessRequest>? known) ? known.GetValueOrDefault(location) : null;
}
