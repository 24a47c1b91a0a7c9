using System.Security.Cryptography;
using System.Text;

using SafeDb.Errors;
using SafeDb.Stores;

using Xunit;

namespace SafeDb.Providers.Tests.Spec;

/// <summary>What every kind of archive store must do. One subclass per kind.</summary>
public abstract class ArchiveStoreSpec
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    /// <summary>A new, empty store.</summary>
    protected abstract Task<IArchiveStore> NewStoreAsync();

    [Fact]
    public async Task What_was_committed_reads_back_byte_for_byte_by_any_range()
    {
        IArchiveStore store = await NewStoreAsync();
        byte[] content = RandomNumberGenerator.GetBytes(3_000_001);
        await PutAsync(store, "shop-1.safedb", content);

        await using IArchiveFile file = await store.OpenAsync("shop-1.safedb", None);
        Assert.Equal(content.Length, file.Length);
        foreach ((int offset, int count) in new[] { (0, content.Length), (0, 1), (content.Length - 1, 1), (1_234_567, 77_777), (content.Length, 0) })
        {
            byte[] range = new byte[count];
            await file.ReadAsync(offset, range, None);
            Assert.True(content.AsSpan(offset, count).SequenceEqual(range), $"{offset}+{count}");
        }
    }

    [Fact]
    public async Task Reading_past_the_end_is_an_error_and_not_a_short_read()
    {
        IArchiveStore store = await NewStoreAsync();
        await PutAsync(store, "shop-1.safedb", new byte[100]);
        await using IArchiveFile file = await store.OpenAsync("shop-1.safedb", None);
        SafeDbException problem = await Assert.ThrowsAsync<SafeDbException>(() => file.ReadAsync(90, new byte[11], None));
        Assert.Equal("Store.Truncated", problem.Id);
    }

    [Fact]
    public async Task An_upload_is_invisible_until_its_commit()
    {
        IArchiveStore store = await NewStoreAsync();
        await using IArchiveUpload upload = await store.CreateAsync("shop-1.safedb", None);
        await upload.Stream.WriteAsync(new byte[9_000_000], None);
        Assert.Empty(await NamesAsync(store));
        await upload.CommitAsync(None);
        Assert.Equal(["shop-1.safedb"], await NamesAsync(store));
    }

    [Fact]
    public async Task An_upload_that_is_given_up_leaves_nothing_and_its_name_free()
    {
        IArchiveStore store = await NewStoreAsync();
        await using (IArchiveUpload upload = await store.CreateAsync("shop-1.safedb", None))
        {
            await upload.Stream.WriteAsync(new byte[20_000_000], None);
        }

        Assert.Empty(await NamesAsync(store));
        Assert.Equal("Store.NotFound", (await Assert.ThrowsAsync<SafeDbException>(() => store.OpenAsync("shop-1.safedb", None))).Id);
        await PutAsync(store, "shop-1.safedb", [1]);
        Assert.Equal(["shop-1.safedb"], await NamesAsync(store));
    }

    [Fact]
    public async Task Nothing_is_overwritten_neither_at_the_start_nor_at_the_commit()
    {
        IArchiveStore store = await NewStoreAsync();
        await using IArchiveUpload late = await store.CreateAsync("shop-1.safedb", None);
        await late.Stream.WriteAsync(new byte[] { 2 }, None);
        await PutAsync(store, "shop-1.safedb", [1]);

        Assert.Equal("Store.AlreadyExists", (await Assert.ThrowsAsync<SafeDbException>(() => late.CommitAsync(None))).Id);
        Assert.Equal("Store.AlreadyExists", (await Assert.ThrowsAsync<SafeDbException>(() => store.CreateAsync("shop-1.safedb", None))).Id);
        await late.DisposeAsync();
        Assert.Equal([1], await GetAsync(store, "shop-1.safedb"));
    }

    [Fact]
    public async Task Sidecars_replace_only_the_version_that_was_read()
    {
        IArchiveStore store = await NewStoreAsync();
        await PutAsync(store, "shop-1.safedb", [1]);
        await store.WriteSidecarAsync("shop-1.safedb.verified.json", Encoding.UTF8.GetBytes("one"), null, None);
        string tag = await TagAsync(store, "shop-1.safedb.verified.json");
        await store.WriteSidecarAsync("shop-1.safedb.verified.json", Encoding.UTF8.GetBytes("two"), tag, None);

        Assert.Equal("Store.AlreadyExists", (await Assert.ThrowsAsync<SafeDbException>(() => store.WriteSidecarAsync("shop-1.safedb.verified.json", new byte[] { 3 }, tag, None))).Id);
        Assert.Equal("Store.AlreadyExists", (await Assert.ThrowsAsync<SafeDbException>(() => store.WriteSidecarAsync("shop-1.safedb.verified.json", new byte[] { 3 }, null, None))).Id);
        Assert.Equal("two", Encoding.UTF8.GetString(await GetAsync(store, "shop-1.safedb.verified.json")));
    }

    [Fact]
    public async Task Deleting_takes_the_sidecars_along_and_nothing_else()
    {
        IArchiveStore store = await NewStoreAsync();
        await PutAsync(store, "shop-1.safedb", [1]);
        await PutAsync(store, "shop-10.safedb", [1]);
        await store.WriteSidecarAsync("shop-1.safedb.verified.json", new byte[] { 1 }, null, None);

        await store.DeleteAsync("shop-1.safedb", None);

        Assert.Equal(["shop-10.safedb"], await NamesAsync(store));
        Assert.Equal("Store.NotFound", (await Assert.ThrowsAsync<SafeDbException>(() => store.DeleteAsync("shop-1.safedb", None))).Id);
    }

    [Fact]
    public async Task Names_with_blanks_and_umlauts_work()
    {
        IArchiveStore store = await NewStoreAsync();
        const string Name = "Bücher & Söhne 100%-1.safedb";
        await PutAsync(store, Name, [1, 2, 3]);
        Assert.Equal([Name], await NamesAsync(store));
        Assert.Equal([1, 2, 3], await GetAsync(store, Name));
        await store.DeleteAsync(Name, None);
        Assert.Empty(await NamesAsync(store));
    }

    [Fact]
    public async Task Many_readers_read_at_the_same_time()
    {
        IArchiveStore store = await NewStoreAsync();
        byte[] content = RandomNumberGenerator.GetBytes(2_000_000);
        await PutAsync(store, "shop-1.safedb", content);
        await using IArchiveFile file = await store.OpenAsync("shop-1.safedb", None);
        await Parallel.ForAsync(0, 40, None, async (i, token) =>
        {
            byte[] range = new byte[40_000];
            await file.ReadAsync(i * 40_000L, range, token);
            Assert.True(content.AsSpan(i * 40_000, 40_000).SequenceEqual(range));
        });
    }

    protected static async Task PutAsync(IArchiveStore store, string name, byte[] content)
    {
        await using IArchiveUpload upload = await store.CreateAsync(name, None);
        await upload.Stream.WriteAsync(content, None);
        await upload.CommitAsync(None);
    }

    protected static async Task<byte[]> GetAsync(IArchiveStore store, string name)
    {
        await using IArchiveFile file = await store.OpenAsync(name, None);
        byte[] content = new byte[file.Length];
        await file.ReadAsync(0, content, None);
        return content;
    }

    protected static async Task<List<string>> NamesAsync(IArchiveStore store)
    {
        var names = new List<string>();
        await foreach (StoredFile file in store.ListAsync(None))
        {
            names.Add(file.Name);
        }

        return names;
    }

    private static async Task<string> TagAsync(IArchiveStore store, string name)
    {
        await using IArchiveFile file = await store.OpenAsync(name, None);
        return file.Tag;
    }
}
