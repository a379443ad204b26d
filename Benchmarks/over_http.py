#!/usr/bin/env python3
"""Measures a jitfsd over HTTP, and prints `row | asked | measured` lines.

    over_http.py [--seconds N] [--part NAME]... JITFSD CATALOGUE

Each part starts a daemon of its own on a free port. Times are medians of interleaved calls over one kept connection;
CPU and memory are read out of /proc. Requests are written and read by hand: what a client library takes would hide
what is measured.
"""
import argparse
import glob
import os
import random
import re
import resource
import select
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

TICK = os.sysconf("SC_CLK_TCK")


class Daemon:
    def __init__(self, program, *arguments):
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True)
        line = self.process.stdout.readline()
        self.port = int(re.search(r"http://127\.0\.0\.1:(\d+)", line).group(1))
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def status(self, name):
        with open(f"/proc/{self.pid}/status") as file:
            return int(re.search(rf"^{name}:\s+(\d+)", file.read(), re.M).group(1))

    def rss(self):
        return self.status("VmRSS") * 1024

    def peak(self):
        return self.status("VmHWM") * 1024

    def reset_peak(self):
        with open(f"/proc/{self.pid}/clear_refs", "w") as file:
            file.write("5")

    def cpu_seconds(self):
        """Of all threads, as the scheduler counts them: nanoseconds, not ticks."""
        total = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/schedstat") as file:
                total += int(file.read().split()[0])
        return total / 1e9

    def switches(self):
        total = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/status") as file:
                total += sum(int(n) for n in re.findall(r"ctxt_switches:\s+(\d+)", file.read()))
        return total


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @staticmethod
    def request(method, path, body=None):
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
        if body is not None:
            head += f"Content-Length: {len(body)}\r\n"
        return (head + "\r\n" + (body or "")).encode()

    def send(self, request):
        """Sends bytes, returns status and body of the answer, which has a length or none."""
        self.socket.sendall(request)
        data = self.socket.recv(65536)
        while b"\r\n\r\n" not in data:
            data += self.socket.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        match = re.search(rb"content-length: (\d+)", head, re.I)
        length = int(match.group(1)) if match else 0
        while len(body) < length:
            body += self.socket.recv(65536)
        return int(head[9:12]), body

    def __call__(self, method, path, body=None):
        status, answer = self.send(self.request(method, path, body))
        if status >= 300:
            sys.exit(f"{method} {path}: {status} {answer.decode()}")
        return answer.decode()

    def timed(self, request):
        start = time.perf_counter_ns()
        status, answer = self.send(request)
        spent = time.perf_counter_ns() - start
        if status >= 300:
            sys.exit(f"{request}: {status} {answer.decode()}")
        return spent


def row(name, asked, measured):
    print(f"{name} | {asked} | {measured}", flush=True)


def curl(port, path):
    """Bytes and lines of an answer, thrown away in between."""
    subprocess.run(["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{port}{path}"], check=True)


def instances(options):
    with Daemon(options.jitfsd, "--import-events", options.catalogue) as daemon:
        call = Connection(daemon.port)
        for warm in range(64):
            call("POST", "/tracing/instances", f'{{"name":"warm{warm}"}}')
        before = daemon.rss()
        for index in range(2000):
            call("POST", "/tracing/instances", f'{{"name":"i{index}"}}')
        row("2,000 instances by POST: growth of RSS", "1,024 B each", f"{(daemon.rss() - before) / 2000:,.0f} B each")


def nodes(options):
    figure = "/sys/fs/jitfs/nodes_live"

    def live(call):
        return int(re.search(r'"value":(\d+)', call("GET", figure)).group(1))

    arguments = ["--import-events", options.catalogue, "--limit", "nodes=2000", "--threads", "1"]
    with Daemon(options.jitfsd, *arguments) as daemon:
        call = Connection(daemon.port)
        for index in range(50):
            call("POST", "/tracing/instances", f'{{"name":"n{index}"}}')
        live(call)
        before = live(call)
        curl(daemon.port, "/tracing/instances?recursive")
        after = live(call)
        row("nodes: ?recursive over 50 instances", "+0", f"+{after - before}")
        call("GET", "/tracing/instances/n0/events/sched/sched_switch/enable")
        then = live(call)
        row("nodes: a GET of a path of 7 names, 3 of them known", "+4", f"+{then - after}")
        # 5,000 different paths: 100 events in each of 50 instances.
        events = call("GET", "/tracing/available_events?format=text").split("\n")[:100]
        for event in events:
            system, name = event.split(":")
            for index in range(50):
                call("GET", f"/tracing/instances/n{index}/events/{system}/{name}/enable")
        row("nodes after 5,000 paths, with --limit nodes=2000", "at most 2,000", f"{live(call)}")


