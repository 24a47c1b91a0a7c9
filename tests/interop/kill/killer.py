"""What the kill campaigns share: a fresh copy of a prepared folder for each kill, an undisturbed run first, and SIGKILL at random moments of the next ones.

Every second kill falls at a random time of the run's length, the others within milliseconds of a random change of the folder's names (a copy that appears, a swap, a history's journal):
the moments that matter are short, and a busy machine stretches the rest.
"""
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

def start(command, folder):
    return subprocess.Popen(command, env=ENVIRONMENT, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

def names(folder):
    """Which name leads to which file."""
    seen = set()
    for place, _, files in os.walk(folder):
        for file in files:
            try:
                seen.add((place, file, os.lstat(os.path.join(place, file)).st_ino))
            except FileNotFoundError:
                pass
    return seen

def changes(process, folder, until=None):
    """Waits for the process's end, or for so many changes of the names; how many there were."""
    before, count = names(folder), 0
    while process.poll() is None and count != until:
        now = names(folder)
        if now != before:
            before, count = now, count + 1
        time.sleep(0.0005)
    return count

def campaign(template, kills, seed, command, check, finish):
    """command(folder): the command line. check(folder): what is there, or None when it is neither old nor new. finish(folder): the next run; what it says, or None when it did not finish."""
    chance = random.Random(seed)
    found = {}
    folder = clone(template)
    begin = time.monotonic()
    first = start(command(folder), folder)
    steps = changes(first, folder)
    length = time.monotonic() - begin
    if first.returncode != 0 or check(folder) is None:
        sys.exit(f"the undisturbed run failed: {first.returncode}")
    shutil.rmtree(folder)
    for number in range(kills):
        folder = clone(template)
        process = start(command(folder), folder)
        if number % 2 == 0:
            time.sleep(chance.uniform(0.2, length))
        else:
            changes(process, folder, chance.randint(1, steps))
            time.sleep(chance.uniform(0, 0.02))
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
    print(f"{kills} kills over {length:.1f} s and {steps} changes of names; found after the kill: {dict(sorted(found.items()))}; every next run finished")
