using SafeDb.Addresses;
using Xunit;

namespace SafeDb.Core.Tests.Addresses;

/// <summary>A file belongs to the folder where its writer stands, in every form that an address has; the process's folder is another one.</summary>
public sealed class RelativeAddressTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-address").FullName;

    public RelativeAddressTests() => File.WriteAllText(Path.Combine(_folder, "plain"), "");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("sqlite:./shop.db", "sqlite:{0}/shop.db")]
    [InlineData("sqlite3:shop.db?mode=ro", "sqlite3:{0}/shop.db?mode=ro")]
    [InlineData("file:./shop.db", "file:{0}/shop.db")]
    [InlineData("shop.db", "{0}/shop.db")]
    [InlineData("./shop", "{0}/shop")]
    [InlineData("plain", "{0}/plain")]
    [InlineData("Data Source=./shop.db", "data source={0}/shop.db")]
    [InlineData("Data Source=plain;Foreign Keys=True", "data source={0}/plain;foreign keys=True")]
    [InlineData("Filename=file:shop.db?mode=ro", "filename=\"file:{0}/shop.db?mode=ro\"")]
    public void A_relative_file_starts_at_the_folder(string text, string expected) =>
        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, _folder).Replace("\"", "", StringComparison.Ordinal), RelativeAddress.Resolve(text, _folder).Replace("\"", "", StringComparison.Ordinal), ignoreCase: true);

    [Theory]
    [InlineData("shop")]
    [InlineData("sqlite::memory:")]
    [InlineData("sqlite:///shop.db")]
    [InlineData("Data Source=server;Initial Catalog=shop")]
    [InlineData("Data Source=.\\SQLEXPRESS;Initial Catalog=shop")]
    [InlineData("Host=localhost;Database=./shop.db")]
    [InlineData("postgresql://postgres@localhost/shop.db")]
    [InlineData("no=connection=string;;=")]
    public void What_is_no_relative_file_stays_as_it_is(string text) => Assert.Equal(text, RelativeAddress.Resolve(text, _folder));
}