def changes(options):
    with Daemon(options.jitfsd, "--import-events", options.catalogue, "--threads", "1") as daemon:
        call = Connection(daemon.port)
        call("POST", "/tracing/instances", '{"name":"beside"}')
        get = call.request("GET", "/tracing/instances/beside/tracing_on")
        times = {"get": [], "create": [], "delete": [], "enable": []}
        for index in range(options.rounds):
            name = f"c{index}"
            times["get"].append(call.timed(get))
            times["create"].append(call.timed(call.request("POST", "/tracing/instances", f'{{"name":"{name}"}}')))
            times["get"].append(call.timed(get))
            enable = index % 10 == 0
            if enable:
                times["enable"].append(
                    call.timed(call.request("PUT", f"/tracing/instances/{name}/events/enable", "1")))
            spent = call.timed(call.request("DELETE", f"/tracing/instances/{name}"))
            if not enable:
                times["delete"].append(spent)
        get_time = statistics.median(times["get"])
        rows = (
            ("create", "creating an instance", 1.5), ("delete", "deleting one", 1.5),
            ("enable", "enabling all its events", 3))
        for name, title, asked in rows:
            spent = statistics.median(times[name])
            row(f"{title}, beside a GET of {get_time / 1000:.0f} us", f"{asked} GETs",
                f"{spent / get_time:.2f} GETs ({spent / 1000:.0f} us)")


def recursive(options):
    with Daemon(options.jitfsd, "--import-events", options.catalogue) as daemon:
        call = Connection(daemon.port)
        for index in range(100):
            call("POST", "/tracing/instances", f'{{"name":"r{index:02}"}}')
        daemon.reset_peak()
        before = daemon.rss()
        curl(daemon.port, "/tracing/instances?recursive")
        growth = (daemon.peak() - before) / 2**20
        row("?recursive over 100 instances: growth of the peak RSS", "8 MiB", f"{growth:.1f} MiB")
        path = "/tracing/instances/r00?recursive"
        listing = subprocess.run(
            ["curl", "-s", f"http://127.0.0.1:{daemon.port}{path}"], stdout=subprocess.PIPE, check=True).stdout
        entries = listing.count(b"\n")
        url = f"http://127.0.0.1:{daemon.port}{path}"
        walls, cpus = [], []
        for _ in range(11):
            before = daemon.cpu_seconds()
            # One process for 20 listings, so that its start does not count; curl says how long each took.
            out = subprocess.run(
                ["curl", "-s", "-w", "%{stderr}%{time_total}\n"] + ["-o", "/dev/null", url] * 20,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)
            walls += [float(line) for line in out.stderr.split()]
            cpus.append((daemon.cpu_seconds() - before) / 20)
        row(f"?recursive over one instance, {entries:,} entries of {len(listing) // entries} bytes, over HTTP",
            "0.35 us an entry",
            f"{statistics.median(cpus) / entries * 1e6:.3f} us of CPU, "
            f"{statistics.median(walls) / entries * 1e6:.3f} us of time")


