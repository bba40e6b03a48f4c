#!/usr/bin/env python3
"""Measures what a request costs: nginx, HAProxy and Gatehouse side by side, interleaved in one run on loopback.

CPU microseconds a request are (utime + stime of the proxy's processes, from /proc) over the requests that wrk counted: the
figure that noise moves least. wrk and the upstream are pinned to core 0, the proxy under test runs alone on core 1.

    bench/run.py [--rounds 3] [--seconds 4] [--tokens 100000] [--connections 64] [--build build/bench] [--only "(a)"]

Prints what belongs into bench/README.md as Markdown.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import peers  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def family(pid):
    """The process and its children: nginx's worker does the work."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def rss_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))


def wait_until_up(url, headers=None, seconds=30):
    end = time.time() + seconds
    while True:
        try:
            urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=2).read()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.time() > end:
                raise SystemExit(f"{url} did not come up")
            time.sleep(0.05)


def wrk(url, lua, seconds, connections):
    command = ["taskset", "-c", "0", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(lua), url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return {
        "requests": int(re.search(r"(\d+) requests in", text).group(1)),
        "per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
        "p50": re.search(r"50%\s+(\S+)", text).group(1),
        "p99": re.search(r"99%\s+(\S+)", text).group(1),
        "errors": int(errors.group(1)) if errors else 0,
    }


def syscalls(pid, url, lua, connections):
    """System calls a request, counted by strace in a short run of its own (its CPU figures are not used)."""
    if not shutil.which("strace"):
        return "NOT RUN: no strace"
    with tempfile.NamedTemporaryFile(mode="r") as out:
        command = ["strace", "-f", "-c", "-o", out.name]
        for one in family(pid):
            command += ["-p", str(one)]
        tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        if tracer.poll() is not None:
            return "NOT RUN: strace may not attach here"
        counted = wrk(url, lua, 2, connections)
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
        calls = {}
        for line in out:
            fields = line.split()
            if len(fields) >= 5 and fields[0].replace(".", "").isdigit() and fields[-1] != "total":
                calls[fields[-1]] = int(fields[3])
    each = {name: count / max(1, counted["requests"]) for name, count in calls.items()}
    return " ".join(f"{name} {value:.2f}" for name, value in sorted(each.items(), key=lambda one: -one[1]) if value >= 0.01)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--tokens", type=int, default=100000)
    options.add_argument("--connections", type=int, default=64)
    options.add_argument("--only", default="", help="variants whose name holds this")
    options.add_argument("--build", default=str(BUILD), help="where gatehouse and bench/seed_tokens were built")
    arguments = options.parse_args()
    build = pathlib.Path(arguments.build).resolve()
    if not (build / "gatehouse").exists():
        raise SystemExit(f"{build}/gatehouse is not there: run `make bench`, or name its folder by --build")
    work = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-bench-"))
    work.chmod(0o755)
    stage = peers.Stage(work, ROOT, build, arguments.tokens)
    rows = []
    try:
        stage.start()
        began, at_start = time.strftime("%Y-%m-%d %H:%M"), os.getloadavg()[0]
        fresh = rss_kib(stage.processes["gatehouse"].pid)
        variants = [one for one in stage.variants() if arguments.only in one.name]
        results = {one.name: [] for one in variants}
        for _ in range(arguments.rounds):
            for one in variants:
                one.check()
                wrk(one.url, one.lua, 1, arguments.connections)
                before = cpu_seconds(family(one.pid()))
                counted = wrk(one.url, one.lua, arguments.seconds, arguments.connections)
                counted["cpu_us"] = (cpu_seconds(family(one.pid())) - before) / counted["requests"] * 1e6
                results[one.name].append(counted)
        base = {load: statistics.median(run["cpu_us"] for run in results[f"nginx proxy_pass ({load})"]) for load in "abc" if f"nginx proxy_pass ({load})" in results}
        for one in variants:
            runs = results[one.name]
            cpu = sorted(run["cpu_us"] for run in runs)
            middle = runs[[run["cpu_us"] for run in runs].index(statistics.median_low(cpu))]
            ratio = statistics.median(cpu) / base[one.load] if one.load in base else float("nan")
            rows.append([one.name, f"{cpu[0]:.1f}/{statistics.median(cpu):.1f}/{cpu[-1]:.1f}", f"{ratio:.2f}", f"{middle['per_second']:.0f}",
                         f"{middle['p50']} / {middle['p99']}", str(sum(run["errors"] for run in runs)), f"{rss_kib(one.pid()) / 1024:.1f}"])
        print(f"{began}, {os.cpu_count()} cores, {arguments.rounds} rounds of {arguments.seconds} s, {arguments.connections} connections, {arguments.tokens} live "
              f"tokens of which {min(arguments.tokens, peers.USED)} are used in turn; load {at_start:.1f} at the start, {os.getloadavg()[0]:.1f} at the end.\n")
        print("| variant | CPU µs a request min/med/max | × nginx proxy_pass of the same load | requests/s | p50 / p99 | errors | RSS MiB |\n|---|---|---|---|---|---|---|")
        for row in rows:
            print("| " + " | ".join(row) + " |")
        print("\nSystem calls a request:")
        for one in variants:
            print(f"- {one.name}: {syscalls(one.pid(), one.url, one.lua, arguments.connections)}")
        print(f"\nGatehouse's RSS with {arguments.tokens} live tokens before the first request: {fresh / 1024:.1f} MiB.\n")
        print(stage.idle_connections(), flush=True)
        print(stage.idle_tls_connections())
        (work / "results.json").write_text(json.dumps(results, indent=1))
    finally:
        stage.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
