#!/usr/bin/env python3
"""Times a SafeDb backup of a large SQLite file beside `sqlite3 .backup` followed by `gzip -1`, in turn, in one run.

usage: run.py <safedb program> <folder> [gigabytes] [rounds]

Prints wall seconds and peak memory (largest single process, MiB) of each round, then the medians and their ratio.
The database is made once in the folder and kept for the next run.
"""
import multiprocessing, os, shutil, sqlite3, statistics, subprocess, sys, time

def make(path, gigabytes):
    if os.path.exists(path):
        return
    part = path + ".part"
    db = sqlite3.connect(part)
    db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-200000;"
                     "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, note TEXT);"
                     "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers(id), placed TEXT, total REAL, raw BLOB);")
    while os.path.getsize(part) < gigabytes * 1e9:
        db.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 100000)"
                   " INSERT INTO customers(name, email, note) SELECT 'customer ' || i, hex(randomblob(6)) || '@example.org', 'note ' || (i % 97) || ' about nothing much, said ' || (i % 13) || ' times' FROM n")
        db.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 300000)"
                   " INSERT INTO orders(customer_id, placed, total, raw) SELECT 1 + i % 100000, datetime(1700000000 + i * 37, 'unixepoch'), (i % 100000) / 7.0, randomblob(40) FROM n")
        db.commit()
    db.execute("CREATE INDEX orders_customer ON orders(customer_id)")
    db.commit()
    db.close()
    os.rename(part, path)

def measure(command, environment=None):
    begin = time.monotonic()
    process = subprocess.Popen(command, shell=isinstance(command, str), env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed ({status}): {command}")
    return time.monotonic() - begin, usage.ru_maxrss / 1024

def main():
    safedb, folder = sys.argv[1], sys.argv[2]
    gigabytes = float(sys.argv[3]) if len(sys.argv) > 3 else 2
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    os.makedirs(folder, exist_ok=True)
    database = os.path.join(folder, f"shop-{gigabytes:g}.db")
    # A new process counts the memory of the one that started it until it becomes its program: so this one stays small, and the database is made by another.
    maker = multiprocessing.get_context("spawn").Process(target=make, args=(database, gigabytes))
    maker.start()
    maker.join()
    if maker.exitcode != 0:
        sys.exit("the database could not be made")
    print(f"{os.path.getsize(database) / 1e9:.2f} GB, {os.cpu_count()} processors")
    environment = dict(os.environ, SAFEDB_BENCH_PASSPHRASE="a passphrase for the benchmark")
    ours, peers = [], []
    for number in range(rounds):
        copy, archives = os.path.join(folder, "copy.db"), os.path.join(folder, "archives")
        peer = measure(f"sqlite3 '{database}' \".backup '{copy}'\" && gzip -1 -c '{copy}' > '{copy}.gz'")
        size = os.path.getsize(copy + ".gz")
        os.remove(copy), os.remove(copy + ".gz")
        os.makedirs(archives)
        own = measure([safedb, "backup", "sqlite:" + database, "--destination", archives, "--passphrase-env", "SAFEDB_BENCH_PASSPHRASE"], environment)
        stored = sum(entry.stat().st_size for entry in os.scandir(archives))
        shutil.rmtree(archives)
        ours.append(own), peers.append(peer)
        print(f"round {number + 1}: safedb {own[0]:.1f} s, {own[1]:.0f} MiB, {stored / 1e6:.0f} MB; sqlite3+gzip -1 {peer[0]:.1f} s, {size / 1e6:.0f} MB", flush=True)
    own, peer = statistics.median(time for time, _ in ours), statistics.median(time for time, _ in peers)
    print(f"median: safedb {own:.1f} s, sqlite3+gzip -1 {peer:.1f} s, ratio {own / peer:.2f}; peak memory {max(memory for _, memory in ours):.0f} MiB")

if __name__ == "__main__":
    main()
