namespace SafeDb.Providers.Tests.Faults;

/// <summary>A shop and five migrations with everything that makes a run more than one transaction.</summary>
internal static class FaultFolder
{
    public const string Shop = """
        create table customers (id integer primary key, name varchar(100) not null);
        create table orders (id integer primary key, customer_id integer not null references customers (id), note text);
        """;

    /// <summary>The shop's rows.</summary>
    public static IEnumerable<string> Rows => Enumerable.Range(1, 50).SelectMany(i => new[]
    {
        $"insert into customers (id, name) values ({i}, 'customer {i}')", $"insert into orders (id, customer_id, note) values ({i}, {i}, 'note {i}')",
    });

    public static string Write(bool concurrently)
    {
        string folder = Directory.CreateTempSubdirectory("safedb-faults-").FullName;
        string how = concurrently ? "concurrently " : "";
        Put(folder, "001_a", "create table a (id integer primary key);", "drop table a;");
        Put(folder, "002_b", "alter table customers add column email text; update customers set email = 'x';", "alter table customers drop column email;");
        Put(folder, "003_c", $"create table c (id integer primary key); create index {how}orders_note on orders (note); create index c_id on c (id);", $"drop index {how}orders_note; drop table c;");
        Put(
            folder, "004_d", "create table d (id integer primary key);\n-- safedb:batch key=id size=20\nupdate orders set note = 'filled';\ninsert into d (id) values (1);",
            "drop table d;\n-- safedb:batch key=id size=20\nupdate orders set note = 'note ' || id;");
        Put(folder, "005_e", "create table e (id integer primary key, d_id integer references d (id)); insert into e values (1, 1);", "drop table e;");
        return folder;
    }

    private static void Put(string folder, string name, string up, string down)
    {
        File.WriteAllText(Path.Combine(folder, name + ".up.sql"), up);
        File.WriteAllText(Path.Combine(folder, name + ".down.sql"), down);
    }
}
