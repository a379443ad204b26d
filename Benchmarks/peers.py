#!/usr/bin/env python3
"""Keeps the same pages in jitfs and in its peers, and prints what one costs: time, memory, worst case beside best.

    peers.py [--slots N] [--calls N] [--rounds N] [--kinds KIND,...] [--stores STORE,...] JITFSD PAGES

PAGES is a directory with files of 4 KiB pages. Kinds: mixed (its pages, but for the extreme ones, x_...), zero, compressible
(x_compressible.pages where it is there, log lines otherwise), random. Stores: jitfs over HTTP, redis with pages
that the client compresses, nbdkit's memory with allocator=zstd, the kernel's zram, each where it is installed, and `zstd`,
which keeps nothing. One connection each over a unix socket, one page a call; the client is written in C. Times are wall
time, medians of rounds in which the stores take turns; the ratios are medians of the rounds' ratios.

zram wants root and /sys/class/zram-control: a device is added, and removed at the end.
"""
import argparse
import glob
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = 4096


def wait_for(path):
    for _ in range(200):
        if os.path.exists(path):
            return
        time.sleep(0.05)
    sys.exit(f"nobody listens at {path}")


class Server:
    """A store that is a process with a unix socket."""

    def __init__(self, kind, command, address):
        self.kind, self.address = kind, address
        if os.path.exists(address):
            os.unlink(address)
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(address)
        time.sleep(0.2)
        self.bytes_at_start = self.rss()

    def rss(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"^VmRSS:\s+(\d+)", file.read(), re.M).group(1)) * 1024

    def held(self):
        return self.rss() - self.bytes_at_start

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Zram:
    """A device of the kernel's; what it holds is its own mem_used_total, to which its source adds 24 bytes a page."""

    kind = "device"

    def __init__(self, slots):
        with open("/sys/class/zram-control/hot_add") as file:
            self.number = int(file.read())
        self.address = f"/dev/zram{self.number}"
        self.settings = f"/sys/block/zram{self.number}"
        with open(f"{self.settings}/disksize", "w") as file:
            file.write(str(slots * PAGE))
        if not os.path.exists(self.address):
            major, minor = open(f"{self.settings}/dev").read().split(":")
            os.mknod(self.address, 0o600 | 0o060000, os.makedev(int(major), int(minor)))
        self.slots = slots

    def held(self):
        with open(f"{self.settings}/mm_stat") as file:
            return int(file.read().split()[2]) + 24 * self.slots

    def close(self):
        with open(f"{self.settings}/reset", "w") as file:
            file.write("1")
        with open("/sys/class/zram-control/hot_remove", "w") as file:
            file.write(str(self.number))


class Nothing:
    kind, address = "none", "-"

    def held(self):
        return 0

    def close(self):
        pass


def opened(store, arguments, work):
    """A store, or None where it cannot be had."""
    socket = os.path.join(work, f"{store}.sock")
    size = arguments.slots * PAGE
    if store == "jitfs":
        return Server("jitfs", [arguments.jitfsd, "--unix", socket], socket)
    if store == "redis" and shutil.which("redis-server"):
        return Server(
            "redis",
            ["redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", work],
            socket)
    if store == "nbdkit" and shutil.which("nbdkit"):
        return Server("nbd", ["nbdkit", "-f", "-U", socket, "memory", f"size={size}", "allocator=zstd"], socket)
    if store == "zram" and os.access("/sys/class/zram-control/hot_add", os.R_OK):
        return Zram(arguments.slots)
    if store == "zstd":
        return Nothing()
    return None


