using System.Buffers;

using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Model;

/// <summary>
/// Which names the files themselves make or move, so that what the catalogue lacks can be told from what was misspelt. Whatever cannot be followed (code that is executed, extensions, a rollback) ends the telling: a
/// statement is never called wrong on a guess.
/// </summary>
/// <param name="live">The catalogue, or null.</param>
internal sealed class RelationNames(PostgreSqlCatalogFacts? live)
{
    // Names that a tool fills in before the script runs.
    private static readonly SearchValues<char> Placeholders = SearchValues.Create("${}:%<>@#");
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private bool _certain = live is not null;
    private bool _wayBack;
    private bool _moved;

    /// <summary>Every relation of the catalogue, qualified and quoted.</summary>
    public IEnumerable<string> InDatabase => live?.Names ?? [];

    // A way back runs after what it takes back, and perhaps never.
    private bool Certain => _certain && !_wayBack;

    /// <summary>Before a statement is judged: whether it runs what cannot be followed.</summary>
    public void Expect(PgStatement statement, RiskFile file)
    {
        _wayBack = file.IsWayBack;
        if (file.Applied)
        {
            // The catalogue has what it did.
            return;
        }

        if (statement is UnknownStatement or CodeStatement or ExtensionStatement or ServerStatement or PlainStatement { ChangesSchema: true } or TransactionStatement { Action: TransactionAction.Rollback }
            or DropObjects { ObjectKind: "SCHEMA" } or CreateTable { Query.Prepared: not null }
            || (statement is QueryStatement query && query.Calls.Any(call => PgFunctions.VolatilityOf(call.Name) == PgVolatility.Unknown)))
        {
            _certain = false;
        }

        // An index goes with its table, column, constraint or parent, whatever they are called.
        _moved |= statement is DropObjects;
    }

    /// <summary>After a statement was judged: the names that it makes or takes away.</summary>
    public void Note(PgStatement statement, bool applied)
    {
        switch (statement)
        {
            case CreateTable create:
                _made.Add(create.Name.Name);
                break;
            case CreateView view:
                _made.Add(view.Name.Name);
                break;
            case SequenceStatement sequence:
                _made.Add(sequence.Name.Name);
                break;
            case CreateIndex { Name: { } index }:
                _made.Add(index);
                break;
            case QueryStatement { Into: { } into }:
                _made.Add(into.Name);
                break;
            case CreateSchema schema:
                foreach (PgStatement element in schema.Elements)
                {
                    Note(element, applied);
                }

                break;
            case AlterTable alter:
                _made.UnionWith(alter.Actions.OfType<RenameTo>().Select(rename => rename.NewName));
                _moved |= !applied && alter.Actions.Any(action => action is RenameTo or SetSchema or RenameConstraint or DropColumn or DropConstraint);
                break;
        }
    }

    /// <summary>Whether no schema of the database has the name, and no statement makes it: nothing that any search path or temporary table could find.</summary>
    public bool IsMissing(PgName name)
    {
        if (!Certain || _made.Contains(name.Name) || IsSystem(name.Schema) || IsSystem(name.Name) || name.Sql.AsSpan().ContainsAny(Placeholders))
        {
            return false;
        }

        string tail = "." + PgName.Quote(name.Name);
        return name.Schema is null ? !InDatabase.Any(relation => relation.EndsWith(tail, StringComparison.Ordinal)) : live!.Find(name.Sql) is null;
    }

    /// <summary>Whether the database has a relation of this name, and no statement drops or renames anything before.</summary>
    public bool IsTaken(PgName qualified, PgName table) => Certain && !_moved && live!.Find(qualified.Sql) is not null && live.Find(table.Sql) is not null;

    // Of the catalogue's own schemas nothing was read.
    private static bool IsSystem(string? name) => name is not null && (name.StartsWith("pg_", StringComparison.Ordinal) || name == "information_schema");
}
