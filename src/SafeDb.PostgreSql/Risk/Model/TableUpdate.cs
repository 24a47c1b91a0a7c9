using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Model;

/// <summary>Applies ALTER TABLE to the model.</summary>
internal sealed class TableUpdate(PgModel model, int transaction)
{
    /// <summary>Applies all actions.</summary>
    public void Apply(AlterTable alter)
    {
        if (alter.Target == "INDEX")
        {
            RenameIndex(alter);
            return;
        }

        PgTable table = model.Get(alter.Name);
        foreach (AlterAction action in alter.Actions)
        {
            Apply(table, action);
        }
    }

    /// <summary>The model's column of a definition.</summary>
    public static PgColumn Column(ColumnDefinition column) => new(column.Name, column.Type, column.NotNull)
    {
        Generated = column.Generated, HasDefault = column.Default is not null || column.Identity || column.Type?.Serial == true, Collation = column.Collation?.Name,
    };

    /// <summary>Adds an index.</summary>
    public static void AddIndex(PgTable table, CreateIndex index)
    {
        string name = index.Name ?? $"{table.Name.Name}_{string.Join('_', index.Columns.Select(column => column ?? "expr"))}_idx";
        if (!table.Indexes.Exists(existing => existing.Name == name))
        {
            table.Indexes.Add(new PgIndex(name, index.Unique, index.Columns, index.ExpressionNames) { Method = index.Method, Plain = index.Plain });
        }
    }

    /// <summary>Makes a table a partition of another.</summary>
    public void Attach(PgTable parent, PgTable partition, bool isDefault)
    {
        parent.Kind ??= "partitioned table";
        if (!model.AddChild(parent, partition))
        {
            return;
        }

        parent.DefaultPartition = isDefault ? partition.Key : parent.DefaultPartition;
        partition.Parent = parent.Key;
        if (partition.Columns.Count == 0)
        {
            partition.Columns.AddRange(parent.Columns);
        }
    }

    /// <summary>Adds a constraint under its name or the one that the server would choose.</summary>
    public void AddConstraint(PgTable table, TableConstraint constraint, bool isNewTable)
    {
        string name = constraint.Name ?? constraint.UsingIndex ?? DefaultName(table, constraint);
        string? referenced = null;
        if (constraint is { Kind: ConstraintKind.ForeignKey, References: { } target })
        {
            PgTable parent = model.Get(target);
            referenced = parent.Key;
            parent.ReferencedBy.Add(table.Key);
        }

        table.Constraints.Add(new PgConstraint(name, constraint, Valid: !constraint.NotValid && !constraint.NotEnforced) { ReferencedKey = referenced, AddedInTransaction = isNewTable ? 0 : transaction });
        if (constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique or ConstraintKind.Exclude)
        {
            AddKeyIndex(table, constraint, name);
        }

        if (constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.NotNull)
        {
            IReadOnlyList<string> columns = constraint.UsingIndex is null ? constraint.Columns : [.. table.Indexes.Where(index => index.Name == name).SelectMany(index => index.Columns).OfType<string>()];
            SetNotNull(table, columns);
        }
    }

    private static void AddKeyIndex(PgTable table, TableConstraint constraint, string name)
    {
        int existing = table.Indexes.FindIndex(index => index.Name == constraint.UsingIndex);
        if (existing >= 0)
        {
            table.Indexes[existing] = table.Indexes[existing] with { Name = name, OfConstraint = true };
        }
        else
        {
            table.Indexes.Add(new PgIndex(name, constraint.Kind != ConstraintKind.Exclude, [.. constraint.Columns], []) { OfConstraint = true });
        }
    }

    private static void SetNotNull(PgTable table, IReadOnlyList<string> columns)
    {
        for (int i = 0; i < table.Columns.Count; i++)
        {
            table.Columns[i] = columns.Contains(table.Columns[i].Name, StringComparer.Ordinal) ? table.Columns[i] with { NotNull = true } : table.Columns[i];
        }
    }

    private static string DefaultName(PgTable table, TableConstraint constraint) => constraint.Kind switch
    {
        ConstraintKind.PrimaryKey => $"{table.Name.Name}_pkey",
        ConstraintKind.Unique => $"{table.Name.Name}_{string.Join('_', constraint.Columns)}_key",
        ConstraintKind.ForeignKey => $"{table.Name.Name}_{string.Join('_', constraint.Columns)}_fkey",
        ConstraintKind.Exclude => $"{table.Name.Name}_excl",
        ConstraintKind.NotNull => $"{table.Name.Name}_{string.Join('_', constraint.Columns)}_not_null",
        _ => constraint.Columns.Count == 1 ? $"{table.Name.Name}_{constraint.Columns[0]}_check" : $"{table.Name.Name}_check",
    };