def pages_of(kind, directory):
    if kind == "zero":
        return bytes(PAGE * 64)
    if kind == "random":
        return random.Random(1).randbytes(PAGE * 512)
    path = os.path.join(directory, "x_compressible.pages")
    if kind == "compressible" and os.path.exists(path):
        return open(path, "rb").read()
    if kind == "compressible":
        lines = b"".join(b"2026-11-20T12:00:%02d host kernel: page %d was put\n" % (n % 60, n) for n in range(40000))
        return lines[: len(lines) // PAGE * PAGE]
    files = [name for name in sorted(glob.glob(f"{directory}/*.pages")) if not os.path.basename(name).startswith("x_")]
    return b"".join(open(name, "rb").read() for name in files)


class Run:
    """One kind of pages in one store."""

    def __init__(self, store, kind, arguments, client, work):
        self.name, self.arguments, self.client = store, arguments, client
        self.pages = os.path.join(work, f"{kind}.pages")
        self.state = os.path.join(work, f"{store}.{kind}.state")
        self.store = opened(store, arguments, work)
        self.times = {}
        self.bytes = {}

    def phase(self, name, count, seed):
        done = subprocess.run(
            [self.client, self.store.kind, self.store.address, self.pages, self.state, name, str(self.arguments.slots),
             str(count), str(seed)], stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"{self.name}: {name} failed")
        self.times.setdefault(name, []).append(int(done.stdout) / 1000)

    def remember(self, moment):
        self.bytes[moment] = self.store.held() / self.arguments.slots

    def median(self, name):
        return statistics.median(self.times[name])

    def beside(self, peer, name):
        return statistics.median(mine / theirs for mine, theirs in zip(self.times[name], peer.times[name]))


def measure(kind, arguments, client, work):
    with open(os.path.join(work, f"{kind}.pages"), "wb") as file:
        file.write(pages_of(kind, arguments.pages))
    runs = []
    try:
        for store in arguments.stores:
            run = Run(store, kind, arguments, client, work)
            if run.store:
                runs.append(run)
        for run in runs:
            run.phase("load", arguments.slots, 0)
            run.remember("loaded")
        for turn in range(arguments.rounds):
            for name in ("put", "get"):
                for run in runs if turn % 2 else reversed(runs):
                    run.phase(name, arguments.calls, turn * 2 + 1)
        for run in runs:
            run.phase("put", arguments.slots, 1000)
            run.times["put"].pop()
            run.remember("overwritten")
            run.phase("discard", arguments.slots * 6 // 5, 2000)
            run.remember("discarded")
    finally:
        for run in runs:
            run.store.close()
    return runs


def main():
    parser = argparse.ArgumentParser(description="Pages in jitfs and in its peers.")
    parser.add_argument("--slots", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--kinds", default="mixed,zero,compressible,random")
    parser.add_argument("--stores", default="jitfs,redis,nbdkit,zram,zstd")
    parser.add_argument("jitfsd")
    parser.add_argument("pages")
    arguments = parser.parse_args()
    arguments.kinds, arguments.stores = arguments.kinds.split(","), arguments.stores.split(",")
    with tempfile.TemporaryDirectory() as work:
        client = os.path.join(work, "page_client")
        flags = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "hiredis", "libnbd", "libzstd"], stdout=subprocess.PIPE, text=True)
        if flags.returncode:
            sys.exit("libhiredis-dev, libnbd-dev and libzstd-dev are needed")
        subprocess.run(
            ["cc", "-O2", "-o", client, os.path.join(HERE, "c/page_client.c"), *flags.stdout.split()], check=True)
        for kind in arguments.kinds:
            runs = measure(kind, arguments, client, work)
            ours = next((run for run in runs if run.name == "jitfs"), None)
            for run in runs:
                beside = ""
                if ours and run is not ours:
                    beside = f"; jitfs beside it {ours.beside(run, 'put'):.2f} / {ours.beside(run, 'get'):.2f} times"
                held = " / ".join(f"{run.bytes[moment]:.0f}" for moment in ("loaded", "overwritten", "discarded"))
                print(f"{kind} pages, {run.name}: us a put / get; bytes held a slot, loaded / overwritten at random / "
                      f"70 % discarded | | {run.median('put'):.1f} / {run.median('get'):.1f} us; {held}{beside}",
                      flush=True)
            redis = next((run for run in runs if run.name == "redis"), None)
            if kind == "mixed" and ours and redis:
                print(f"one page put / got over HTTP, beside redis with pages that the client compresses | 1.15 times | "
                      f"{ours.beside(redis, 'put'):.2f} / {ours.beside(redis, 'get'):.2f} times", flush=True)


if __name__ == "__main__":
    main()
