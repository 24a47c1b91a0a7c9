using System.Data.Common;
using System.Reflection;

using SafeDb.Addresses;
using SafeDb.Cli.Hosting;
using SafeDb.Providers;

namespace SafeDb.Cli.Verbs;

/// <summary>The files of <c>docs/tutorial</c>, which travel inside the command, so that the tutorial needs nothing else.</summary>
internal static class TutorialFiles
{
    private const string Prefix = "tutorial/";

    /// <summary>Writes the migrations into a folder: <c>migrations/</c> and <c>risky/</c>.</summary>
    public static async Task WriteMigrationsAsync(string folder, CancellationToken cancellationToken)
    {
        foreach (string name in Names().Where(name => name.Contains('/', StringComparison.Ordinal)))
        {
            string path = Path.Combine(folder, name.Replace('/', Path.DirectorySeparatorChar));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, Read(name), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fails when there is a file already.</summary>
    public static void RefuseTaken(string file)
    {
        if (File.Exists(file))
        {
            throw DemoErrors.FileExists.Exception(file);
        }
    }

    /// <summary>Builds the sample shop in a new file.</summary>
    public static async Task BuildShopAsync(SafeDbEngine engine, string file, CancellationToken cancellationToken)
    {
        RefuseTaken(file);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, [], cancellationToken).ConfigureAwait(false);
        DatabaseAddress address = engine.Engines.Parse($"sqlite:{file}");
        IDatabaseSession session = await engine.Engines.Get(address.Engine).OpenSessionAsync(address, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            DbCommand command = session.Connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = Read("shop.sql");
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static IEnumerable<string> Names() => typeof(TutorialFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(name => name[Prefix.Length..].Replace('\\', '/'));

    private static string Read(string name)
    {
        Assembly assembly = typeof(TutorialFiles).Assembly;
        string resource = assembly.GetManifestResourceNames().First(item => item.Replace('\\', '/') == Prefix + name);
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
