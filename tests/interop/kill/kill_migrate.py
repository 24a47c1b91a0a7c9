#!/usr/bin/env python3
"""Kills `safedb migrate` (SIGKILL) at random moments and asks SQLite itself what is left.

usage: kill_migrate.py <safedb program> <kills> [seed]

After each kill the database must open, pass integrity_check and foreign_key_check, and hold the old or a later whole state: each migration's table exists exactly when its history row does.
At the end one more run must finish. Prints what each kill found; exits 1 at the first that is neither.
"""
import os, sqlite3, sys, tempfile

from killer import KEY, campaign, run

STEPS = 5

def build(folder):
    db = sqlite3.connect(os.path.join(folder, "shop.db"))
    db.executescript("CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
                     "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent(id) ON DELETE CASCADE);"
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 20000) INSERT INTO parent SELECT i, 'name ' || i FROM n;"
                     "INSERT INTO child SELECT id, id FROM parent;")
    db.close()
    migrations = os.path.join(folder, "migrations")
    os.mkdir(migrations)
    for number in range(1, STEPS + 1):
        with open(os.path.join(migrations, f"{number:03}_step.up.sql"), "w") as up:
            up.write(f"CREATE TABLE step{number} (id INTEGER PRIMARY KEY, value TEXT);\n")
        with open(os.path.join(migrations, f"{number:03}_step.down.sql"), "w") as down:
            down.write(f"DROP TABLE step{number};\n")

def state(folder):
    db = sqlite3.connect(os.path.join(folder, "shop.db"), timeout=10)
    try:
        if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)] or db.execute("PRAGMA foreign_key_check").fetchall():
            return None
        tables = {name for name, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        steps = [f"step{number}" in tables for number in range(1, STEPS + 1)]
        applied = set()
        if "safedb_migrations" in tables:
            columns = [column[1] for column in db.execute("PRAGMA table_info(safedb_migrations)")]
            applied = {row[columns.index("id")] for row in db.execute("SELECT * FROM safedb_migrations WHERE state = 'applied' COLLATE NOCASE")}
        recorded = [any(item.startswith(f"{number:03}") for item in applied) for number in range(1, STEPS + 1)]
        rows = db.execute("SELECT (SELECT count(*) FROM parent), (SELECT count(*) FROM child)").fetchone()
        whole = steps == sorted(steps, reverse=True) and rows == (20000, 20000) and steps == recorded
        return sum(steps) if whole else None
    finally:
        db.close()

def main():
    program = sys.argv[1]
    template = tempfile.mkdtemp(prefix="safedb-kill-")
    build(template)
    os.mkdir(os.path.join(template, "backups"))

    def command(folder):
        return [program, "migrate", "sqlite:" + os.path.join(folder, "shop.db"), os.path.join(folder, "migrations"), "--destination", os.path.join(folder, "backups"), *KEY, "--yes"]

    def finish(folder):
        again = run(command(folder), folder)
        if again.returncode != 0:
            again = run(command(folder) + ["--resume"], folder)
        if again.returncode != 0 or state(folder) != STEPS:
            return f"{again.returncode}\n{again.stdout}\n{again.stderr}"
        left = [name for name in os.listdir(folder) if name not in ("shop.db", "migrations", "backups", "safedb-evidence")]
        return f"left over: {left}" if left else None

    campaign(template, int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1, command, state, finish)

main()