def walk(options):
    """Every file of 2,180 instances, found by curl, while four other connections go on asking for a value."""
    count = options.instances
    with Daemon(options.jitfsd, "--import-events", options.catalogue, "--threads", "2") as daemon:
        call = Connection(daemon.port)
        for index in range(count):
            call("POST", "/tracing/instances", f'{{"name":"w{index:05}"}}')
        # What there must be of it: all instances have names of one length, and the same below them.
        url = f"http://127.0.0.1:{daemon.port}/tracing/instances"
        listing = subprocess.run(
            ["curl", "-s", f"{url}/w00000?recursive"], stdout=subprocess.PIPE, check=True).stdout
        own = '{"path":"/tracing/instances/w00000","type":"directory","mode":"0750"}\n'
        entries = (listing.count(b"\n") + 1) * count
        others = [Connection(daemon.port) for _ in range(4)]
        get = Connection.request("GET", "/tracing/tracing_on")
        for other in others:
            other.timed(get)
        daemon.reset_peak()
        before, cpu = daemon.rss(), daemon.cpu_seconds()
        with subprocess.Popen(
                ["curl", "-s", "-o", "/dev/null", "-w", "%{size_download} %{time_total}", f"{url}?recursive"],
                stdout=subprocess.PIPE, text=True) as find:
            times = []
            while find.poll() is None:
                times.append(others[len(times) % len(others)].timed(get))
                time.sleep(0.002)
            size, spent = find.stdout.read().split()
        cpu = daemon.cpu_seconds() - cpu - len(times) * 10e-6
        if int(size) != (len(listing) + len(own)) * count:
            sys.exit(f"{size} bytes of {(len(listing) + len(own)) * count}")
        times.sort()
        title = f"?recursive over {count:,} instances, {entries:,} entries"
        row(f"{title}, by curl to /dev/null: us an entry", "0.48 us",
            f"{float(spent) / entries * 1e6:.3f} us ({cpu / entries * 1e6:.3f} us of the server's CPU)")
        row("the same: growth of the peak RSS", "16 MiB", f"{(daemon.peak() - before) / 2**20:.1f} MiB")
        row(f"the same: {len(times):,} GETs of a value meanwhile, p99", "10 ms",
            f"{times[len(times) * 99 // 100] / 1e6:.2f} ms (median {times[len(times) // 2] / 1e6:.2f} ms, "
            f"longest {times[-1] / 1e6:.1f} ms)")


def streams(options):
    with Daemon(options.jitfsd, "--import-events", options.catalogue) as daemon:
        call = Connection(daemon.port)
        for index in range(1000):
            call("POST", "/tracing/instances", f'{{"name":"s{index}"}}')
        before = daemon.rss()
        held = []
        for index in range(500):
            stream = socket.create_connection(("127.0.0.1", daemon.port))
            stream.sendall(Connection.request("GET", f"/tracing/instances/s{index}/trace_pipe"))
            held.append(stream)
        for stream in held:
            stream.recv(4096)
        time.sleep(3)
        cpu, switches = daemon.cpu_seconds(), daemon.switches()
        growth = (daemon.rss() - before) / 500
        time.sleep(options.seconds)
        row(f"500 idle streams on 1,000 instances for {options.seconds} s: CPU", "10 ms",
            f"{(daemon.cpu_seconds() - cpu) * 1000:.1f} ms")
        row("the same: wake-ups", "4", f"{daemon.switches() - switches}")
        row("the same: RSS a stream", "18 KiB", f"{growth / 1024:.1f} KiB")


def watchers(options):
    """Many watch one value, which is written again and again: each has to be told each write, on a socket of its own."""
    count = options.watchers
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    limits = ["--limit", f"connections={count + 100}", "--limit", f"streams={count + 100}"]
    with Daemon(options.jitfsd, *limits) as daemon:
        call = Connection(daemon.port)
        call("POST", "/tracing/instances", '{"name":"w"}')
        path = "/tracing/instances/w/tracing_on"
        before = daemon.rss()
        watch = Connection.request("GET", f"{path}?watch")
        held, poll = {}, select.epoll()
        began = time.perf_counter()
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", daemon.port))
            one.sendall(watch)
            one.setblocking(False)
            held[one.fileno()] = one
            poll.register(one, select.EPOLLIN)

        def told(text, start):
            """Waits until everybody was told, and for half a second more; who was, and when the last one."""
            seen, last = set(), start
            while len(seen) < count and time.perf_counter() - start < 30:
                for number, _ in poll.poll(0.5, 4096):
                    data = held[number].recv(65536)
                    if not data:
                        poll.unregister(number)
                    if text in data:
                        seen.add(number)
                        last = time.perf_counter()
            return len(seen), last - start

        seen, _ = told(b'"value":true', began)
        opened = time.perf_counter() - began
        growth = daemon.rss() - before
        times, cpus, lost = [], [], count - seen
        for index in range(20):
            on = index % 2
            put = call.request("PUT", path, str(on))
            cpu = daemon.cpu_seconds()
            start = time.perf_counter()
            status, _ = call.send(put)
            if status != 200:
                sys.exit(f"{path}: {status}")
            seen, spent = told(b'"value":true' if on else b'"value":false', start)
            lost += count - seen
            times.append(spent)
            cpus.append(daemon.cpu_seconds() - cpu)
        row(f"{count:,} watchers on one value, a write: all told (20 rounds)", "1 s, 0 lost",
            f"{statistics.median(times):.3f} s ({min(times):.3f} to {max(times):.3f}; "
            f"{statistics.median(cpus) * 1e6 / count:.1f} us of CPU each), {lost} lost")
        row(f"the same: opened, all shown the first value", "-", f"{opened:.1f} s, {growth / count / 1024:.1f} KiB each")


