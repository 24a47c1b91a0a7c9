using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Model;

/// <summary>Applies a statement to the model, after it was judged.</summary>
/// <param name="model">The model.</param>
/// <param name="applied">Whether the statement ran already, so that what it made is in use.</param>
/// <param name="transaction">Number of the open transaction, 0 for none.</param>
internal sealed class ModelUpdate(PgModel model, bool applied, int transaction)
{
    /// <summary>Applies a statement.</summary>
    public void Apply(PgStatement statement)
    {
        switch (statement)
        {
            case CreateTable create:
                Create(create);
                break;
            case AlterTable alter:
                new TableUpdate(model, transaction).Apply(alter);
                break;
            case CreateIndex index:
                TableUpdate.AddIndex(model.Get(index.Table), index);
                break;
            case DropObjects drop:
                Drop(drop);
                break;
            case CreateView view:
                View(view);
                break;
            case CreateFunction function:
                model.AddFunction(function);
                break;
            case SequenceStatement { Kind: "CreateSequence" } sequence:
                PgTable made = model.Add(sequence.Name);
                made.Kind = "sequence";
                made.IsNew = !applied;
                break;
            case QueryStatement query:
                Fill(query);
                break;
            case TruncateStatement truncate:
                foreach (PgName emptied in truncate.Tables)
                {
                    model.Get(emptied).EmptiedInTransaction = transaction;
                }

                break;
            case CopyStatement { Table: { } table, From: true }:
                model.Get(table).IsFilled = true;
                model.Get(table).EmptiedInTransaction = 0;
                break;
            case CreateSchema schema:
                IReadOnlyList<string> path = model.SearchPath;
                model.SearchPath = [schema.Name, .. path];
                foreach (PgStatement element in schema.Elements)
                {
                    Apply(element);
                }

                model.SearchPath = path;
                break;
            default:
                Types(statement);
                break;
        }
    }

    private void Create(CreateTable create)
    {
        if (create.IfNotExists && model.Find(create.Name) is { IsKnown: true })
        {
            return;
        }

        PgTable table = model.Add(create.Temporary ? create.Name with { Schema = "pg_temp" } : create.Name);
        table.Kind = create.Partitioned ? "partitioned table" : "table";
        table.IsNew = !applied || create.Temporary;
        table.IsFilled = applied || (create.Query is not null && !create.NoData);
        table.IsKnown = create.Likes.Count == 0 && create.Query is null && create.Inherits.Count == 0;
        table.OfType = create.OfType is null ? null : model.Qualify(create.OfType).Sql;
        table.Unlogged = create.Unlogged;
        table.Tablespace = create.Tablespace;
        table.AccessMethod = create.AccessMethod;
        table.PartitionStrategy = create.PartitionStrategy;
        table.PartitionColumns = create.PartitionColumns;
        var update = new TableUpdate(model, transaction);
        foreach (ColumnDefinition column in create.Columns)
        {
            table.Columns.Add(TableUpdate.Column(column));
        }

        foreach (TableConstraint constraint in create.Constraints)
        {
            update.AddConstraint(table, constraint, isNewTable: true);
        }

        foreach (PgName source in create.Likes.Concat(create.Inherits))
        {
            table.Columns.AddRange((model.Find(source)?.Columns ?? []).Where(column => table.Column(column.Name) is null));
        }

        if (create.PartitionOf is { } parentName)
        {
            update.Attach(model.Get(parentName), table, create.DefaultPartition);
        }

        foreach (PgName parent in create.Inherits)
        {
            model.AddChild(model.Get(parent), table);
        }
    }

    private void View(CreateView view)
    {
        PgTable table = model.Find(view.Name) is { } existing && view.OrReplace ? existing : model.Add(view.Name);
        table.Kind = view.Materialized ? "materialized view" : "view";
        table.IsNew |= !applied && !view.OrReplace;
        table.IsFilled = !view.NoData;
        table.IsKnown = true;
        model.NoteReads(table, [.. view.Query.Reads.Select(model.Key)]);
        table.Mentions = view.Names;
    }

    private void Drop(DropObjects drop)
    {
        foreach (PgName name in drop.Names)
        {
            switch (drop.ObjectKind)
            {
                case "TABLE" or "VIEW" or "MATERIALIZED VIEW" or "FOREIGN TABLE" or "SEQUENCE" when model.Find(name) is { } table:
                    model.Remove(table);
                    break;
                case "INDEX" when model.FindIndex(name) is { } found:
                    found.Table.Indexes.Remove(found.Index);
                    break;
                case "TYPE" or "DOMAIN":
                    model.RemoveType(name);
                    break;
                case "SCHEMA":
                    foreach (PgTable inSchema in model.Tables.Where(table => table.Name.Schema == name.Name).ToArray())
                    {
                        model.Remove(inSchema);
                    }

                    break;
            }
        }
    }

    private void Fill(QueryStatement query)
    {
        if (query is { Verb: "Insert" or "Merge", Target: { } target })
        {
            model.Get(target).IsFilled = true;
            model.Get(target).EmptiedInTransaction = 0;
        }
        else if (query is { Verb: "Delete", Target: { } emptied, HasWhere: false })
        {
            model.Get(emptied).EmptiedInTransaction = transaction;
        }

        if (query.Into is { } into)
        {
            PgTable table = model.Add(into);
            table.Kind = "table";
            table.IsNew = !applied;
            table.IsFilled = true;
        }
    }

    private void Types(PgStatement statement)
    {
        switch (statement)
        {
            case CreateType type:
                model.AddType(type.Name, new PgUserType(model.Qualify(type.Name).Sql, type.Values is not null, Constrained: false) { CreatedInTransaction = applied ? 0 : transaction });
                break;
            case AlterType { Change: "ADD VALUE", Value: { } value } add:
                Enum(add.Name).NewValues.Add((value, applied ? 0 : transaction));
                break;
            case AlterType { Change: "RENAME TO", Value: { } newName } rename:
                PgUserType renamed = Enum(rename.Name);
                model.RemoveType(rename.Name);
                RenameInColumns(rename.Name, newName);
                model.AddType(model.Qualify(rename.Name) with { Name = newName }, renamed);
                break;
            case CreateDomain domain:
                model.AddType(domain.Name, new PgUserType(model.Qualify(domain.Name).Sql, IsEnum: false, domain.Constrained) { Base = domain.Type });
                break;
            case AlterDomain { Change: "ADD" or "SET NOT NULL" } domain when model.FindType(domain.Name) is { } known:
                model.AddType(domain.Name, known with { Constrained = true });
                break;
        }
    }

    private void RenameInColumns(PgName old, string newName)
    {
        foreach (PgTable table in model.Tables)
        {
            for (int i = 0; i < table.Columns.Count; i++)
            {
                PgColumn column = table.Columns[i];
                bool same = column.Type is { } type && type.Name == old.Name && (type.Schema ?? old.Schema) == (old.Schema ?? type.Schema);
                table.Columns[i] = same ? column with { Type = column.Type! with { Name = newName } } : column;
            }
        }
    }

    private PgUserType Enum(PgName name)
    {
        if (model.FindType(name) is { } known)
        {
            return known;
        }

        var made = new PgUserType(model.Qualify(name).Sql, IsEnum: true, Constrained: false);
        model.AddType(name, made);
        return made;
    }
}
