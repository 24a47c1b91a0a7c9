#!/usr/bin/env python3
"""Kills `safedb migrate` (SIGKILL) at random moments and asks SQLite itself what is left.

usage: kill_migrate.py <safedb program> <kills> [seed]

After each kill the database must open, pass integrity_check and foreign_key_check, and hold the old or a later whole state: each migration's table exists exactly when its history row does.
At the end one more run must finish. Prints what each kill found; exits 1 at the first that is neither.
"""
import os, random, shutil, signal, sqlite3, subprocess, sys, tempfile, time

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
    program, kills = sys.argv[1], int(sys.argv[2])
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    environment = dict(os.environ, SAFEDB_KILL_KEY="00" * 32)
    found = {}
    template = tempfile.mkdtemp(prefix="safedb-kill-")
    build(template)
    def command(folder):
        return [program, "migrate", "sqlite:" + os.path.join(folder, "shop.db"), os.path.join(folder, "migrations"),
                "--destination", os.path.join(folder, "backups"), "--key-env", "SAFEDB_KILL_KEY", "--yes"]
    def clone():
        folder = tempfile.mkdtemp(prefix="safedb-kill-")
        shutil.rmtree(folder)
        shutil.copytree(template, folder)
        os.mkdir(os.path.join(folder, "backups"))
        return folder
    folder = clone()
    begin = time.monotonic()
    first = subprocess.run(command(folder), env=environment, cwd=folder, capture_output=True, text=True)
    length = time.monotonic() - begin
    if first.returncode != 0 or state(folder) != STEPS:
        sys.exit(f"the undisturbed run failed: {first.returncode}\n{first.stdout}\n{first.stderr}")
    shutil.rmtree(folder)
    for number in range(kills):
        folder = clone()
        process = subprocess.Popen(command(folder), env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.2, length))
        process.send_signal(signal.SIGKILL)
        process.wait()
        after = state(folder)
        if after is None:
            sys.exit(f"kill {number}: neither old nor new, see {folder}")
        again = subprocess.run(command(folder), env=environment, cwd=folder, capture_output=True, text=True)
        if again.returncode != 0:
            again = subprocess.run(command(folder) + ["--resume"], env=environment, cwd=folder, capture_output=True, text=True)
        if again.returncode != 0 or state(folder) != STEPS:
            sys.exit(f"kill {number}: the next run did not finish ({again.returncode}), see {folder}\n{again.stdout}\n{again.stderr}")
        left = [name for name in os.listdir(folder) if name not in ("shop.db", "migrations", "backups", "safedb-evidence")]
        if left:
            print(f"kill {number}: left over after the next run: {left}")
        found[after] = found.get(after, 0) + 1
        shutil.rmtree(folder)
    shutil.rmtree(template)
    print(f"{kills} kills over {length:.1f} s; migrations found applied after the kill: {dict(sorted(found.items()))}; every next run finished")

main()