def trace(options):
    """100,000 switches on two lanes, read in every form by curl, which throws them away."""
    with Daemon(options.jitfsd, "--import-events", options.catalogue, "--threads", "2") as daemon:
        call = Connection(daemon.port)
        call("POST", "/tracing/instances", '{"name":"t"}')
        instance = "/tracing/instances/t"
        call("PUT", f"{instance}/buffer_size_kb", "16384")
        call("PUT", f"{instance}/events/sched/sched_switch/enable", "1")
        lines = []
        for number in range(100_000):
            task = number % 8
            lines.append(
                f'{{"event":"sched/sched_switch","timestamp_ns":{10**12 + number * 1000},"cpu":{number % 2},'
                f'"pid":{1000 + task},"comm":"worker-{task}","fields":{{"prev_comm":"worker-{task}",'
                f'"prev_pid":{1000 + task},"prev_prio":120,"prev_state":{number % 3},"next_comm":"swapper/0",'
                f'"next_pid":{number},"next_prio":120}}}}\n')
        for first in range(0, len(lines), 20_000):
            call("POST", "/tracing/user_events_data", "".join(lines[first : first + 20_000]))
        for form, asked in (("text", 150), ("json", 150), ("ndjson", 150), ("chrome", None), ("dat", None)):
            url = f"http://127.0.0.1:{daemon.port}{instance}/trace?format={form}"
            speeds, cpus = [], []
            for _ in range(9):
                before = daemon.cpu_seconds()
                out = subprocess.run(
                    ["curl", "-s", "-o", "/dev/null", "-w", "%{size_download} %{time_total}", url],
                    stdout=subprocess.PIPE, text=True, check=True).stdout.split()
                cpus.append(int(out[0]) / (daemon.cpu_seconds() - before) / 1e6)
                speeds.append(int(out[0]) / float(out[1]) / 1e6)
            row(f"trace of 100,000 events as {form}, over HTTP", f"{asked} MB/s" if asked else "-",
                f"{statistics.median(speeds):.0f} MB/s ({statistics.median(cpus):.0f} a second of the server's CPU)")


def metrics(options):
    """A scrape beside a GET, both by the server's CPU, in interleaved rounds over one kept connection."""
    with Daemon(options.jitfsd, "--import-events", options.catalogue, "--threads", "2") as daemon:
        call = Connection(daemon.port)
        for index in range(1000):
            call("POST", "/tracing/instances", f'{{"name":"m{index}"}}')
        pages = put_pages(call, options.pages)
        get, scrape = (call.request("GET", path) for path in ("/tracing/tracing_on", "/metrics"))
        costs = {get: [], scrape: []}
        for _ in range(15):
            for request, cost in costs.items():
                before = daemon.cpu_seconds()
                for _ in range(300):
                    status, _ = call.send(request)
                    if status != 200:
                        sys.exit(f"{request}: {status}")
                cost.append((daemon.cpu_seconds() - before) / 300 * 1e6)
        one, other = (statistics.median(cost) for cost in costs.values())
        row(f"a scrape with 1,000 instances and {pages:,} pages: CPU beside a GET of {one:.1f} us", "10 GETs",
            f"{other / one:.2f} GETs ({other:.1f} us, {len(call('GET', '/metrics')):,} bytes)")


