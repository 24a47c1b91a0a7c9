"""What the kill campaigns share: a fresh copy of a prepared folder for each kill, a run of undisturbed length first, and SIGKILL at random moments of the next ones."""
import os, random, shutil, signal, subprocess, sys, tempfile, time

ENVIRONMENT = dict(os.environ, SAFEDB_KILL_KEY="00" * 32)
KEY = ["--key-env", "SAFEDB_KILL_KEY"]

def clone(template):
    folder = tempfile.mkdtemp(prefix="safedb-kill-")
    shutil.rmtree(folder)
    shutil.copytree(template, folder)
    return folder

def run(command, folder):
    return subprocess.run(command, env=ENVIRONMENT, cwd=folder, capture_output=True, text=True)

def campaign(template, kills, seed, command, check, finish):
    """command(folder): the command line. check(folder): what is there, or None when it is neither old nor new. finish(folder): the next run; what it says, or None when it did not finish."""
    chance = random.Random(seed)
    found = {}
    folder = clone(template)
    begin = time.monotonic()
    first = run(command(folder), folder)
    length = time.monotonic() - begin
    if first.returncode != 0 or check(folder) is None:
        sys.exit(f"the undisturbed run failed: {first.returncode}\n{first.stdout}\n{first.stderr}")
    shutil.rmtree(folder)
    for number in range(kills):
        folder = clone(template)
        process = subprocess.Popen(command(folder), env=ENVIRONMENT, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.2, length))
        process.send_signal(signal.SIGKILL)
        process.wait()
        state = check(folder)
        if state is None:
            sys.exit(f"kill {number}: neither old nor new, see {folder}")
        problem = finish(folder)
        if problem is not None:
            sys.exit(f"kill {number}: the next run did not finish, see {folder}\n{problem}")
        found[state] = found.get(state, 0) + 1
        shutil.rmtree(folder)
    shutil.rmtree(template)
    print(f"{kills} kills over {length:.1f} s; found after the kill: {dict(sorted(found.items()))}; every next run finished")
