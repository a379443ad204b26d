#!/usr/bin/env python3
"""Replay the tracefs conformance transcript over HTTP against a running jitfs.

  replay.py --url http://127.0.0.1:PORT/tracing [--cases FILE] [--only AREA[,AREA]] [--id ID[,ID]]
                    [--json OUT] [--verbose]

Exit status 0 iff no case failed. Last line: `N passed, N failed, N skipped`.
The server must know the events of Tests/Resources/jit.events (jit/ping, jit/pong, jit/spare); cases that need events
of the kernel (task/*, sched/*, syscalls/*) are skipped, and say so, where the server lacks those.
One keep-alive connection carries every plain request, in order; only streams and ?watch have connections of their own.

RULES (how a recorded step is asked and judged over HTTP)
 read        GET, Accept: text/plain; 200 and the body equal to `output`, or a full match of `output_regex`.
 nonblock    GET trace_pipe?timeout=0; EAGAIN with no output = 204 or an empty 200. trace_pipe_raw the same; if
             the server refuses the parameter there (400), a plain GET. `size`/`nreads` short reads: the whole
             file is read and compared with the recorded prefix.
 write       trunc -> PUT; append and plain -> POST, Content-Type application/octet-stream; any of 200, 201, 204.
             `numbered`/`times`: one request each (fire with `times`: one NDJSON body).
 short write HTTP has none, so a recorded `written: n` of m bytes means: the server either takes the whole body, as a
             shell that goes on writing (trace_marker: records of n, n, ... bytes, lengths and stats are computed
             from the recorded layout; set_event: every token, the first bad one gives the errno, the tokens before
             it stay), or (trace_marker only) refuses it whole with 413 EFBIG and stores nothing.
 errno       status of the contract's table, and member "errno" of an application/problem+json. Writes ask for
             JSON answers; a GET that failed as text/plain is asked again as JSON to see the errno. An errno
             that the table does not name: any 4xx with that errno. What a body says wrong in the kernel's ENOENT,
             EPERM, EACCES or ESRCH (bad filters) may also be 400 with that errno, as the contract has it.
 405         where the kernel's errno only says "this file has no such operation" (write to a read-only file, read
             of a write-only one, mkdir/rmdir/create/rename inside), 405 with an Allow header that does not
             name the method is right too.
 mkdir       POST parent {"name":x} -> 201 with Location. rmdir -> DELETE -> 204. After a stream was closed
             in the same case a DELETE that is EBUSY is repeated for up to 2 s.
 list        GET, text/plain, names one a line, directories end in "/"; compared as SETS (jitfs sorts by name).
             Files of tracers that a server need not have (OPTIONAL_MISSING) may lack, those of OPTIONAL_EXTRA
             may be there.
 stat        permission bits of "mode" in the parent's JSON listing, and "type"; nlink and size are not compared.
 creat       PUT of a path that is not there: refused (EACCES, ENOENT or 405), and still not there afterwards.
 symlink     POST parent {"type":"symlink",...}; rename: POST a?rename=b. Refused: EPERM, EINVAL or 405.
 open/hread  trace_pipe: a streaming GET held; poll "timeout" = no byte comes, POLLIN = bytes come. Any other
             file opened for reading: a GET at the time of hread; if an instance or event is removed meanwhile, or
             the file is polled, a held GET ?watch. hwrite: POST.
 held+rmdir  recorded EBUSY (kernel: open files pin the instance): either the DELETE is 409 EBUSY and works after
             the client has gone, or (contract 2 and 7: nothing blocks a removal) it is 204 and the held stream
             ends within 2 s. Recorded success: only the latter.
 hread after removal (ENODEV): the held ?watch has ended within 2 s.
 fire        POST user_events_data, NDJSON {"event","fields"}, with every field of the event (__probe_ip too;
             integers above 2^53 as strings); any 2xx, also where the event is not enabled.
 p:... $UP   (dynamic uprobe) -> `u:SYS/NAME TYPE FIELD; ...`; the probe ep then is fired as jit/ep. A __probe_ip in
             its format and `(...)` in its lines are optional. Texts in error_log of refused definitions: form only.
 prefix      comm-pid, cpu, flags, timestamp of a trace line are matched by form only. $PID, the comm of the comm filter,
             and the CPU that stands for the recorder's CPU 0 are learnt from a marker and an event at start.
 numbers     #P:2, buffer totals, cpumask: computed for the server's number of CPUs; event ids: any
             number, the same one wherever the recording had the same one (ftrace/* are fixed); event lists: against
             available_events; saved_cmdlines_size: relations only; tracers and clocks that the server lacks dropped.
absent      snapshot, hist and synthetic_events were not in the recording kernel: where the server has them, that they
             are absent is not asked, and a case that has them refused as triggers or definitions is skipped.
Steps without a counterpart inside an otherwise checkable case are left out and counted ("steps left out").
"""
import argparse, gzip, json, os, re, socket, sys, time
from urllib.parse import quote, urlsplit

# ------------------------------------------------------------------ what is not replayed, and why
KERNEL = "kernel-only (uid, chmod, mmap, splice)"
LOCK = "lockdown of the recording machine"
ENV = "environment-bound"
NOHTTP = "no HTTP counterpart"
FEATURE = "a feature that the recording kernel was built without, and the server has"
SKIP = {
    "layout-chmod": KERNEL,
    "tracer-function-filtered": LOCK,
    "layout-truncate-noop": NOHTTP,              # truncate(2) and st_size
    "layout-read-dir": NOHTTP,                   # read(2) of a directory; GET lists it
    "inst-unlink-instance": NOHTTP,              # unlink(2) of a directory; DELETE is rmdir
    "inst-rmdir-dot": NOHTTP,                    # "x/." and "x/.." are resolved by the client
    "inst-rmdir-dirfd-open": NOHTTP,             # a held directory descriptor (6 cases)
    "inst-rmdir-dirfd-open_events": NOHTTP,
    "inst-rmdir-dirfd-open_events_jit": NOHTTP,
    "inst-rmdir-dirfd-open_events_jit_ping": NOHTTP,
    "inst-rmdir-dirfd-open_per_cpu": NOHTTP,
    "inst-rmdir-dirfd-open_options": NOHTTP,
    "dyn-open-dir-then-remove": NOHTTP,
    "inst-busy-trace_marker": NOHTTP,            # a descriptor held open for writing
    "inst-busy-free_buffer": NOHTTP,
    "pipe-clear-while-open": NOHTTP,             # a stream has already sent what a held descriptor had not read
    "poll-trace": NOHTTP,                        # "always readable": ?watch reports changes only
    "poll-enable": NOHTTP,
    "dyn-bad-event-empty": NOHTTP,               # uprobe targets, registers, automatic names
    "dyn-bad-no-target": NOHTTP,
    "dyn-bad-bad-reg": NOHTTP,
    "dyn-bad-no-offset": NOHTTP,
    "dyn-bad-uprobe-path": NOHTTP,
    "dyn-dup-add": NOHTTP,                       # user events: the same registration again answers 200 (contract 6)
}
I = "instances/conf"
# Cases whose held descriptor is replaced by an equivalent: the recorded steps (by number) or new ones.
REPLACE = {
    "pipe-partial-read": [0, 1, {"op": "read", "path": I + "/trace_pipe", "query": "count=1&timeout=0", "expect_join": [3, 4]}, 6],
    "pipe-partial-then-close": [0, 1, {"op": "read", "path": I + "/trace_pipe", "query": "count=1&timeout=0", "prefix": True, "expect_join": [3]}, 5],
    "pipe-lost-midway": [0, 2, {"op": "read", "path": I + "/trace_pipe", "query": "count=1&timeout=0", "expect_join": [3]}, 4,
                         {"op": "read", "path": I + "/trace_pipe", "query": "count=5&timeout=0", "first_lines": 5, "expect_join": [5]}],
    "piperaw-small-read": [0, 1, 3, 4],              # without its read of 8 bytes
    "free_buffer-open-close-only": [1, {"op": "write", "path": I + "/free_buffer", "data": "", "expect": {}}, 3],
    "free_buffer-disable_on_free": [0, {"op": "write", "path": I + "/free_buffer", "data": "", "expect": {}}, 3, 4, 5, 6, 7],
    "options-pause-on-trace": [0, 1, {"op": "read", "path": I + "/trace", "expect": {}}, 5, 6],
}
OPTIONAL_MISSING = set("""available_filter_functions available_filter_functions_addrs dyn_ftrace_total_info enabled_functions
 touched_functions set_ftrace_filter set_ftrace_notrace set_ftrace_notrace_pid set_ftrace_pid uprobe_events uprobe_profile
 blk_cgname blk_cgroup blk_classic func-no-repeats func_stack_trace printk_formats saved_tgids tracing_thresh
 bprint/ bputs/ branch/ context_switch/ func_repeats/ funcgraph_entry/ funcgraph_exit/ function/ hwlat/ kernel_stack/
 mmiotrace_map/ mmiotrace_rw/ osnoise/ timerlat/ user_stack/ wakeup/""".split())