def backing(options):
    """Real pages, most of them in a backing store: requests to the disk by the pool's own count, and what rest costs."""
    files = glob.glob(f"{options.page_files}/*.pages")
    content = b"".join(open(name, "rb").read() for name in sorted(files) if not os.path.basename(name).startswith("x_"))
    kinds = len(content) // 4096

    def page(number):
        start = number % kinds * 4096
        return (number * 0x9E3779B97F4A7C15 % 2**64).to_bytes(8, "little") + content[start + 8 : start + 4096]

    with tempfile.TemporaryDirectory() as directory:
        pool = f"b:disksize=2G,mem_limit={max(options.pages // 4096, 4)}M,backing=cold,backing_size=1G"
        arguments = ["--insecure", "--backing-dir", directory, "--no-default-pool", "--pool", pool]
        with Daemon(options.jitfsd, *arguments) as daemon:
            call = Connection(daemon.port)

            def figures():
                return {name: int(n) for name, n in re.findall(r'"(\w+)":(\d+)', call("GET", "/pool/b/bd_stat"))}

            for first in range(0, options.pages, 1024):
                numbers = range(first, min(first + 1024, options.pages))
                head = (f"PUT /pool/b/data HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(numbers) * 4096}\r\n"
                        f"Content-Range: bytes {first * 4096}-{(numbers[-1] + 1) * 4096 - 1}/*\r\n\r\n")
                status, answer = call.send(head.encode() + b"".join(page(number) for number in numbers))
                if status != 204:
                    sys.exit(f"{status} {answer.decode()}")
            time.sleep(2)
            before = figures()
            row(f"spill of {before['spilled_pages']:,} of {options.pages:,} pages: pages a write request", "50",
                f"{before['spilled_pages'] / max(before['write_requests'], 1):.1f}")
            misses = 0
            for number in random.Random(1).sample(range(options.pages), min(options.pages, 2000)):
                path = f"/pool/b/pages/{number}"
                misses += '"state":"backing"' in call("GET", f"{path}?format=json")
                status, answer = call.send(call.request("GET", path))
                if status != 200 or answer != page(number):
                    sys.exit(f"{path}: {status}")
            reads = figures()["read_requests"] - before["read_requests"]
            row(f"{misses:,} misses: read requests each", "1", f"{reads / max(misses, 1):.3f}")
            time.sleep(3)
            switches = daemon.switches()
            time.sleep(options.seconds)
            row(f"{options.pages:,} pages, a backing store, {options.seconds} s of rest: wake-ups", "4",
                f"{daemon.switches() - switches}")


def put_pages(call, count):
    """Puts so many different pages into the pool that is there at start; none where there is no such pool."""
    pool = "/pool/ramzswap0"
    if count == 0 or call.send(call.request("GET", pool))[0] != 200:
        return 0
    for number in range(count):
        call("PUT", f"{pool}/pages/{number}", f"{number:08}" * 512)
    return count


