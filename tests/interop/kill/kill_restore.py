#!/usr/bin/env python3
"""Kills `safedb restore --overwrite` (SIGKILL) at random moments and asks SQLite itself what is left.

usage: kill_restore.py <safedb program> <kills> [seed] [DELETE|WAL]

After each kill the database must open, pass integrity_check, and be the whole old or the whole new one. One more run must then finish and leave nothing but databases and archives.
Prints what the kills found; exits 1 at the first that is neither.
"""
import os, sqlite3, sys, tempfile

from killer import KEY, campaign, run

ROWS = 60000

def fill(path, colour, mode):
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=" + mode)
    db.executescript(f"CREATE TABLE marker (colour TEXT); INSERT INTO marker VALUES ('{colour}'); CREATE TABLE t (a TEXT, colour TEXT);"
                     f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < {ROWS}) INSERT INTO t SELECT hex(randomblob(30)), '{colour}' FROM n;")
    db.close()

def state(folder):
    db = sqlite3.connect(os.path.join(folder, "live.db"), timeout=10)
    try:
        if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            return None
        (colour, own, rows), = db.execute("SELECT colour, (SELECT count(*) FROM t WHERE t.colour = marker.colour), (SELECT count(*) FROM t) FROM marker").fetchall()
        return colour if own == rows == ROWS else None
    finally:
        db.close()

def main():
    program = sys.argv[1]
    mode = sys.argv[4] if len(sys.argv) > 4 else "WAL"
    template = tempfile.mkdtemp(prefix="safedb-kill-")
    live = os.path.join(template, "live.db")
    fill(live, "new", mode)
    taken = run([program, "backup", "sqlite:" + live, "--destination", os.path.join(template, "backups"), *KEY], template)
    archive, = [name for name in os.listdir(os.path.join(template, "backups")) if name.endswith(".safedb")] or sys.exit(taken.stderr)
    os.remove(live)
    fill(live, "old", mode)

    def command(folder):
        return [program, "restore", os.path.join(folder, "backups", archive), "sqlite:" + os.path.join(folder, "live.db"), "--overwrite", *KEY, "--yes"]

    def finish(folder):
        again = run(command(folder), folder)
        if again.returncode != 0 or state(folder) != "new":
            return f"{again.returncode}\n{again.stdout}\n{again.stderr}"
        # A hidden upload of the killed run stays for an hour: on a network folder nobody can tell a dead writer from a slow one.
        names = os.listdir(folder) + os.listdir(os.path.join(folder, "backups"))
        left = [name for name in names if name not in ("live.db", "live.db-wal", "live.db-shm", "backups") and ".before-" not in name and not name.endswith((".safedb", ".json", ".safedb-partial"))]
        links = [name for name in names if ".before-" in name and os.stat(os.path.join(folder, name)).st_ino == os.stat(os.path.join(folder, "live.db")).st_ino]
        return f"left over: {left} {links}" if left or links else None

    campaign(template, int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1, command, state, finish)

main()
