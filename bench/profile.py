#!/usr/bin/env python3
"""Says where a request's time goes: perf's samples of the gateway's thread under one load, by function.

    bench/profile.py [--load a|b|c] [--seconds 6] [--build build/bench] [--tokens 100000] [--callers] [--variant Gatehouse]
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import peers  # noqa: E402
import run  # noqa: E402


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--load", default="a", choices=sorted(peers.LOADS))
    options.add_argument("--seconds", type=int, default=6)
    options.add_argument("--build", default=str(run.BUILD))
    options.add_argument("--tokens", type=int, default=100000)
    options.add_argument("--callers", action="store_true")
    options.add_argument("--variant", default="Gatehouse")
    arguments = options.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-bench-"))
    work.chmod(0o755)
    stage = peers.Stage(work, run.ROOT, pathlib.Path(arguments.build).resolve(), arguments.tokens)
    try:
        stage.start()
        one = next(one for one in stage.variants() if one.load == arguments.load and one.name.startswith(arguments.variant))
        one.check()
        run.wrk(one.url, one.lua, 1, 64)
        data = work / "perf.data"
        pids = ",".join(str(pid) for pid in run.family(one.pid()))
        recorder = subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2500", *(["--call-graph", "fp"] if arguments.callers else []),
                                     "-p", pids, "-o", str(data), "--", "sleep", str(arguments.seconds - 1)], stderr=subprocess.DEVNULL)
        before = run.cpu_seconds(run.family(one.pid()))
        counted = run.wrk(one.url, one.lua, arguments.seconds, 64)
        used = run.cpu_seconds(run.family(one.pid())) - before
        recorder.wait()
        print(f"{one.name}: {used / counted['requests'] * 1e6:.1f} µs a request, {counted['per_second']:.0f}/s, {counted['errors']} errors, "
              f"RSS {run.rss_kib(one.pid()) / 1024:.1f} MiB", flush=True)
        shape = ["-g", "caller,0.5,callee", "--max-stack", "12"] if arguments.callers else ["-g", "none"]
        subprocess.run(["perf", "report", "-i", str(data), "--stdio", "--percent-limit", "0.4", *shape, "--sort", "comm,symbol"],
                       stderr=subprocess.DEVNULL, check=False)
    finally:
        stage.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
