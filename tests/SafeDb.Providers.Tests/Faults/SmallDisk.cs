using System.Diagnostics;

using Xunit;

namespace SafeDb.Providers.Tests.Faults;

/// <summary>A small file system in memory that can be filled to the last byte. Needs root on Linux; elsewhere the test says so and skips.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Filler => Path.Combine(Folder, "filler");

    public static SmallDisk Mount(int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "A disk can be made full only as root on Linux.");
        string folder = Directory.CreateTempSubdirectory("safedb-disk-").FullName;
        string? problem = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0777", "tmpfs", folder);
        Assert.SkipUnless(problem is null, $"No small disk can be mounted here: {problem}");
        return new SmallDisk(folder);
    }

    /// <summary>Leaves no byte.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] block = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(block);
            }
        }
        catch (IOException)
        {
            // That was the last byte.
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder, recursive: true);
    }

    private static string? Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string problem = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : problem.Trim();
    }
}
