"""Runs a command on one core; prints the seconds it took, those of CPU, its peak memory in KiB, and what it wrote."""

import json, os, subprocess, sys, threading, time


def peak_of(pid):
    """What the kernel says of the peak so far. That of `wait4` starts with the memory of this interpreter."""
    with open(f"/proc/{pid}/status") as status:
        return next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0)


def watch(pid, peaks, ended):
    while not ended.wait(0.002):
        # Before the command begins, the process still is a copy of this one.
        peaks[0] = peak_of(pid) or peaks[0]


os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
start = time.monotonic()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
peaks, ended = [0], threading.Event()
watcher = threading.Thread(target=watch, args=(child.pid, peaks, ended))
watcher.start()
written = child.stdout.read()
ended.set()
watcher.join()
_, status, usage = os.wait4(child.pid, 0)
wall = time.monotonic() - start
print(json.dumps({"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": peaks[0], "status": os.waitstatus_to_exitcode(status), "written": written.decode()}))
