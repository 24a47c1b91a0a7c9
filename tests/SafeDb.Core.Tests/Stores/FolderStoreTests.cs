using System.Text;
using SafeDb.Errors;
using SafeDb.Stores;
using Xunit;

namespace SafeDb.Core.Tests.Stores;

public sealed class FolderStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-store").FullName;
    private readonly FolderStore _store;

    public FolderStoreTests() => _store = new FolderStore(_folder);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Committed_file_is_listed_and_read_by_ranges()
    {
        await WriteAsync("b.safedb", "0123456789");
        await WriteAsync("a.safedb", "x");
        StoredFile[] files = await ListAsync();
        Assert.Equal(["a.safedb", "b.safedb"], files.Select(file => file.Name));
        Assert.Equal(10, files[1].Length);
        await using IArchiveFile file = await _store.OpenAsync("b.safedb", Token);
        Assert.Equal(files[1].Tag, file.Tag);
        byte[] buffer = new byte[4];
        await file.ReadAsync(3, buffer, Token);
        Assert.Equal("3456", Encoding.ASCII.GetString(buffer));
        Assert.Equal("Store.Truncated", (await Assert.ThrowsAsync<SafeDbException>(() => file.ReadAsync(8, buffer, Token))).Id);
    }

    [Fact]
    public async Task Uncommitted_upload_is_never_visible_and_leaves_nothing()
    {
        await using (IArchiveUpload upload = await _store.CreateAsync("a.safedb", Token))
        {
            await upload.Stream.WriteAsync(new byte[1 << 20], Token);
            Assert.Empty(await ListAsync());
            Assert.Equal("Store.NotFound", (await Assert.ThrowsAsync<SafeDbException>(() => _store.OpenAsync("a.safedb", Token))).Id);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Nothing_is_ever_overwritten()
    {
        IArchiveUpload first = await _store.CreateAsync("a.safedb", Token);
        IArchiveUpload second = await _store.CreateAsync("a.safedb", Token);
        await first.Stream.WriteAsync("first"u8.ToArray(), Token);
        await second.Stream.WriteAsync("second"u8.ToArray(), Token);
        await first.CommitAsync(Token);
        Assert.Equal("Store.AlreadyExists", (await Assert.ThrowsAsync<SafeDbException>(() => second.CommitAsync(Token))).Id);
        await first.DisposeAsync();
        await second.DisposeAsync();
        Assert.Equal("first", await File.ReadAllTextAsync(Path.Combine(_folder, "a.safedb"), Token));
        Assert.Equal("Store.AlreadyExists", (await Assert.ThrowsAsync<SafeDbException>(() => _store.CreateAsync("a.safedb", Token))).Id);
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Remains_of_interrupted_runs_are_removed_but_not_uploads_under_way()
    {
        string old = Path.Combine(_folder, ".old.safedb.00.safedb-partial");
        string recent = Path.Combine(_folder, ".new.safedb.00.safedb-partial");
        await File.WriteAllTextAsync(old, "x", Token);
        await File.WriteAllTextAsync(recent, "x", Token);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        await using IArchiveUpload running = await _store.CreateAsync("running.safedb", Token);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(recent));
        string held = Assert.Single(Directory.GetFiles(_folder, ".running*"));
        File.SetLastWriteTimeUtc(held, DateTime.UtcNow.AddHours(-2));
        await WriteAsync("other.safedb", "x");
        Assert.True(File.Exists(held));
        await running.CommitAsync(Token);
        Assert.Equal(["other.safedb", "running.safedb"], (await ListAsync()).Select(file => file.Name));
    }

    [Fact]
    public async Task Archive_is_readable_by_its_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such mode.");
        await WriteAsync("a.safedb", "x");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "a.safedb")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData(".hidden")]
    [InlineData("a:b")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a.")]
    [InlineData("a*")]
    public async Task Names_with_folders_or_tricks_are_refused(string name)
    {
        Assert.Equal("Folder.NameInvalid", (await Assert.ThrowsAsync<SafeDbException>(() => _store.CreateAsync(name, Token))).Id);
        Assert.Equal("Folder.NameInvalid", (await Assert.ThrowsAsync<SafeDbException>(() => _store.OpenAsync(name, Token))).Id);
        Assert.Equal("Folder.NameInvalid", (await Assert.ThrowsAsync<SafeDbException>(() => _store.DeleteAsync(name, Token))).Id);
        Assert.Equal("Folder.NameInvalid", (await Assert.ThrowsAsync<SafeDbException>(() => _store.WriteSidecarAsync(name, default, null, Token))).Id);
    }

    [Fact]
    public async Task Sidecar_is_replaced_only_when_its_tag_still_holds()
    {
        const string name = "a.safedb.verified.json";
        await _store.WriteSidecarAsync(name, "1"u8.ToArray(), null, Token);
        Assert.Equal("Store.AlreadyExists", (await Assert.ThrowsAsync<SafeDbException>(() => _store.WriteSidecarAsync(name, "x"u8.ToArray(), null, Token))).Id);
        string tag = await TagAsync(name);
        await _store.WriteSidecarAsync(name, "2"u8.ToArray(), tag, Token);
        Assert.Equal("Store.AlreadyExists", (await Assert.ThrowsAsync<SafeDbException>(() => _store.WriteSidecarAsync(name, "x"u8.ToArray(), tag, Token))).Id);
        Assert.NotEqual(tag, await TagAsync(name), StringComparer.Ordinal);
        Assert.Equal("2", await File.ReadAllTextAsync(Path.Combine(_folder, name), Token));
        Assert.Equal("Store.AlreadyExists", (await Assert.ThrowsAsync<SafeDbException>(() => _store.WriteSidecarAsync("b.json", "x"u8.ToArray(), tag, Token))).Id);
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Removal_takes_the_sidecars_along_and_nothing_else()
    {
        await WriteAsync("a.safedb", "x");
        await WriteAsync("a.safedb2", "x");
        await _store.WriteSidecarAsync("a.safedb.verified.json", "1"u8.ToArray(), null, Token);
        await using (await _store.OpenAsync("a.safedb", Token))
        {
            Assert.Equal("Folder.InUse", (await Assert.ThrowsAsync<SafeDbException>(() => _store.DeleteAsync("a.safedb", Token))).Id);
        }

        await _store.DeleteAsync("a.safedb", Token);
        Assert.Equal(["a.safedb2"], (await ListAsync()).Select(file => file.Name));
        Assert.Equal("Store.NotFound", (await Assert.ThrowsAsync<SafeDbException>(() => _store.DeleteAsync("a.safedb", Token))).Id);
    }

    [Fact]
    public async Task Full_disk_has_its_id_and_leaves_nothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Needs /dev/full.");
        var full = new IOException("No space left on device", 28);
        Assert.Equal("Folder.Full", FolderFailures.Writing(full, "x").Id);
        await using var device = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
        IOException real = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await device.WriteAsync(new byte[1 << 20], Token);
            await device.FlushAsync(Token);
        });
        Assert.Equal("Folder.Full", FolderFailures.Writing(real, "x").Id);
    }

    [Fact]
    public async Task Missing_folder_is_created_but_not_its_parent()
    {
        var store = new FolderStore(Path.Combine(_folder, "new"));
        Assert.Equal("Folder.Missing", (await Assert.ThrowsAsync<SafeDbException>(async () => await store.ListAsync(Token).ToArrayAsync(Token))).Id);
        await (await store.CreateAsync("a.safedb", Token)).DisposeAsync();
        Assert.True(Directory.Exists(Path.Combine(_folder, "new")));
        var deep = new FolderStore(Path.Combine(_folder, "x", "y"));
        Assert.Equal("Folder.Missing", (await Assert.ThrowsAsync<SafeDbException>(() => deep.CreateAsync("a.safedb", Token))).Id);
    }

    [Fact]
    public void Factory_takes_paths_and_leaves_addresses_to_others()
    {
        var factory = new FolderStoreFactory();
        Assert.NotNull(factory.TryOpen(_folder));
        Assert.Null(factory.TryOpen("https://account.example/container"));
        Assert.Equal((_folder, "a.safedb"), factory.TrySplit(Path.Combine(_folder, "a.safedb")));
        Assert.Null(factory.TrySplit("https://account.example/container/a.safedb"));
        Assert.Null(factory.TrySplit(" "));
    }

    private async Task WriteAsync(string name, string content)
    {
        await using IArchiveUpload upload = await _store.CreateAsync(name, Token);
        await upload.Stream.WriteAsync(Encoding.UTF8.GetBytes(content), Token);
        await upload.CommitAsync(Token);
    }

    private async Task<StoredFile[]> ListAsync() => await _store.ListAsync(Token).ToArrayAsync(Token);

    private async Task<string> TagAsync(string name)
    {
        await using IArchiveFile file = await _store.OpenAsync(name, Token);
        return file.Tag;
    }
}