OPTIONAL_EXTRA = set("""user_events_data user_events_status inject hist hist_debug snapshot snapshot_raw synthetic_events
 kprobe_events kprobe_profile uprobe_events stack_trace trace_stat/ tracing_max_latency last_boot_info""".split())
ABSENT_MAY_EXIST = {"inject", "snapshot", "hist", "hist_debug", "synthetic_events"}    # the recorded kernel had none
READONLY = set("""available_tracers buffer_total_size_kb stats timestamp_mode trace_pipe trace_pipe_raw id format saved_cmdlines
 header_page header_event available_events README""".split())
WRITEONLY = {"trace_marker", "trace_marker_raw", "free_buffer"}
STATUS = {"ENOENT": 404, "ENODEV": 404, "ENODATA": 404, "EINVAL": 400, "ERANGE": 400, "EOVERFLOW": 400, "ESRCH": 400, "EBADF": 409, "ENAMETOOLONG": 400, "ENOTDIR": 400, "EISDIR": 400,
          "EACCES": 403, "EPERM": 403, "ENOMEM": 507, "ENOSPC": 507, "EIO": 500, "EBADMSG": 500, "EEXIST": 409, "EBUSY": 409,
          "ENOTEMPTY": 409, "EROFS": 405, "EOPNOTSUPP": 405, "EFBIG": 413, "EMFILE": 503, "ENFILE": 503}
ABOUT_CONTENT = {"ENOENT", "EPERM", "EACCES", "ESRCH"}   # contract 4: about what a body says, these are 400
PROBE_IP = 0x401000
TIMEOUT = 5.0
GLOBAL_HELP = "### global filter ###"


# ------------------------------------------------------------------ a small HTTP/1.1 client (one socket)
class Broken(Exception):
    pass


class Late(Broken):
    pass


class Resp:
    def __init__(self, status, headers, body):
        self.status, self.h, self.body = status, headers, body

    def errno(self):
        if "json" not in self.h.get("content-type", ""):
            return None
        try:
            return json.loads(self.body).get("errno")
        except Exception:
            return None

    def __str__(self):
        return "%s %s" % (self.status, short(self.body))


