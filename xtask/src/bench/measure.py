"""Runs a command on one core; prints the seconds it took, those of CPU, its peak memory in KiB, and what it wrote."""

import json, os, resource, subprocess, sys, time

os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
start = time.monotonic()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
written = child.stdout.read()
_, status, usage = os.wait4(child.pid, 0)
wall = time.monotonic() - start
print(json.dumps({"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss, "status": os.waitstatus_to_exitcode(status), "written": written.decode()}))
