using System.Runtime.InteropServices;

using SafeDb.Loader;

namespace SafeDb.PowerShell.Tests;

public sealed class RuntimeFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-loader-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_of_this_system_comes_before_the_flat_stub()
    {
        Write("Driver.dll");
        string own = Write($"runtimes/{(OperatingSystem.IsWindows() ? "win" : "unix")}/lib/net8.0/Driver.dll");
        Write($"runtimes/{(OperatingSystem.IsWindows() ? "unix" : "win")}/lib/net8.0/Driver.dll");

        Assert.Equal(own, new RuntimeFiles(_folder).FindManaged("Driver"));
    }

    [Fact]
    public void The_flat_file_serves_when_there_is_no_other()
    {
        string flat = Write("Plain.dll");
        Assert.Equal(flat, new RuntimeFiles(_folder).FindManaged("Plain"));
        Assert.Null(new RuntimeFiles(_folder).FindManaged("Missing"));
    }

    [Fact]
    public void A_native_library_is_found_by_its_bare_name()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        string file = OperatingSystem.IsWindows() ? "native.dll" : OperatingSystem.IsMacOS() ? "libnative.dylib" : "libnative.so";
        string path = Write($"runtimes/{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}/native/{file}");

        Assert.Equal(path, new RuntimeFiles(_folder).FindNative("native"));
        Assert.Null(new RuntimeFiles(_folder).FindNative("other"));
    }

    private string Write(string relative)
    {
        string path = Path.Combine(_folder, relative.Replace('/', Path.DirectorySeparatorChar));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Empty);
        return path;
    }
}
