using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

public sealed class AddressTests
{
    [Theory]
    [InlineData("postgresql://ann:s%40crt@db.example:5433/shop", "postgresql://ann@db.example:5433/shop")]
    [InlineData("postgres://ann@db.example/shop?sslmode=require&schema=public&connection_limit=5&pgbouncer=true", "postgresql://ann@db.example:5432/shop")]
    [InlineData("postgresql://ann@[::1]:5433/my%20shop", "postgresql://ann@[::1]:5433/my%20shop")]
    [InlineData("postgresql://ann@a:1,b:2/shop?target_session_attrs=primary", "postgresql://ann@a:1,b:2/shop")]
    [InlineData("postgresql://%2Fvar%2Frun%2Fpostgresql/shop?user=ann", "postgresql://ann@%2Fvar%2Frun%2Fpostgresql:5432/shop")]
    [InlineData("postgresql:///?host=db&dbname=shop&user=ann&password=x", "postgresql://ann@db:5432/shop")]
    [InlineData("Host=db;Username=ann;Password=s;Database=shop", "postgresql://ann@db:5432/shop")]
    [InlineData("host=db port=5433 dbname=shop user=ann password='it\\'s'", "postgresql://ann@db:5433/shop")]
    public void Addresses_of_every_form_are_understood(string text, string display) => Assert.Equal(display, Parse(text)!.Display);

    [Theory]
    [InlineData("sqlite:./shop.db")]
    [InlineData("sqlserver://host/db")]
    [InlineData("Server=.;Database=shop;Integrated Security=true")]
    [InlineData("Data Source=shop.db")]
    [InlineData("shop.db")]
    [InlineData("")]
    public void Addresses_of_other_engines_are_left_to_them(string text) => Assert.Null(Parse(text));

    [Theory]
    [InlineData("postgresql://ann:hunter2@db:notaport/shop")]
    [InlineData("postgresql://ann:hunter2@db/shop?sslmode=strong")]
    [InlineData("postgresql://ann:hunter2@db/shop?sslmod=require")]
    [InlineData("postgresql://ann:hunter2%@db/shop")]
    [InlineData("Host=db;Password=hunter2;Nonsense=1")]
    [InlineData("host=db dbname=shop password='hunter2")]
    public void What_cannot_be_used_is_refused_without_repeating_it(string text)
    {
        SafeDbException refused = Assert.Throws<SafeDbException>(() => Parse(text));
        Assert.Equal("PostgreSql.AddressInvalid", refused.Id);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_open_comes_from_the_environment()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PGHOST"] = "db.example", ["PGPORT"] = "6000", ["PGUSER"] = "ann", ["PGDATABASE"] = "shop", ["PGPASSWORD"] = "hunter2", ["PGSSLMODE"] = "verify-full",
        };
        DatabaseAddress address = new PostgreSqlProvider(environment: environment.GetValueOrDefault).TryParse("postgresql://")!;
        Assert.Equal("postgresql://ann@db.example:6000/shop", address.ToString());
        Assert.Contains("hunter2", address.GetConnectionString(), StringComparison.Ordinal);
        Assert.Contains("VerifyFull", address.GetConnectionString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_address_says_wins_over_the_environment() =>
        Assert.Equal("postgresql://bob@here:7000/it", new PostgreSqlProvider(environment: name => name == "PGSSLMODE" ? "disable" : "6000").TryParse("postgresql://bob@here:7000/it")!.Display);

    private static DatabaseAddress? Parse(string text) => new PostgreSqlProvider(environment: _ => null).TryParse(text);
}