    private void Apply(PgTable table, AlterAction action)
    {
        switch (action)
        {
            case AddColumn add when !(add.IfNotExists && table.Column(add.Column.Name) is not null):
                table.Columns.Add(Column(add.Column));
                foreach (TableConstraint constraint in add.Column.Constraints)
                {
                    AddConstraint(table, constraint, isNewTable: false);
                }

                break;
            case DropColumn drop:
                DropColumn(table, drop.Column);
                break;
            case AlterColumnType type:
                Change(table, type.Column, column => column with { Type = type.Type, Collation = type.Collation?.Name });
                break;
            case SetNotNull set:
                SetNotNull(table, [set.Column]);
                break;
            case DropNotNull drop:
                Change(table, drop.Column, column => column with { NotNull = false });
                break;
            case SetDefault set:
                Change(table, set.Column, column => column with { HasDefault = set.Expression is not null });
                break;
            case AddConstraint add:
                AddConstraint(table, add.Constraint, isNewTable: false);
                break;
            case ValidateConstraint validate:
                ChangeConstraint(table, validate.Name, constraint => constraint with { Valid = true });
                break;
            case DropConstraint drop:
                RemoveConstraints(table, constraint => constraint.Name == drop.Name);
                table.Indexes.RemoveAll(index => index.OfConstraint && index.Name == drop.Name);
                break;
            default:
                ApplyNames(table, action);
                break;
        }
    }

    private void ApplyNames(PgTable table, AlterAction action)
    {
        switch (action)
        {
            case RenameTo rename:
                model.Rename(table, table.Name with { Name = rename.NewName });
                break;
            case SetSchema set:
                model.Rename(table, table.Name with { Schema = set.Schema });
                break;
            case RenameColumn rename:
                Change(table, rename.Column, column => column with { Name = rename.NewName });
                RenameInKeys(table, rename.Column, rename.NewName);
                break;
            case RenameConstraint rename:
                ChangeConstraint(table, rename.Name, constraint => constraint with { Name = rename.NewName });
                int index = table.Indexes.FindIndex(index => index.OfConstraint && index.Name == rename.Name);
                if (index >= 0)
                {
                    table.Indexes[index] = table.Indexes[index] with { Name = rename.NewName };
                }

                break;
            case SetLogged set:
                table.Unlogged = !set.Logged;
                break;
            case TypedBy typed:
                table.OfType = typed.Type is null ? null : model.Qualify(typed.Type).Sql;
                break;
            case InheritParent { Remove: true } inherit:
                model.Get(inherit.Parent).Children.Remove(table.Key);
                break;
            case InheritParent inherit:
                model.AddChild(model.Get(inherit.Parent), table);
                break;
            case AttachPartition attach:
                Attach(table, model.Get(attach.Partition), attach.IsDefault);
                break;
            case DetachPartition detach:
                PgTable partition = model.Get(detach.Partition);
                table.Children.Remove(partition.Key);
                table.DefaultPartition = table.DefaultPartition == partition.Key ? null : table.DefaultPartition;
                partition.Parent = null;
                break;
        }
    }

    private void RenameIndex(AlterTable alter)
    {
        foreach (RenameTo rename in alter.Actions.OfType<RenameTo>())
        {
            if (model.FindIndex(alter.Name) is var (table, index))
            {
                table.Indexes[table.Indexes.IndexOf(index)] = index with { Name = rename.NewName };
                ChangeConstraint(table, index.Name, constraint => constraint with { Name = rename.NewName });
            }
        }
    }

    private void RemoveConstraints(PgTable table, Predicate<PgConstraint> match)
    {
        string[] parents = [.. table.Constraints.Where(constraint => match(constraint)).Select(constraint => constraint.ReferencedKey).OfType<string>()];
        table.Constraints.RemoveAll(match);
        foreach (string parent in parents.Where(parent => !table.Constraints.Exists(constraint => constraint.ReferencedKey == parent)))
        {
            model.ByKey(parent)?.ReferencedBy.Remove(table.Key);
        }
    }

    private void DropColumn(PgTable table, string column)
    {
        table.Columns.RemoveAll(existing => existing.Name == column);
        RemoveConstraints(table, constraint => constraint.Definition.Columns.Contains(column, StringComparer.Ordinal) || constraint.Definition.Check?.Names.Contains(column, StringComparer.Ordinal) == true);
        table.Indexes.RemoveAll(index => index.Columns.Contains(column, StringComparer.Ordinal) || index.Mentions.Contains(column, StringComparer.Ordinal));
    }

    private static void RenameInKeys(PgTable table, string old, string name)
    {
        for (int i = 0; i < table.Indexes.Count; i++)
        {
            table.Indexes[i] = table.Indexes[i] with
            {
                Columns = [.. table.Indexes[i].Columns.Select(column => column == old ? name : column)], Mentions = [.. table.Indexes[i].Mentions.Select(column => column == old ? name : column)],
            };
        }

        for (int i = 0; i < table.Constraints.Count; i++)
        {
            TableConstraint definition = table.Constraints[i].Definition;
            table.Constraints[i] = table.Constraints[i] with { Definition = definition with { Columns = [.. definition.Columns.Select(column => column == old ? name : column)] } };
        }
    }

    private static void Change(PgTable table, string name, Func<PgColumn, PgColumn> change)
    {
        int index = table.Columns.FindIndex(column => column.Name == name);
        if (index >= 0)
        {
            table.Columns[index] = change(table.Columns[index]);
        }
        else
        {
            // Only mentioned so far: from here on the type or constraint that the statement gives it is known.
            table.Columns.Add(change(new PgColumn(name, null, NotNull: false)));
        }
    }

    private static void ChangeConstraint(PgTable table, string name, Func<PgConstraint, PgConstraint> change)
    {
        int index = table.Constraints.FindIndex(constraint => constraint.Name == name);
        if (index >= 0)
        {
            table.Constraints[index] = change(table.Constraints[index]);
        }
    }
}
