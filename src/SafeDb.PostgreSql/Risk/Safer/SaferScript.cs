using System.Globalization;
using System.Text;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>A safer sequence: migrations to run one after the other, each in a transaction of its own unless it says otherwise.</summary>
internal sealed class SaferScript
{
    private readonly List<(bool InTransaction, string[] Statements)> _migrations = [];

    /// <summary>Adds a migration that runs in one transaction.</summary>
    public SaferScript Migration(params string[] statements)
    {
        _migrations.Add((true, statements));
        return this;
    }

    /// <summary>Adds a migration whose statements each run by themselves.</summary>
    public SaferScript WithoutTransaction(params string[] statements)
    {
        _migrations.Add((false, statements));
        return this;
    }

    /// <summary>The text. Each migration begins with a comment that says its number.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (int i = 0; i < _migrations.Count; i++)
        {
            (bool inTransaction, string[] statements) = _migrations[i];
            if (_migrations.Count > 1)
            {
                text.Append(i > 0 ? "\n" : "").Append(CultureInfo.InvariantCulture, $"-- migration {i + 1} of {_migrations.Count}\n");
            }

            text.Append(inTransaction ? "" : "-- safedb:no-transaction\n").Append("SET lock_timeout = '5s';\n");
            foreach (string statement in statements)
            {
                text.Append(statement).Append(";\n");
            }
        }

        return text.ToString().TrimEnd('\n');
    }
}
