using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>Constraints of tables and columns.</content>
internal sealed partial class PgParser
{
    private bool StartsConstraint() =>
        Peek("constraint") || Peek("check") || Peek("unique") || Peek("primary", "key") || Peek("foreign", "key") || (Peek("exclude") && (IsSymbol(_at + 1, '(') || IsWord(_at + 1, "using")))
        || Peek("not", "null");

    private void SkipKeyTail()
    {
        while (!AtEnd)
        {
            if (Accept("nulls", "distinct") || Accept("nulls", "not", "distinct"))
            {
            }
            else if (Accept("include") || Accept("with"))
            {
                SkipGroup();
            }
            else if (Accept("using", "index", "tablespace"))
            {
                _ = Name();
            }
            else
            {
                return;
            }
        }
    }

    private TableConstraint References(TableConstraint constraint, string prefix, int first)
    {
        PgName target = QualifiedName();
        IReadOnlyList<string> columns = IsSymbol(_at, '(') ? ColumnList() : [];
        string? onDelete = null;
        while (!AtEnd)
        {
            if (Accept("match"))
            {
                _ = Name();
            }
            else if (Accept("on", "delete"))
            {
                onDelete = ReferentialAction();
            }
            else if (Accept("on", "update"))
            {
                _ = ReferentialAction();
            }
            else if (!(Accept("deferrable") || Accept("not", "deferrable") || Accept("initially", "deferred") || Accept("initially", "immediate")))
            {
                break;
            }
        }

        return constraint with { References = target, ReferencedColumns = columns, OnDelete = onDelete, Body = prefix + TextOf(first, _at) };
    }

    private string ReferentialAction()
    {
        string action = Name().ToUpperInvariant();
        if (action is "SET" or "NO")
        {
            action += " " + Name().ToUpperInvariant();
            if (action.StartsWith("SET", StringComparison.Ordinal) && IsSymbol(_at, '('))
            {
                SkipGroup();
            }
        }

        return action;
    }

    private TableConstraint? Constraint(List<ColumnDefinition>? columns)
    {
        string? name = Accept("constraint") ? Name() : null;
        int first = _at;
        TableConstraint? constraint = ConstraintBody(name, first);
        if (constraint is null)
        {
            Fail("a constraint");
            return null;
        }

        string body = constraint.Body.Length > 0 ? constraint.Body : TextOf(first, _at);
        while (!AtEnd)
        {
            if (Accept("not", "valid"))
            {
                constraint = constraint with { NotValid = true };
            }
            else if (Accept("not", "enforced"))
            {
                constraint = constraint with { NotEnforced = true };
            }
            else if (!(Accept("no", "inherit") || Accept("enforced") || Accept("deferrable") || Accept("not", "deferrable") || Accept("initially", "deferred") || Accept("initially", "immediate")))
            {
                break;
            }
            else
            {
                body += " " + TextOf(_at - (IsWord(_at - 1, "deferrable") && !IsWord(_at - 2, "not") || IsWord(_at - 1, "enforced") ? 1 : 2), _at);
                constraint = constraint with { Plain = false, NoInherit = constraint.NoInherit || IsWord(_at - 1, "inherit") };
            }
        }

        if (constraint.Kind == ConstraintKind.PrimaryKey && columns is not null)
        {
            for (int i = 0; i < columns.Count; i++)
            {
                columns[i] = constraint.Columns.Contains(columns[i].Name, StringComparer.Ordinal) ? columns[i] with { NotNull = true } : columns[i];
            }
        }

        return constraint with { Body = body };
    }

    private TableConstraint? ConstraintBody(string? name, int first)
    {
        if (Accept("check"))
        {
            return new TableConstraint(ConstraintKind.Check, name) { Check = GroupedExpression() };
        }

        if (Accept("primary", "key"))
        {
            return Key(new TableConstraint(ConstraintKind.PrimaryKey, name));
        }

        if (Accept("unique"))
        {
            return Key(new TableConstraint(ConstraintKind.Unique, name));
        }

        if (Accept("foreign", "key"))
        {
            var key = new TableConstraint(ConstraintKind.ForeignKey, name) { Columns = ColumnList() };
            Accept("period");
            Expect("references");
            return References(key, "", first);
        }

        if (Accept("exclude"))
        {
            if (Accept("using"))
            {
                _ = Name();
            }

            SkipGroup();
            SkipKeyTail();
            if (Accept("where"))
            {
                SkipGroup();
            }

            return new TableConstraint(ConstraintKind.Exclude, name);
        }

        return Accept("not", "null") ? new TableConstraint(ConstraintKind.NotNull, name) { Columns = [Name()] } : null;
    }

    private TableConstraint Key(TableConstraint constraint)
    {
        if (Accept("using", "index"))
        {
            return constraint with { UsingIndex = Name() };
        }

        bool distinct = Peek("nulls");
        SkipKeyTail();
        IReadOnlyList<string> columns = ColumnList();
        int tail = _at;
        SkipKeyTail();
        return constraint with { Columns = columns, Plain = !distinct && tail == _at };
    }
}
