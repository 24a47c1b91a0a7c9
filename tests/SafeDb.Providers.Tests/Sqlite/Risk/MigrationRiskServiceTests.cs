using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Risk;
using SafeDb.Sqlite.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite.Risk;

/// <summary>The use case from files to report.</summary>
public sealed class MigrationRiskServiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-risk-").FullName;
    private readonly MigrationRiskService _service = new(new EngineRegistry([]), [new SqliteRiskDialect()], [new SqliteRiskDatabase()], TimeProvider.System);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_gives_one_report_in_the_order_of_its_files()
    {
        File.WriteAllText(Path.Combine(_folder, "2_drop.sql"), "DROP TABLE orders;");
        File.WriteAllText(Path.Combine(_folder, "10_more.sql"), "CREATE TABLE more (id INTEGER PRIMARY KEY AUTOINCREMENT);");
        RiskReport report = await AnalyseAsync(new RiskRequest { Paths = ["."], Folder = _folder });
        Assert.Equal(["2_drop.sql", "10_more.sql"], report.Files.Select(file => file.Path));
        Assert.Equal(DatabaseEngine.Sqlite, report.Engine);
        Assert.Equal(RiskLevel.Dangerous, report.Level);
        Assert.Contains(report.Files[0].Findings, finding => finding.Rule == "no-way-back");
    }

    [Fact]
    public async Task A_text_has_no_rule_about_its_way_back() =>
        Assert.Equal(RiskLevel.Safe, (await AnalyseAsync(new RiskRequest { Text = "CREATE TABLE a (x INTEGER);", Engine = DatabaseEngine.Sqlite })).Level);

    [Theory]
    [InlineData("SELECT 1", null, "Risk.EngineUnknown")]
    [InlineData("SELECT 1", DatabaseEngine.SqlServer, "Risk.DialectMissing")]
    public async Task What_cannot_be_analysed_is_an_error_with_an_id(string text, DatabaseEngine? engine, string id) =>
        Assert.Equal(id, (await Assert.ThrowsAsync<SafeDbException>(() => AnalyseAsync(new RiskRequest { Text = text, Engine = engine }))).Id);

    [Fact]
    public async Task A_misspelt_allowance_is_an_error()
    {
        var request = new RiskRequest { Text = "SELECT 1", Engine = DatabaseEngine.Sqlite, Policy = new RiskPolicy { AllowHazards = ["drop-tabel"] } };
        Assert.Equal("Risk.UnknownRule", (await Assert.ThrowsAsync<SafeDbException>(() => AnalyseAsync(request))).Id);
    }

    private Task<RiskReport> AnalyseAsync(RiskRequest request) => _service.AnalyseAsync(request, SilentObserver.Instance, TestContext.Current.CancellationToken);
}
