using SafeDb.Stores;
using Xunit;

namespace SafeDb.Core.Tests.Stores;

public sealed class DurableFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-durable").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Of_several_who_want_a_free_name_one_gets_it()
    {
        const int racers = 4;
        for (int round = 0; round < 300; round++)
        {
            string name = Path.Combine(_folder, $"name-{round}");
            using var start = new Barrier(racers);
            bool[] got = await Task.WhenAll(Enumerable.Range(0, racers).Select(racer => Task.Factory.StartNew(() => TryTake(name, racer, start), TaskCreationOptions.LongRunning)));
            Assert.Single(got, true);
            Assert.Equal($"{Array.IndexOf(got, true)}", await File.ReadAllTextAsync(name, TestContext.Current.CancellationToken));
        }

        Assert.Equal(300, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void A_name_that_is_taken_keeps_its_file_and_the_source_stays()
    {
        (string source, string taken) = (Path.Combine(_folder, "source"), Path.Combine(_folder, "taken"));
        File.WriteAllText(source, "new");
        File.WriteAllText(taken, "old");
        Assert.Throws<IOException>(() => DurableFiles.MoveToFreeName(source, taken));
        Assert.Equal(["new", "old"], [File.ReadAllText(source), File.ReadAllText(taken)]);
    }

    [Fact]
    public void A_source_that_is_missing_is_told_as_such() =>
        Assert.Throws<FileNotFoundException>(() => DurableFiles.MoveToFreeName(Path.Combine(_folder, "none"), Path.Combine(_folder, "name")));

    private static bool TryTake(string name, int racer, Barrier start)
    {
        string own = $"{name}.{racer}";
        File.WriteAllText(own, $"{racer}");
        start.SignalAndWait();
        try
        {
            DurableFiles.MoveToFreeName(own, name);
            return true;
        }
        catch (IOException)
        {
            File.Delete(own);
            return false;
        }
    }
}
