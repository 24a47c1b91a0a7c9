#!/usr/bin/env python3
"""Writes a folder of PostgreSQL migrations for run.sh: the same files for the same arguments.

usage: generate.py <folder> [files, default 3000]

Each file is one migration of a shop that grows: a table with keys and a foreign key, columns added to earlier tables, indexes, constraints, a view, a function,
backfills, and now and then something dangerous. About 7 statements and 1.3 kB a file.
"""
import os, random, sys

WORDS = "order invoice parcel customer supplier ledger basket coupon refund warehouse shelf driver route stop ticket review".split()
TYPES = ["text", "integer", "bigint", "numeric(12,2)", "boolean", "timestamptz", "uuid", "jsonb", "varchar(80)", "date"]

def table(number):
    return f"{WORDS[number % len(WORDS)]}_{number}"

def migration(number, random):
    name, earlier = table(number), table(random.randrange(number)) if number else None
    columns = [f"    field_{i} {random.choice(TYPES)}{random.choice(['', ' NOT NULL', ''])}" for i in range(random.randint(4, 12))]
    lines = [f"-- migration {number}: what the {name} needs", f"CREATE TABLE {name} (", "    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,",
             "    created_at timestamptz NOT NULL DEFAULT now(),", ",\n".join(columns) + ("," if earlier else "")]
    if earlier:
        lines.append(f"    parent_id bigint REFERENCES {earlier} (id) ON DELETE CASCADE")
    lines += [");", f"COMMENT ON TABLE {name} IS 'One {name.replace('_', ' ')}, as the shop''s staff see it';", f"CREATE INDEX {name}_created ON {name} (created_at DESC, id);"]
    for _ in range(random.randint(2, 4) if earlier else 0):
        older = table(random.randrange(number))
        lines.append(random.choice([
            f"ALTER TABLE {older} ADD COLUMN extra_{number} {random.choice(TYPES)};",
            f"ALTER TABLE {older} ADD COLUMN flag_{number} boolean NOT NULL DEFAULT false;",
            f"CREATE INDEX CONCURRENTLY {older}_i{number} ON {older} (created_at) WHERE parent_id IS NOT NULL;",
            f"ALTER TABLE {older} ADD CONSTRAINT {older}_c{number} CHECK (id > 0) NOT VALID;",
            f"UPDATE {older} SET created_at = coalesce(created_at, now()) WHERE id BETWEEN 1 AND 5000;",
            f"INSERT INTO {older} (parent_id) SELECT id FROM {older} WHERE created_at > now() - interval '1 day' ON CONFLICT DO NOTHING;",
            f"CREATE OR REPLACE VIEW {older}_recent AS SELECT id, created_at FROM {older} WHERE created_at > now() - interval '7 days';",
            f"CREATE OR REPLACE FUNCTION touch_{older}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    NEW.created_at := now();\n    RETURN NEW;\nEND;\n$$;",
            f"DO $$\nBEGIN\n    IF EXISTS (SELECT 1 FROM pg_class WHERE relname = '{older}') THEN\n        ALTER TABLE {older} ALTER COLUMN created_at SET STATISTICS 500;\n    END IF;\nEND\n$$;",
            f"ALTER TABLE {older} DROP COLUMN IF EXISTS field_3;",
            f"ALTER TABLE {older} ALTER COLUMN field_1 TYPE text;",
        ]))
    lines += [f"GRANT SELECT, INSERT ON {name} TO shop_app;", f"-- safedb:rollback DROP TABLE {name};"]
    return "\n".join(lines) + "\n"

def main():
    folder, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    os.makedirs(folder, exist_ok=True)
    source = random.Random(4)
    size = 0
    for number in range(count):
        text = migration(number, source)
        size += len(text)
        with open(os.path.join(folder, f"{number:05d}_{table(number)}.sql"), "w", encoding="utf-8") as file:
            file.write(text)
    print(f"{count} files, {size} bytes")

main()