def events(options):
    """Batches of 1,000 events on one connection, beside one trace_marker write(2) to the kernel for each event.

    The three take turns. The kernel's is left out where its tracefs cannot be mounted, in a mount namespace of our own.
    """
    text = "order_placed: id=42 cents=1995 note=two cups"
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as work, Daemon(options.jitfsd, "--threads", "2") as daemon:
        client = os.path.join(work, "event_client")
        subprocess.run(["cc", "-O2", "-o", client, os.path.join(here, "c/event_client.c")], check=True)
        call = Connection(daemon.port)
        call("POST", "/tracing/dynamic_events", "u:shop/order_placed u64 id; u32 cents; __data_loc char[] note")
        call("POST", "/tracing/instances", '{"name":"bench"}')
        call("PUT", "/tracing/instances/bench/events/shop/order_placed/enable", "1")
        number = int(call("GET", "/tracing/events/shop/order_placed/id?raw"))
        lines, packed = b"", b"jtev" + struct.pack("<HH", 1, 0)
        for index in range(1000):
            lines += b'{"event":"shop/order_placed","fields":{"id":%d,"cents":1995,"note":"two cups"}}\n' % index
            record = struct.pack("<HBBiQII", number, 0, 0, 0, index, 1995, 24 | 9 << 16) + b"two cups\0"
            packed += struct.pack("<HBB", len(record), 0, 0) + record
        bodies = {"application/x-ndjson": lines, "application/vnd.jitfs.events": packed}
        for index, body in enumerate(bodies.values()):
            with open(f"{work}/{index}", "wb") as file:
                file.write(body)

        def nanoseconds(*command):
            done = subprocess.run([client, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            return float(done.stdout) if done.returncode == 0 else None

        def kernel():
            script = (f"mount -t tracefs none {work}/t && mkdir {work}/t/instances/jitfs-bench && "
                      f"{client} marker {work}/t/instances/jitfs-bench/trace_marker '{text}' 200000; "
                      f"rmdir {work}/t/instances/jitfs-bench")
            done = subprocess.run(
                ["unshare", "-m", "sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            return float(done.stdout) if done.stdout.strip() else None

        os.mkdir(f"{work}/t")
        times = {"kernel": [], **{kind: [] for kind in bodies}}
        for _ in range(options.turns):
            times["kernel"].append(kernel())
            for index, kind in enumerate(bodies):
                spent = nanoseconds(
                    "post", str(daemon.port), "/tracing/user_events_data", kind, f"{work}/{index}", "300")
                times[kind].append(spent / 1000)
        statistic = [call("GET", f"/tracing/instances/bench/per_cpu/cpu{cpu}/stats?raw") for cpu in range(2)]
        written = sum(int(count) for count in re.findall(r"^(?:entries|overrun): (\d+)", "".join(statistic), re.M))
        if written != options.turns * 300 * 1000 * len(bodies):
            sys.exit(f"{written} events were recorded")
        marker = None if None in times["kernel"] else statistics.median(times["kernel"])
        for kind, asked in zip(bodies, (1, 3)):
            spent = statistics.median(times[kind])
            beside = ""
            if marker:
                ratio = statistics.median(one / other for one, other in zip(times["kernel"], times[kind]))
                beside = f"{ratio:.2f} times a trace_marker write of {marker:.0f} ns; "
            row(f"user_events_data, 1,000 events a request of {kind}, events a second on one connection",
                f"{asked} times the kernel's trace_marker", f"{beside}{1e3 / spent:.2f} million ({spent:.0f} ns each)")


def eager(options):
    """What nodes made with their directories cost beside nodes made just in time, and beside the kernel's own.

    Each file system is filled twice: where all nodes are made at once (--eager), and where none is.
    """
    for name, asked, fill in (
            ("tracing", ("1,024 B each", "160 B a node"), fill_tracing), ("debug", ("-", "-"), fill_debug),
            ("proc", ("-", "-"), fill_proc)):
        for mode, target in zip(("just in time", "eager"), asked):
            arguments = ["--import-events", options.catalogue, "--threads", "2", "--limit", "connections=20000"]
            with Daemon(options.jitfsd, *arguments, *(["--eager", name] if mode == "eager" else [])) as daemon:
                call = Connection(daemon.port)
                if call.send(call.request("GET", f"/{name}"))[0] != 200:
                    print(f"over_http.py: there is no /{name}, so it is left out", file=sys.stderr)
                    break

                def figure(file):
                    return int(call("GET", f"/sys/fs/jitfs/{file}?raw"))

                fill(call, 0, 2)
                before, nodes, held = daemon.rss(), figure("nodes_eager"), figure("nodes_bytes")
                things, what, files, directories, kept = fill(call, 2, options)
                growth, nodes, held = daemon.rss() - before, figure("nodes_eager") - nodes, figure("nodes_bytes") - held
                title = f"/{name}, {things:,} {what} of {files:,} files and {directories:,} directories"
                if mode == "eager":
                    each = f"{growth / nodes:.0f} B a node ({held / nodes:.0f} B by nodes_bytes)" if nodes else \
                        "for those of a connection are never kept"
                    row(f"{title}, {mode}: growth of RSS", target, f"{growth / things:,.0f} B each; {nodes:,} nodes, {each}")
                else:
                    row(f"{title}, {mode}: growth of RSS", target, f"{growth / things:,.0f} B each, 0 nodes")
                del kept
    kernel_instances(options)


def count_entries(call, path):
    """Files and directories below a path, itself counted, as curl finds them."""
    listing = subprocess.run(
        ["curl", "-s", f"http://127.0.0.1:{call.socket.getpeername()[1]}{path}?recursive&format=text"],
        stdout=subprocess.PIPE, check=True).stdout
    directories = listing.count(b"/\n")
    return listing.count(b"\n") - directories, directories + 1


def fill_tracing(call, first, options):
    count = options if isinstance(options, int) else 100
    for index in range(first, first + count):
        call("POST", "/tracing/instances", f'{{"name":"e{index:04}"}}')
    return count, "instances", *count_entries(call, f"/tracing/instances/e{first:04}"), None


def fill_debug(call, first, options):
    count = options if isinstance(options, int) else 100_000
    directory = f"many{first}"
    call("POST", "/debug", f'{{"name":"{directory}","type":"directory"}}')
    for index in range(count):
        call("POST", f"/debug/{directory}", f'{{"name":"value-{index:010}","type":"u32","value":1}}')
    return count, "values", 1, 0, None


def fill_proc(call, first, options):
    count = options if isinstance(options, int) else 10_000
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files[1], files[1]))
    held = []
    for _ in range(min(count, files[1] - 64)):
        held.append(socket.create_connection(call.socket.getpeername()))
        held[-1].sendall(Connection.request("GET", "/healthz"))
        held[-1].recv(4096)
    return len(held), "connections", *count_entries(call, "/proc/self"), held


def kernel_instances(options):
    """The same in the kernel, where its tracefs can be mounted: slabs before, with instances, and with all nodes."""
    script = """
        mount -t tracefs none "$1" || exit 1
        slab() { sed -n 's/^Slab:[^0-9]*\\([0-9]*\\) kB/\\1/p' /proc/meminfo; }
        take() { sleep 1; slab; }
        take
        for n in $(seq 20); do mkdir "$1/instances/jitfs-bench-$n"; done
        take
        find "$1"/instances/jitfs-bench-* -type d -printf . | wc -c
        find "$1"/instances/jitfs-bench-* ! -type d -printf '%s\\n' | wc -l
        take
        for n in $(seq 20); do rmdir "$1/instances/jitfs-bench-$n"; done
    """
    with tempfile.TemporaryDirectory() as work:
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", script, "sh", work], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True)
    if done.returncode != 0:
        print("over_http.py: no tracefs can be mounted here, so the kernel's own nodes are left out", file=sys.stderr)
        return
    before, made, directories, files, looked = map(int, done.stdout.split())
    row(f"Linux {os.uname().release}, 20 instances of {files // 20:,} files and {directories // 20:,} directories: "
        "growth of slabs", "-",
        f"{(made - before) / 20:,.0f} KiB each untouched, without buffers; {(looked - made) / 20:,.0f} KiB more each "
        f"with all looked at, {(looked - made) * 1024 / (files + directories):.0f} B a node")


def idle(options):
    for name, asked, arguments in (
        ("with the catalogue", 24, ["--import-events", options.catalogue]), ("without", 14, [])):
        sizes = []
        for _ in range(3):
            with Daemon(options.jitfsd, *arguments) as daemon:
                time.sleep(0.5)
                sizes.append(daemon.rss())
        row(f"RSS after start, {name}", f"{asked} MiB", f"{statistics.median(sizes) / 2**20:.1f} MiB")


PARTS = {part.__name__: part for part in (
    instances, nodes, changes, recursive, walk, streams, watchers, trace, metrics, backing, events, eager, idle)}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=int, default=30, help="how long the idle streams are watched")
    parser.add_argument("--rounds", type=int, default=2000, help="how often instances are made and removed")
    parser.add_argument("--turns", type=int, default=9, help="how often events are recorded each way")
    parser.add_argument("--watchers", type=int, default=10_000, help="how many watch one value")
    parser.add_argument("--instances", type=int, default=2180, help="how many instances the long walk goes through")
    parser.add_argument("--pages", type=int, default=100_000, help="how many pages there are at a scrape")
    parser.add_argument(
        "--page-files", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Tests/Resources/pages"),
        help="a directory of files of 4 KiB pages")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; repeatable")
    parser.add_argument("jitfsd")
    parser.add_argument("catalogue")
    options = parser.parse_args()
    for name in options.part or PARTS:
        PARTS[name](options)