def short(b, n=200):
    t = b.decode("utf-8", "backslashreplace") if isinstance(b, bytes) else str(b)
    t = json.dumps(t, ensure_ascii=False)
    return t if len(t) <= n else t[:n // 2] + " ... " + t[-n // 2:]


class Conn:
    def __init__(self, host, port):
        self.host, self.port, self.s, self.buf, self.gen, self.count, self.late = host, port, None, b"", 0, 0, 0

    def open(self):
        self.close()
        self.s = socket.create_connection((self.host, self.port), timeout=TIMEOUT)
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buf = b""
        self.gen += 1

    def close(self):
        if self.s:
            try:
                self.s.close()
            except OSError:
                pass
        self.s = None

    def more(self):
        left = self.deadline - time.monotonic()
        try:
            if left <= 0:
                raise socket.timeout()
            self.s.settimeout(left)
            b = self.s.recv(262144)
        except socket.timeout:
            self.late += 1
            raise Late("no answer in time")
        if not b:
            raise Broken("connection closed by the server")
        self.buf += b

    def line(self):
        while True:
            i = self.buf.find(b"\n")
            if i >= 0:
                l, self.buf = self.buf[:i].rstrip(b"\r"), self.buf[i + 1:]
                return l
            self.more()

    def exact(self, n):
        while len(self.buf) < n:
            self.more()
        b, self.buf = self.buf[:n], self.buf[n:]
        return b

    def head(self):
        while True:
            st = self.line().split(None, 2)
            if len(st) < 2 or not st[0].startswith(b"HTTP/1."):
                raise Broken("not HTTP: %r" % (st,))
            h = {}
            while True:
                l = self.line()
                if not l:
                    break
                k, _, v = l.partition(b":")
                h[k.strip().lower().decode("latin-1")] = v.strip().decode("latin-1")
            if int(st[1]) >= 200:
                return int(st[1]), h

    def raw(self, method, target, body, accept):
        h = "%s %s HTTP/1.1\r\nHost: %s:%d\r\nAccept: %s\r\n" % (method, target, self.host, self.port, accept)
        if body is not None or method in ("PUT", "POST"):
            body = body or b""
            ct = "application/octet-stream"
            if isinstance(body, tuple):
                ct, body = body
            h += "Content-Type: %s\r\nContent-Length: %d\r\n" % (ct, len(body))
        return (h + "\r\n").encode("latin-1") + (body or b"")

    def request(self, method, target, body=None, accept="application/json"):
        data = self.raw(method, target, body, accept)
        self.count += 1
        for attempt in (0, 1):
            fresh = self.s is None
            try:
                if fresh:
                    self.open()
                self.deadline = time.monotonic() + (TIMEOUT if self.late < 6 else 0.5)     # a server that hangs: do not take all day
                self.buf = b""
                self.s.settimeout(TIMEOUT)
                self.s.sendall(data)
                status, h = self.head()
                break
            except (Broken, OSError) as e:
                silent = not self.buf
                self.close()
                if attempt or fresh or not silent or isinstance(e, Late):
                    raise e if isinstance(e, Late) else Broken(str(e))
        try:
            if status in (204, 304) or method == "HEAD":
                b = b""
            elif "chunked" in h.get("transfer-encoding", "").lower():
                out = []
                while True:
                    n = int(self.line().split(b";")[0], 16)
                    if n == 0:
                        while self.line():
                            pass
                        break
                    out.append(self.exact(n))
                    self.line()
                b = b"".join(out)
            elif "content-length" in h:
                b = self.exact(int(h["content-length"]))
            else:
                out = []
                try:
                    while True:
                        self.more()
                except Broken as e:
                    if "closed" not in str(e):
                        raise
                b, self.buf = self.buf, b""
                h["connection"] = "close"
        except (Broken, OSError, ValueError) as e:
            self.close()
            raise Broken(str(e))
        if h.get("connection", "").lower() == "close":
            self.close()
        return Resp(status, h, b)


class Stream(Conn):
    """a held GET: trace_pipe, or ?watch"""
    def __init__(self, host, port, target, accept):
        super().__init__(host, port)
        self.open()
        self.data, self.ended, self.status, self.rest = b"", False, None, b""
        self.s.sendall(self.raw("GET", target, None, accept))
        self.target = target
        self.pump(1.0, lambda: self.status is not None)

    def _recv(self, wait):
        import select
        if self.ended or not self.s:
            return False
        r, _, _ = select.select([self.s], [], [], max(0, wait))
        if not r:
            return False
        try:
            b = self.s.recv(65536)
        except OSError:
            b = b""
        if not b:
            self.ended = True
        self.rest += b
        if self.status is None:
            i = self.rest.find(b"\r\n\r\n")
            if i < 0:
                return True
            hd, self.rest = self.rest[:i].split(b"\r\n"), self.rest[i + 4:]
            self.status = int(hd[0].split()[1])
            self.h = {l.split(b":")[0].strip().lower().decode(): l.split(b":", 1)[1].strip().decode("latin-1") for l in hd[1:] if b":" in l}
        if "chunked" in self.h.get("transfer-encoding", "").lower():
            while True:
                m = re.match(rb"([0-9a-fA-F]+)[^\r\n]*\r\n", self.rest)
                if not m:
                    break
                n = int(m.group(1), 16)
                if n == 0:
                    self.ended = True
                    break
                if len(self.rest) < m.end() + n + 2:
                    break
                self.data += self.rest[m.end():m.end() + n]
                self.rest = self.rest[m.end() + n + 2:]
        else:
            self.data += self.rest
            self.rest = b""
            if "content-length" in self.h and len(self.data) >= int(self.h["content-length"]):
                self.ended = True
        return True

    def pump(self, wait, until):
        end = time.monotonic() + wait
        while not until():
            left = end - time.monotonic()
            if left <= 0 or self.ended:
                break
            self._recv(left)
        return until()

    def drain(self, wait):
        self.pump(wait, lambda: False)

    def take(self):
        b, self.data = self.data, b""
        return b

    def lines(self):
        return [l for l in self.data.decode("utf-8", "replace").splitlines() if l.startswith("data:")]


# ------------------------------------------------------------------ texts
def text(b):
    return b.decode("utf-8", "surrogateescape").encode("utf-8", "backslashreplace").decode()


PREFIX = re.compile(rb"(?m)^(.{1,16}?)-(\d+) +\[(\d{3,})\] ([.a-zA-Z0-9]{5}) +(\d+\.\d{6}): ")


def canonical(b):
    """prefix and CPU count brought to the widths of the recording (for recorded lengths)"""
    b = re.sub(rb"#P:\d+", b"#P:2", b)
    return PREFIX.sub(lambda m: b"%16s-%-7d [000] %5s %12s: " % (m[1].strip()[-16:], int(m[2]) % 10 ** 7, m[4], b"0.000000"), b)


def view(b, how, path):
    if how == "hex":
        return b.hex()
    if how == "len":
        return str(len(canonical(b) if path.endswith("/trace") else b))
    if how == "lines":
        return str(b.count(b"\n"))
    t = text(b)
    pay = lambda l: re.sub(r"^.*?\d: ", "", l)
    if how == "body":
        return "".join(l for l in t.splitlines(True) if not l.startswith("#"))
    if how == "fields":
        return "".join(pay(l) for l in t.splitlines(True) if not l.startswith("#"))
    if how == "ends":
        t = [l for l in t.splitlines() if not l.startswith("#")]
        return "%d lines; first=%s; last=%s" % (len(t), pay(t[0]) if t else None, pay(t[-1]) if t else None)
    return t


def rx_escape(t):
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", t)


def relax(rx, ctx):
    """regex of the recording -> regex for any server"""
    rx = rx.replace(r"(?:<\.\.\.>|jit\w+)-\d+", r"[^\n]{1,16}?-\d+")
    rx = rx.replace(r"\[000\]", r"\[\d{3,}\]")
    rx = rx.replace(r"\(0x[0-9a-f]+\) a=", r"\((?:0x)?[0-9a-f]+\) a=")
    rx = re.sub(r"#P:(?:2| \*\\d\+)", "#P: *%d" % ctx.ncpu, rx)
    rx = re.sub(r"(?:\n => [^\n]+)+\n", lambda m: r"\n(?: => [^\n]+\n)*", rx)          # stack frames
    rx = rx.replace("+0DBZff ", r"+\d+[.a-zA-Z0-9]{5} ").replace(r"+0\.\.\.1\. ", r"+\d+[.a-zA-Z0-9]{5} ")
    rx = re.sub(r"(latency trace v[\d\\.]+ on )[^\n]+\n", r"\1\\S+\n", rx).replace("CPU#0", r"CPU#\d+")
    rx = rx.replace(r"M:PREEMPT\(none\)", r"M:[^ ]+")
    rx = re.sub(r"\\\+0x[0-9a-f]+/0x[0-9a-f]+", r"\\+0x[0-9a-f]+/0x[0-9a-f]+", rx)
    return rx


def plain_to_rx(t, ctx):
    """exact text of the recording -> regex, only where it holds numbers of that machine"""
    rx = rx_escape(t)
    rx = rx.replace("#P:2", "#P:%d" % ctx.ncpu)
    return re.sub(r"^(\d+ lines; first=)CPU:0 ", r"\1CPU:\\d+ ", rx)


def fmt_mask(v, n):
    groups, out = (n + 31) // 32, []
    for i in range(groups - 1, -1, -1):
        bits = 32 if i < groups - 1 or n % 32 == 0 else n % 32
        out.append("%0*x" % ((bits + 3) // 4, (v >> (32 * i)) & (2 ** bits - 1)))
    return ",".join(out)


# ------------------------------------------------------------------ one run
class NA(Exception):
    """this step has no counterpart here (left out)"""


class SkipCase(Exception):
    pass


class Fail(Exception):
    def __init__(self, want, got):
        super().__init__("want %s, got %s" % (want, got))
        self.want, self.got = want, got


class Run:
    def __init__(self, url, verbose):
        u = urlsplit(url)
        self.host, self.port, self.base = u.hostname, u.port or 80, u.path.rstrip("/")
        self.c = Conn(self.host, self.port)
        self.verbose = verbose
        self.ncpu, self.home, self.other = 1, 0, 1
        self.pid, self.comm, self.learnt = 0, "jitrec", None
        self.left_out = 0
        self.checked = 0
        self.has = {}
        self.clocks = None
        self.commands = None
        self.spread, self.noevent, self.dirty = [], True, set()

    # ---- requests
    def target(self, path, query=""):
        path = os.path.normpath(path) if path else ""
        p = self.base + "".join("/" + quote(s, safe="") for s in path.split("/") if s and s != ".")
        return p + ("?" + query if query else "")

    def get(self, path, query="", accept="text/plain"):
        return self.c.request("GET", self.target(path, query), None, accept)

    def exists(self, path):
        if path not in self.has:
            self.has[path] = self.get(path).status == 200
        return self.has[path]

    def triggers(self):
        """the trigger commands that the server has"""
        if self.commands is None:
            r = self.get("events/jit/ping/trigger", "", "application/json")
            self.commands = set(json.loads(r.body).get("available", [])) if r.status == 200 else set()
        return self.commands

    def errno_of(self, r, path, query=""):
        """errno of a failed GET; second look as JSON where the first answer was a text line"""
        e = r.errno()
        if e is None:
            r2 = self.get(path, query, "application/problem+json, application/json")
            if r2.status != r.status:
                return "status %d as text, %d as JSON" % (r.status, r2.status)
            e = r2.errno()
        return e

    # ---- what this server is like
    def learn(self):
        for n in ("conf", "conf_b", "x1", "x2"):         # left by a run that was killed
            self.delete("instances/" + n)
        self.ncpu = max(1, len([l for l in text(self.get("per_cpu").body).split() if re.fullmatch(r"cpu\d+/?", l)]))
        self.probe()
        r = self.get("trace_clock")
        self.clocks = set(text(r.body).replace("[", "").replace("]", "").split()) if r.status == 200 else set()

    def probe(self):
        """comm, pid and CPU of this connection, as the server writes them"""
        p = "instances/conf_probe"
        self.delete(p)
        if self.c.request("POST", self.target("instances"), ("application/json", b'{"name":"conf_probe"}')).status != 201:
            raise Broken("cannot make an instance")
        try:
            self.c.request("PUT", self.target(p + "/events/jit/ping/enable"), b"1")
            for _ in range(4):
                self.c.request("POST", self.target(p + "/trace_marker"), b"probe")
            self.fire_lines([self.event_json("jit/ping", dict(a=1, b=1, s="x", d=1))])
            ms = [m for m in re.finditer(r"(?m)^ *(\S.*?)-(\d+) +\[(\d+)\] \S+ +[\d.]+: (\w+)", text(self.get(p + "/trace").body))]
            cpus = [int(m[3]) for m in ms]
            if cpus:
                self.home = max(set(cpus), key=cpus.count)
                self.spread = sorted(set(cpus))
            ev = [m for m in ms if m[4] == "ping"] or ms
            if ev:
                self.pid, self.comm = int(ev[-1][2]), ev[-1][1]
            if self.comm == "<...>":
                m = re.search(r"(?m)^%d (.+)$" % self.pid, text(self.get("saved_cmdlines").body))
                self.comm = m[1] if m else "<...>"
            self.noevent = not any(m[4] == "ping" for m in ms)
        finally:
            self.delete(p)
        self.other = (self.home + 1) % self.ncpu if self.ncpu > 1 else None
        self.learnt = self.c.gen

    def delete(self, path, retry=2.0):
        end = time.monotonic() + retry
        while True:
            r = self.c.request("DELETE", self.target(path))
            if r.status != 409 or r.errno() != "EBUSY" or time.monotonic() > end:
                return r
            time.sleep(0.01)

    # ---- translation of recorded texts
    def path(self, p, case, changes=False):
        m = re.search(r"per_cpu/cpu([01])(?=/|$)", p)
        if m and case["area"] != "layout":
            if m[1] == "1" and self.other is None:
                raise SkipCase(ENV + ": one CPU") if changes else NA("one CPU")
            p = p.replace(m[0], "per_cpu/cpu%d" % (self.home if m[1] == "0" else self.other))
        return p.replace("cpu99", "cpu99999")

    def data(self, s, case, k=None):
        if "data_hex" in s:
            return bytes.fromhex(s["data_hex"])
        d = s.get("data", "")
        if "data_repeat" in s:
            d *= s["data_repeat"]
        if "$PID" in d or "jitrec" in d or case["id"] in ("setpid-effect-other", "trigger-pidfilter", "filter-effect-pid-false"):
            if self.learnt != self.c.gen:
                self.probe()
        d = d.replace("$PID", str(self.pid))
        if case["area"] == "filter-effect":
            if case["id"] == "filter-effect-comm":
                d = d.replace("jitrec", self.comm)
            d = {"cpu == 0": "cpu == %d" % self.home, "cpu == 1": "cpu == %d" % (self.home + 1)}.get(d, d)
        if self.pid == 1 and case["id"] in ("setpid-effect-other", "trigger-pidfilter"):
            d = "2" if d == "1" else d
        if self.pid == 1 and case["id"] == "filter-effect-pid-false":
            d = d.replace("1", "2")
        if case["area"] == "tracing_cpumask" and s["path"].endswith("tracing_cpumask"):
            n = self.ncpu
            full = 2 ** n - 1
            if case["id"] == "cpumask-effect":
                if n == 1:
                    raise SkipCase(ENV + ": one CPU")
                d = {"2": "%x" % (full & ~(1 << self.home)), "3": "%x" % full}[d]
            elif d.strip() in ("2", "3") and n == 1 or d == "0,3" and n > 32:
                raise SkipCase(ENV + ": number of CPUs")
            else:
                d = {"4": "%x" % (1 << n), "f": "%x" % (2 ** (n + 2) - 1)}.get(d, d)
            if len(d) > 8 and re.fullmatch("[0-9a-f]+", d):      # groups of 32 bits
                d = fmt_mask(int(d, 16), (len(d) + 7) // 8 * 32)
        if s["path"] == "dynamic_events":
            d = "\n".join(dynamic(l) for l in d.split("\n"))
        if "numbered" in s and k is not None:
            d += "%05d" % k
        return d.encode("utf-8")

    def event_json(self, event, f):
        o = {}
        if event.startswith("jit/"):
            if event in ("jit/ping", "jit/pong", "jit/spare"):
                o["__probe_ip"] = PROBE_IP
            o.update(f)
        for k, v in o.items():
            if isinstance(v, int) and abs(v) > 2 ** 53:
                o[k] = str(v)
        return self.record(event, o)

    @staticmethod
    def record(event, fields):
        return json.dumps({"event": event, "fields": fields})

    def fire_lines(self, lines):
        r = self.c.request("POST", self.target("user_events_data"), ("application/x-ndjson", ("\n".join(lines) + "\n").encode()))
        if not 200 <= r.status < 300:
            raise Fail("2xx from user_events_data", r)

    # ---- judging
    def want_errno(self, r, method, errnos, lacks_verb, path=None, query=""):
        if lacks_verb and r.status == 405:
            if method in [v.strip().upper() for v in r.h.get("allow", method).split(",")]:
                raise Fail("405 with an Allow that does not name %s" % method, "Allow: %s" % r.h.get("allow"))
            return
        e = self.errno_of(r, path, query) if method == "GET" and r.status >= 400 else r.errno()
        ok = e in errnos and (r.status == STATUS[e] if e in STATUS else 400 <= r.status < 500)
        if method in ("PUT", "POST") and e in errnos and e in ABOUT_CONTENT and r.status == 400:
            ok = True
        if not ok:
            raise Fail("%s (%s)" % (" or ".join(errnos), "/".join(str(STATUS.get(x, "4xx")) for x in errnos)), "%s errno=%s" % (r, e))

    def want_ok(self, r, codes):
        if r.status not in codes:
            raise Fail("status %s" % "/".join(map(str, codes)), "%s errno=%s" % (r, r.errno()))

    def compare(self, b, s, e, case, st):
        p, how = s["path"], s.get("as")
        last = p.rsplit("/", 1)[-1]
        if "computed" in s:
            got = view(b, how, p)
            if not re.fullmatch(s["computed"], got):
                raise Fail(short(s["computed"]), short(got))
            return
        if "output" not in e and "output_regex" not in e:
            return
        want = e.get("output")
        rx = e.get("output_regex")
        ref = want if want is not None else e.get("sample", "")
        # -- lists and numbers of the recording machine
        if case["id"] == "available_events-sample":
            l = text(b).split()
            if not l or not all(re.fullmatch(r"[^:\s]+:[^:\s]+", x) for x in l) or not {"jit:ping", "jit:pong", "jit:spare"} <= set(l):
                raise Fail("SYSTEM:EVENT lines with jit:*", short(b))
            return
        if case["id"] == "set_event-bad-colon" and last == "set_event":
            a, g = sorted(text(self.get("available_events").body).split()), sorted(text(b).split())
            if a != g or not a:
                raise Fail("all %d of available_events" % len(a), "%d, missing %s" % (len(g), short(" ".join(sorted(set(a) - set(g))[:5]))))
            return
        if last == "dynamic_events":
            if how == "lines":
                w, g = st["dyn0"] + int(want) - 3, b.count(b"\n")
                if w != g:
                    raise Fail("%d lines" % w, "%d lines" % g)
            elif not re.fullmatch(r"(?:[a-z]\d*:\S[^\n]*\n)*", text(b)):
                raise Fail("lines TYPE:SYS/NAME ...", short(b))
            return
        if last == "saved_cmdlines_size":
            if not re.fullmatch(rb"[1-9]\d*\n", b):
                raise Fail("a number", short(b))
            n, w, prev = int(b), st.get("cmd_ok"), st.get("cmd_last")
            if w is not None and n < w or st.get("cmd_refused") and prev is not None and n != prev:
                raise Fail("at least the %s written, unchanged if refused (was %s)" % (w, prev), n)
            st["cmd_last"] = n
            return
        if last == "saved_cmdlines":
            return
        if last in ("available_tracers", "trace_clock"):
            if last == "available_tracers":
                if "nop" not in text(b).split() or not text(b).endswith("\n"):
                    raise Fail(short(ref), short(b))
                return
            have = [c for c in ref.split() if c.strip("[]") in self.clocks]
            names = {c.strip("[]") for c in ref.split()}
            if [c for c in text(b).split() if c.strip("[]") in names] != have or not {"local", "global"} <= self.clocks or text(b) != " ".join(text(b).split()) + "\n":
                raise Fail(short(" ".join(have) + "\n"), short(b))
            return
        if last == "buffer_total_size_kb":
            v = int(want)
            per1 = 1410 if v % 2 else v // 2
            want = "%d\n" % (v + (self.ncpu - 2) * per1)
        if p == "buffer_size_kb":
            rx, want = r"(?:\d+|\d+ \(expanded: \d+\))\n", None
        if last == "tracing_cpumask":
            v = st.get("mask")
            want = fmt_mask(v if v is not None else 2 ** self.ncpu - 1, self.ncpu) + "\n"
        if last == "id" and "/ftrace/" not in p:
            if not re.fullmatch(rb"\d+\n", b):
                raise Fail("a number", short(b))
            if want is not None and st.setdefault(("id", want), b) != b:
                raise Fail(short(st[("id", want)]), short(b))
            return
        got = view(b, how, p)
        if last == "format" and "/ftrace/" not in p:
            rx, want = re.sub(r"(?m)^ID: (?:\d+|\\d\+)$", r"ID: \\d+", rx if want is None else rx_escape(want)), None
            if "/jit/ep/" in p:
                rx = rx.replace("\tfield:unsigned long __probe_ip;\toffset:8;\tsize:8;\tsigned:0;\n", "(?:\tfield:unsigned long __probe_ip;[^\n]*\n)?")
                rx = rx.replace("offset:16;", r"offset:(?:16|8);").replace(r"\(%lx\) ", r"(?:\(%lx\) )?").replace("REC->__probe_ip, ", "(?:REC->__probe_ip, )?")
        if case["area"] == "dynamic_events":
            if last == "error_log":
                if case["id"][8:] in ("garbage", "unknown-type", "empty", "nl", "comment") and got != want:
                    raise Fail(short(want), short(got))
                if not re.fullmatch(r"(?:\[ *\d+\.\d{6}\] [^\n]+: error: [^\n]+\n  Command: [^\n]*\n *\^\n)*", got):
                    raise Fail("nothing, or well-formed entries", short(got))
                return
            if rx and rx.startswith("ep: "):
                rx = rx.replace(r"\(0x[0-9a-f]+\) ", r"(?:\((?:0x)?[0-9a-f]+\) )?")
        if rx is not None:
            rx = relax(rx, self)
        elif "nreads" not in s and "#P:2" in want or want.startswith(tuple("0123456789")) and " lines; first=CPU:" in want:
            rx = plain_to_rx(want, self)
        if s.get("prefix"):
            if not got.startswith(want):
                raise Fail(short(want) + " first", short(got))
        elif s["op"] == "read" and "nreads" in s and how is None and want is not None:    # the first bytes only
            if not re.match(plain_to_rx(want, self), got):
                raise Fail(short(want), short(got))
        elif rx is not None:
            if not re.fullmatch(rx, got):
                raise Fail("match of " + short(ref), short(got))
        elif got != want:
            raise Fail(short(want), short(got))

    # ---- operations
    def op_read(self, s, e, case, st):
        p = self.path(s["path"], case)
        last = p.rsplit("/", 1)[-1]
        q = s.get("query", "")
        if s.get("nonblock") and not q:
            q = "timeout=0"
        r = self.get(p, q)
        if last == "trace_pipe_raw" and r.status == 400 and q:
            r = self.get(p)
        pipe = last in ("trace_pipe", "trace_pipe_raw")
        if pipe and r.status == 409 and st["closed"] and e.get("errno") != "EBUSY":
            end = time.monotonic() + 2
            while r.status == 409 and time.monotonic() < end:
                time.sleep(0.01)
                r = self.get(p, q)
        if e.get("errno") == "EISDIR":
            raise NA("read of a directory")
        if e.get("errno") and not (e["errno"] == "EAGAIN" and pipe):
            if case["id"] == "layout-absent-features" and last in ABSENT_MAY_EXIST and r.status != 404:
                raise NA("the server has " + last)
            self.want_errno(r, "GET", [e["errno"]], last in WRITEONLY, p, q)
            return
        if pipe and r.status == 204:
            r = Resp(200, r.h, b"")
        self.want_ok(r, (200,))
        ct = r.h.get("content-type", "")
        if r.body and "json" in ct:
            raise Fail("text/plain", "Content-Type: " + ct)
        self.compare(r.body, s, e, case, st)

    def op_write(self, s, e, case, st):
        p = self.path(s["path"], case, True)
        last = p.rsplit("/", 1)[-1]
        method = "PUT" if s.get("mode", "trunc") == "trunc" else "POST"
        tgt = self.target(p)
        r = None
        for k in range(s.get("times", 1)):
            d = self.data(s, case, k)
            r = self.c.request(method, tgt, d)
            if not 200 <= r.status < 300:
                break
        errno = e.get("errno")
        if s.get("may_refuse") and r.status == 413:
            if r.errno() != "EFBIG":
                raise Fail("413 with EFBIG", r)
            st["refused_marker"] = True
            return
        if last == "saved_cmdlines_size":
            st["cmd_refused"] = errno is not None
            if errno is None:
                st["cmd_ok"] = int(d)
        if errno:
            self.want_errno(r, method, [errno], last in READONLY)
        else:
            self.want_ok(r, (200, 201, 204))
            if last == "tracing_cpumask":
                st["mask"] = int(d.replace(b",", b""), 16)

    def op_mkdir(self, s, e, case, st):
        parent, _, name = s["path"].rpartition("/")
        r = self.c.request("POST", self.target(parent), ("application/json", json.dumps({"name": name}).encode()))
        if r.status == 201:
            st["made"].append(s["path"])
        if e.get("errno"):
            lst = [e["errno"]] + (["EINVAL"] if name in ("", ".", "..") else [])
            self.want_errno(r, "POST", lst, e["errno"] in ("EPERM", "EACCES"))
        else:
            self.want_ok(r, (201,))
            if "location" not in r.h:
                raise Fail("201 with Location", r)

    def op_rmdir(self, s, e, case, st):
        held = [h for h in st["h"].values() if isinstance(h, Stream) and h.under == s["path"]]
        r = self.delete(s["path"], 2.0 if st["closed"] and not e.get("errno") else 0)
        if e.get("errno") == "EBUSY" and held and r.status == 204:
            st["gone"].add(s["path"])
            for h in held:
                self.must_end(h)
            return
        if e.get("errno"):
            self.want_errno(r, "DELETE", [e["errno"]], e["errno"] in ("EPERM", "EACCES"))
            return
        if s["path"] in st["gone"] and r.status == 404 and r.errno() == "ENOENT":
            return                                   # went at the first DELETE, as contract 7 has it
        self.want_ok(r, (204,))
        for h in held:
            self.must_end(h)

    def must_end(self, h):
        if not h.pump(2.0, lambda: h.ended):
            raise Fail("the held GET %s ends" % h.target, "still open after 2 s")

    def op_unlink(self, s, e, case, st):
        if e["errno"] == "EISDIR":
            raise NA("unlink of a directory")
        self.want_errno(self.c.request("DELETE", self.target(s["path"])), "DELETE", [e["errno"]], True)

    def op_creat(self, s, e, case, st):
        r = self.c.request("PUT", self.target(s["path"]), b"x")
        self.want_errno(r, "PUT", ["EACCES", "ENOENT"], True)
        self.want_errno(self.get(s["path"]), "GET", ["ENOENT"], False, s["path"])

    def op_rename(self, s, e, case, st):
        r = self.c.request("POST", self.target(s["path"], "rename=" + quote(self.target(s["to"]), safe="/")), b"")
        self.want_errno(r, "POST", ["EPERM", "EINVAL"], True)
        self.want_ok(self.get(s["path"]), (200,))

    def op_symlink(self, s, e, case, st):
        parent, _, name = s["path"].rpartition("/")
        r = self.c.request("POST", self.target(parent), ("application/json", json.dumps({"type": "symlink", "name": name, "target": "x"}).encode()))
        self.want_errno(r, "POST", ["EPERM", "EINVAL"], True)
        self.want_errno(self.get(s["path"]), "GET", ["ENOENT"], False, s["path"])

    def op_link(self, s, e, case, st):
        raise NA("hard link")

    op_chmod = op_truncate = op_link

    def op_list(self, s, e, case, st):
        p = self.path(s["path"], case)
        r = self.get(p)
        if case["id"] == "enable-ftrace-print" and p.endswith("/function") and r.status == 404:
            raise NA("no ftrace/function")
        if e.get("errno"):
            return self.want_errno(r, "GET", [e["errno"]], False, p)
        self.want_ok(r, (200,))
        t = text(r.body)
        got = t.split("\n")
        if got[-1] != "" or len(set(got)) != len(got):
            raise Fail("names, one a line, each once", short(t))
        got = set(got[:-1])
        want = set(e["output"].split("\n")) - {""}
        if s["op"] == "listraw":
            got = {g.rstrip("/") for g in got}
        if p.endswith("per_cpu"):
            want = {"cpu%d/" % i for i in range(self.ncpu)}
        miss = {x for x in want - got if x not in OPTIONAL_MISSING}
        extra = {x for x in got - want if x not in OPTIONAL_EXTRA}
        if miss or extra:
            raise Fail("names as recorded", "missing %s, too many %s" % (sorted(miss), sorted(extra)))

    op_listraw = op_list

    def op_stat(self, s, e, case, st):
        p = os.path.normpath(s["path"]) if s["path"] else ""
        if not p:
            raise NA("mode of the root (a mount option)")
        p = self.path(p, case)
        parent, _, name = p.rpartition("/")
        q, n = "", 0
        while True:
            r = self.get(parent, q, "application/json")
            self.want_ok(r, (200,))
            o = json.loads(r.body)
            ent = [x for x in o["entries"] if x["name"].rstrip("/") == name]
            n += 1
            if ent or not o.get("next") or not o["entries"] or n > 100:
                break
            q = "after=" + quote(o["entries"][-1]["name"], safe="")
        if not ent:
            raise Fail("an entry %s" % name, short(r.body))
        sym = e["output"].split()[0]
        want = sum(1 << (8 - i) for i, ch in enumerate(sym[1:]) if ch != "-")
        got = mode_bits(ent[0].get("mode"))
        typ = "directory" if sym[0] == "d" else "file"
        if got != want or ent[0].get("type") != typ:
            raise Fail("%s %04o" % (typ, want), json.dumps(ent[0]))

    def op_fire(self, s, e, case, st):
        ev, f, n = s["event"], dict(s["fields"]), s.get("times", 1)
        if case["area"] == "dynamic_events" and ev == "jit/ping":
            lines = [self.event_json("jit/ep", {"a": f["a"]})]
        elif ev == "syscalls/sys_enter_getpgid":
            lines = [self.record(ev, {"__syscall_nr": 121, "pid": f["pid"]}),
                     self.record("syscalls/sys_exit_getpgid", {"__syscall_nr": 121, "ret": -3 if f["pid"] > 4194304 else 1})]
        elif ev == "task/task_rename":
            if self.learnt != self.c.gen:
                self.probe()
            lines = [self.record(ev, {"pid": self.pid, "oldcomm": st.get("comm", "jitrec"), "newcomm": f["newcomm"], "oom_score_adj": 0})]
            st["comm"] = f["newcomm"]
        else:
            lines = [self.event_json(ev, f)]
        self.fire_lines(lines * n)

    # ---- handles
    def op_open(self, s, e, case, st):
        p = self.path(s["path"], case, True)
        last = p.rsplit("/", 1)[-1]
        h = {"path": p, "flags": s["flags"], "orig": s["path"]}
        if s["flags"] == "dir":
            raise SkipCase(NOHTTP)
        if e.get("errno"):
            q = "timeout=0" if last.startswith("trace_pipe") else ""
            return self.want_errno(self.get(p, q), "GET", [e["errno"]], False, p, q)
        if s["flags"] in ("w", "wt"):
            st["h"][s["handle"]] = h
            return
        watch = last != "trace_pipe" and (s["handle"] in st["watched"])
        if last == "trace_pipe" or watch:
            x = Stream(self.host, self.port, self.target(p, "watch" if watch else ""), "text/event-stream" if watch else "text/plain")
            x.under = "/".join(s["path"].split("/")[:2])
            x.path = p
            st["h"][s["handle"]] = x
            if x.status is not None and x.status != 200:
                raise Fail("200 and an open stream", "%s %s" % (x.status, short(x.data)))
            if watch and case["area"] == "poll":
                x.drain(0.08)                        # a value sent at once is no change
                x.take()
        else:
            st["h"][s["handle"]] = h

    def handle(self, s, st):
        if s["handle"] not in st["h"]:
            raise Fail("an open handle", "its open failed")
        return st["h"][s["handle"]]

    def op_hread(self, s, e, case, st):
        h = self.handle(s, st)
        if isinstance(h, Stream):
            if "watch" in h.target.split("?")[-1]:
                return self.must_end(h)              # only used where the node was removed
            if e.get("errno") == "EAGAIN":
                h.drain(0.12)
                b = h.take()
                if b or h.ended:
                    raise Fail("nothing, stream open", "%s%s" % (short(b), ", ended" if h.ended else ""))
                return
            want = e.get("sample", e.get("output", "")).count("\n")
            h.pump(2.0, lambda: h.data.count(b"\n") >= want)
            return self.compare(h.take(), dict(s, path=h.path), e, case, st)
        p = h["orig"]
        self.op_read(dict(s, path=p, nonblock=h["flags"] == "rn"), e, case, st)

    def op_hwrite(self, s, e, case, st):
        h = self.handle(s, st)
        if isinstance(h, Stream):
            raise NA("write through a descriptor of a removed file")
        self.op_write(dict(s, path=h["orig"], mode="plain"), e, case, st)

    def op_poll(self, s, e, case, st):
        h = self.handle(s, st)
        data = (lambda: bool(h.lines())) if "watch" in h.target.split("?")[-1] else (lambda: bool(h.data))
        if e["output"] == "timeout\n":
            if h.pump(0.12, data) or h.ended:
                raise Fail("nothing to read", short(h.data) if h.data else "stream ended")
        elif not h.pump(2.0, data):
            raise Fail("readable within 2 s", "nothing came" + (", stream ended" if h.ended else ""))

    def op_close(self, s, e, case, st):
        h = st["h"].pop(s["handle"], None)
        if isinstance(h, Stream):
            h.close()
            st["closed"] = True

    def op_hlist(self, s, e, case, st):
        raise SkipCase(NOHTTP)

    # ---- a case
    def needs(self, case):
        """events of the recording kernel that this server need not have"""
        if case["id"].startswith("clock-set-") and case["id"][10:] not in self.clocks:
            raise SkipCase(ENV + ": the server has no such clock")
        if re.match(r"option-toggle-func", case["id"]) and not self.exists("options/" + case["id"][14:]):
            raise SkipCase(ENV + ": options of a tracer that the server lacks")
        if case["area"] == "trigger":
            for s in case["steps"]:
                word = re.match(r"!?(snapshot|hist|enable_hist|disable_hist)\b", s.get("data", ""))
                if word and s.get("path", "").endswith("/trigger") and word[1] in self.triggers():
                    raise SkipCase(FEATURE)
        for s in case["steps"]:
            if s.get("path") == "dynamic_events" and s.get("data", "").startswith("s:") and self.exists("synthetic_events"):
                raise SkipCase(FEATURE)
            for t in (s.get("path", ""), s.get("event", "")):
                m = re.search(r"(?:^|/)((?:task|syscalls|sched)/\w+)", t)
                if m and "/" in t and m[1].split("/")[1] not in ("enable", "filter") and not self.exists("events/%s/format" % m[1]):
                    raise SkipCase(ENV + ": the server has no event " + m[1])
            if re.search(r"events/syscalls/enable$", s.get("path", "")) and not self.exists("events/syscalls/enable"):
                raise SkipCase(ENV + ": the server has no events syscalls/*")
            if "task:task_rename" in s.get("data", "") and not self.exists("events/task/task_rename/format"):
                raise SkipCase(ENV + ": the server has no event task/task_rename")

    def steps(self, case):
        st = [dict(s) for s in case["steps"]]
        if case["id"] in REPLACE:
            out = []
            for x in REPLACE[case["id"]]:
                if isinstance(x, int):
                    out.append(st[x])
                    continue
                x = dict(x)
                if "expect_join" in x:
                    e = {"output_regex": "".join(st[i]["expect"].get("output_regex") or rx_escape(st[i]["expect"]["output"]) for i in x["expect_join"])}
                    if x["expect_join"] == [3, 4]:
                        e["output_regex"] = re.sub(r"^ {10}", "", e["output_regex"])     # 10 blanks of the comm field were read first
                    if x.get("prefix"):
                        e = {"output": st[x["expect_join"][0]]["expect"]["output"]}
                        e["output"] = ""             # width of the comm field is the server's
                    if x.get("first_lines"):
                        e = {"output_regex": "".join(st[x["expect_join"][0]]["expect"]["output_regex"].splitlines(True)[:x["first_lines"]])}
                    x["expect"] = e
                out.append(x)
            self.left_out += len(st) - len(out)
            return out
        return whole_body(st)

    def run_case(self, case):
        steps = self.steps(case)
        self.needs(case)
        st = {"h": {}, "made": [], "gone": set(), "closed": False, "watched": set()}
        # which handles must be held: something is removed or polled while they are open
        for i, s in enumerate(steps):
            if s["op"] == "open":
                j = next((k for k in range(i + 1, len(steps)) if steps[k]["op"] == "close" and steps[k]["handle"] == s["handle"]), len(steps))
                mid = steps[i + 1:j]
                if any(x["op"] in ("rmdir", "poll") or x.get("path") == "dynamic_events" and x["op"] == "write" for x in mid):
                    st["watched"].add(s["handle"])
        dyn = case["area"] == "dynamic_events"
        fails = []
        skip = None
        for p in [x["path"] for x in steps if x["op"] == "mkdir" and x["path"] in self.dirty]:
            self.delete(p)
            self.dirty.discard(p)
        if case["instance"]:
            self.delete("instances/" + case["instance"], 0.2)
            r = self.c.request("POST", self.target("instances"), ("application/json", json.dumps({"name": case["instance"]}).encode()))
            if r.status != 201:
                fails.append((-1, {"op": "mkdir", "path": case["instance"]}, Fail("201", r)))
        if dyn:
            st["dyn0"] = self.get("dynamic_events").body.count(b"\n")
        try:
            for i, s in enumerate(steps):
                if st.get("refused_marker") and "computed" in s:
                    s = {k: v for k, v in s.items() if k != "computed"}
                    s["computed"] = s["refused"]
                try:
                    getattr(self, "op_" + s["op"])(s, s.get("expect", {}), case, st)
                    self.checked += 1
                except NA:
                    self.left_out += 1
                except Fail as f:
                    fails.append((i, s, f))
                except SkipCase as x:
                    skip = str(x)
                    break
                except Broken as x:
                    fails.append((i, s, Fail("an answer", str(x))))
                    if isinstance(x, Late):
                        break
                except Exception as x:               # a strange answer must not stop the run
                    fails.append((i, s, Fail("a usable answer", "%s: %s" % (type(x).__name__, x))))
        finally:
            for h in st["h"].values():
                if isinstance(h, Stream):
                    h.close()
            self.cleanup(case, st, dyn, steps)
        if skip and not fails:
            raise SkipCase(skip)
        return fails

    def cleanup(self, case, st, dyn, steps):
        try:
            if st.get("comm", "jitrec") != "jitrec":
                self.fire_lines([self.record("task/task_rename", {"pid": self.pid, "oldcomm": st["comm"], "newcomm": "jitrec", "oom_score_adj": 0})])
        except (Fail, Broken):
            pass
        try:
            for p in reversed(st["made"]):
                if self.delete(p).status not in (204, 404):
                    self.dirty.add(p)
            if case["instance"]:
                self.delete("instances/" + case["instance"])
            if dyn and self.get("dynamic_events").body.count(b"\n") != st["dyn0"]:
                for s in steps:
                    for m in re.finditer(r"(?m)^p:(\S+)", s.get("data", "")):
                        self.c.request("POST", self.target("dynamic_events"), b"-:" + m[1].encode())
        except Broken:
            self.c.close()

    def finish(self):
        try:
            for p, v in (("options/raw", b"0"), ("trace_clock", b"local"), ("error_log", b""), ("trace", b"")):
                self.c.request("PUT", self.target(p), v)
        except Broken:
            pass


def mode_bits(m):
    if isinstance(m, int):
        return m & 0o777
    if isinstance(m, str):
        if re.fullmatch(r"(?:0o)?[0-7]+", m):
            return int(m.replace("0o", ""), 8) & 0o777
        if re.fullmatch(r".?[r-][w-][x-][r-][w-][x-][r-][w-][x-]", m):
            return sum(1 << (8 - i) for i, c in enumerate(m[-9:]) if c != "-")
    return None


def dynamic(l):
    """p:SYS/NAME $UP a=%di:s32 ...  ->  u:SYS/NAME s32 a; ..."""
    m = re.match(r"p:(\S*) \$UP ?(.*)$", l)
    if not m:
        return l
    f = []
    for a in m[2].split():
        name, _, rest = a.partition("=")
        f.append("%s %s" % (rest.partition(":")[2] or "u64", name))
    return "u:%s %s" % (m[1], "; ".join(f) or "s32 a")


def marker_bytes(n):
    """bytes of the buffer that a marker of n bytes takes: header, [length word], common, ip, text, newline, NUL"""
    d = 8 + 8 + n + 2
    return 4 + (d + 3) // 4 * 4 + (4 if d > 112 else 0)


def whole_body(steps):
    """recorded short writes -> what a body that is written to its end does"""
    out, cut = [], None
    for s in steps:
        e = s.get("expect", {})
        last = s.get("path", "").rsplit("/", 1)[-1]
        if s["op"] == "write" and s.get("all") and "output" in e:
            s = dict(s, expect={k: v for k, v in e.items() if k != "output"})
        if s["op"] == "write" and "written" in e:
            n = e["written"]
            if last == "set_event":
                toks = s["data"].split()
                bad = next((i for i, t in enumerate(toks) if "nosuch" in t), None)
                cut = ("set_event", toks[:bad])
                s = dict(s, expect={} if bad is None else {"errno": "EINVAL"})
            else:
                m = s["data_repeat"]
                cut = ("marker", [n] * (m // n) + ([m % n] if m % n else []))
                s = dict(s, expect={}, may_refuse=True)
        elif cut and s["op"] == "read":
            if cut[0] == "set_event" and last == "set_event":
                s = dict(s, expect={"output": "".join(t + "\n" for t in cut[1])})
            elif cut[0] == "marker" and last == "trace":
                head = 515
                s = dict(s, computed=str(head + sum(51 + 20 + n + 1 for n in cut[1])), refused=str(head))
            elif cut[0] == "marker" and last == "stats":
                def stats(k, b):
                    t = re.sub(r"^entries: \d+", "entries: %d" % k, e["output_regex"])
                    return re.sub(r"(?m)^bytes: \d+", "bytes: %d" % b, t)
                s = dict(s, computed=stats(len(cut[1]), sum(map(marker_bytes, cut[1]))), refused=stats(0, 0))
        out.append(s)
    return out


# ------------------------------------------------------------------ main
def main():
    ap = argparse.ArgumentParser(description="replay the tracefs transcript over HTTP")
    ap.add_argument("--url", required=True)
    ap.add_argument("--cases")
    ap.add_argument("--only")
    ap.add_argument("--id")
    ap.add_argument("--json")
    ap.add_argument("--verbose", action="store_true")
    a = ap.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    files = [a.cases] if a.cases else [os.path.join(here, "cases.jsonl.gz")]
    f = next((x for x in files if os.path.exists(x)), None)
    if not f:
        sys.exit("no cases: give --cases FILE")
    with (gzip.open if f.endswith(".gz") else open)(f, "rt", encoding="utf-8") as fh:
        cases = [json.loads(l) for l in fh if l.strip()]
    if a.only:
        cases = [c for c in cases if c["area"] in a.only.split(",")]
    if a.id:
        cases = [c for c in cases if c["id"] in a.id.split(",")]
    if not cases:
        sys.exit("no such cases")
    run = Run(a.url, a.verbose)
    t0 = time.monotonic()
    try:
        run.learn()
    except (Broken, OSError, Fail) as e:
        print("warning: could not learn about the server: %s" % e)
        run.clocks = run.clocks or {"local"}
        run.learnt = run.c.gen
    else:
        print("server: %d CPUs; this connection is %s-%d, records go to CPU %d" % (run.ncpu, run.comm, run.pid, run.home))
        if len(run.spread) > 1:
            print("warning: records of one connection are spread over CPUs %s; per_cpu cases will fail" % run.spread)
        if run.noevent:
            print("warning: jit/ping was enabled and fired, but is not in trace: load jit.events into the server")
    table, results = {}, []
    for c in cases:
        row = table.setdefault(c["area"], [0, 0, 0])
        t = time.monotonic()
        res = {"id": c["id"], "area": c["area"]}
        try:
            if c["id"] in SKIP:
                raise SkipCase(SKIP[c["id"]])
            fails = run.run_case(c)
            res["verdict"] = "fail" if fails else "pass"
            row[1 if fails else 0] += 1
            if fails:
                res["steps"] = [{"step": i, "op": s["op"], "path": s.get("path", s.get("handle", s.get("event"))), "expected": str(x.want), "actual": str(x.got)} for i, s, x in fails]
                print("FAIL %s" % c["id"])
                for d in res["steps"][:None if a.verbose else 3]:
                    print("  step %(step)d %(op)s %(path)s\n    expected %(expected)s\n    actual   %(actual)s" % d)
                if len(fails) > 3 and not a.verbose:
                    print("  and %d more steps" % (len(fails) - 3))
        except SkipCase as x:
            res.update(verdict="skip", reason=str(x))
            row[2] += 1
        except (Broken, OSError) as x:
            res.update(verdict="fail", steps=[{"step": -1, "op": "setup", "expected": "a server", "actual": str(x)}])
            row[1] += 1
            print("FAIL %s: %s" % (c["id"], x))
        res["ms"] = round((time.monotonic() - t) * 1000, 1)
        if a.verbose and res["verdict"] != "fail":
            print("%s %s%s" % (res["verdict"], c["id"], ": " + res["reason"] if "reason" in res else ""))
        results.append(res)
    run.finish()
    print("\n%-18s %6s %6s %7s" % ("area", "passed", "failed", "skipped"))
    for k in sorted(table):
        print("%-18s %6d %6d %7d" % (k, *table[k]))
    why = {}
    for r in results:
        if r["verdict"] == "skip":
            why[r["reason"]] = why.get(r["reason"], 0) + 1
    for k in sorted(why):
        print("skipped: %3d %s" % (why[k], k))
    print("steps checked: %d, left out of checked cases: %d; %d requests, %.1f s" % (run.checked, run.left_out, run.c.count, time.monotonic() - t0))
    if a.json:
        with open(a.json, "w", encoding="utf-8") as fh:
            json.dump({"url": a.url, "cases": f, "results": results}, fh, ensure_ascii=False, indent=1)
    n = [sum(r[i] for r in table.values()) for i in range(3)]
    print("%d passed, %d failed, %d skipped" % tuple(n))
    sys.exit(1 if n[1] else 0)


if __name__ == "__main__":
    main()
