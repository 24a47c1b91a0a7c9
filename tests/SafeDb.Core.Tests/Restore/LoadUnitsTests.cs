using FsCheck;
using FsCheck.Fluent;

using SafeDb.Archive;
using SafeDb.Restore;

using Xunit;

namespace SafeDb.Core.Tests.Restore;

public sealed class LoadUnitsTests
{
    [Fact]
    public void A_table_within_a_workers_share_is_loaded_whole_and_a_larger_one_in_pieces()
    {
        IReadOnlyList<LoadUnit> units = LoadUnits.Of([Part(1, "big", 40), Part(2, "small", 20), Part(3, "big", 40), Part(4, "small", 10)], 2);
        Assert.Equal(["big:1 (False)", "big:3 (False)", "small:2,4 (True)"], units.Select(Text));
    }

    [Fact]
    public void One_worker_loads_every_table_whole() =>
        Assert.Equal(["big:1,3 (True)", "small:2 (True)"], LoadUnits.Of([Part(3, "big", 40), Part(2, "small", 20), Part(1, "big", 40)], 1).Select(Text));

    [Fact]
    public void A_table_of_one_part_is_whole_however_large() =>
        Assert.Equal(["big:1 (True)", "small:2 (True)"], LoadUnits.Of([Part(1, "big", 1000), Part(2, "small", 1)], 8).Select(Text));

    [Fact]
    public void Pieces_of_a_file_are_never_put_together() =>
        Assert.Equal(["file:1 (False)", "file:2 (False)"], LoadUnits.Of([Part(1, "file", 10, PartKind.Image), Part(2, "file", 10, PartKind.Image)], 1).Select(Text));

    [Fact]
    public void Every_part_is_loaded_once()
    {
        Gen<ManifestPart[]> parts = Gen.Choose(0, 499).ArrayOf().Select(all => all.Select((draw, i) => Part(i, "t" + (draw % 5), draw / 5)).ToArray());
        Prop.ForAll(parts.ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (all, jobs) =>
            LoadUnits.Of(all, jobs).SelectMany(unit => unit.Parts).Select(part => part.Number).Order().SequenceEqual(all.Select(part => part.Number))
            && LoadUnits.Of(all, jobs).All(unit => !unit.WholeTable || unit.Parts.Count == all.Count(part => part.Target == unit.Parts[0].Target))).QuickCheckThrowOnFailure();
    }

    private static string Text(LoadUnit unit) => $"{unit.Parts[0].Target}:{string.Join(',', unit.Parts.Select(part => part.Number))} ({unit.WholeTable})";

    private static ManifestPart Part(int number, string table, long bytes, PartKind kind = PartKind.Rows) => new(number, kind, table, bytes, bytes, "", 1, 0, "none");
}
