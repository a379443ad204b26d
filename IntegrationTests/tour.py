"""The tour of README.md, as a test. Run by tour.sh, with JITFSD and JITFS naming the programs.

Between `<!-- tour -->` and `<!-- end of tour -->`:

- A `console` block is a terminal: a line that begins with `$ ` is a command, lines that begin with `> ` go on with it,
  and everything up to the next command is its answer. All commands run in one bash, from the top of the repository.
- A `text` block is what the service's own terminal shows: `listening on …` at the start, `^C` and what follows at the
  end.
- 127.0.0.1:8470 stands for the address on which the test's service listens.

Answers are real ones, so some of what is in them is never the same again. `VARIES` says what; beside it, a comment
`<!-- varies: REGEX -->` before a block names what varies in that block. There each text that matches is replaced by its
number in the order of appearance: what was equal must stay equal.

`tour.sh --renew` writes the answers that came into README.md, to be read before they are committed.
"""

import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ADDRESS = "127.0.0.1:8470"
PATIENCE_SECONDS = 30
CATALOGUE = "Tests/Resources/linux-6.18.events.zst"

VARIES = [
    (r"(?m)^Date: .*$", "Date: …"),
    (r'"timestamp_ns":( ?)\d+', r'"timestamp_ns":\1…'),
    (r'"cpu":( ?)\d+', r'"cpu":\1…'),
    # A client that does not say who it is has the number of its connection, and its program with its version.
    (r'"pid":( ?)\d+,(\s*)"comm":( ?)"curl/[^"]*"', r'"pid":\1…,\2"comm":\3"curl/…"'),
    (r"(?m)^ *curl/\S+-\d+ +\[", "curl/…-… ["),
    (r"\[\d{3}\] (\S{5}) +\d+\.\d{6}:", r"[…] \1 …:"),
    (r"#P:\d+", "#P:…"),
    (r"(?m)^ID: \d+$", "ID: …"),
]


class Block:
    """One fenced block: its kind, its lines, the line of the README where it begins, and what varies in it."""

    def __init__(self, kind, line, varies):
        self.kind, self.line, self.varies, self.lines = kind, line, varies, []


def blocks(text):
    found, block, varies = [], None, []
    for number, line in enumerate(text.split("\n"), 1):
        if block is None:
            note = re.fullmatch(r"<!-- varies: (.*) -->", line)
            if note:
                varies.append(note[1])
            elif line.startswith("```"):
                block = Block(line[3:], number, varies)
                varies = []
        elif line == "```":
            found.append(block)
            block = None
        else:
            block.lines.append(line)
    return found


def masked(text, varies):
    text = re.sub(r"\x1b\[[0-9;]*m", "", text.replace("\r\n", "\n"))
    for pattern, replacement in VARIES:
        text = re.sub(pattern, replacement, text)
    seen = {}
    for pattern in varies:
        text = re.sub(pattern, lambda match: "<%d>" % seen.setdefault(match[0], len(seen) + 1), text, flags=re.M)
    return text


def steps(block):
    """The commands of a terminal, each with the answer that the README prints."""
    commands = []
    for line in block.lines:
        if line.startswith("$ "):
            commands.append((line[2:], []))
        elif line.startswith("> ") and not commands[-1][1]:
            commands[-1] = (commands[-1][0] + "\n" + line[2:], [])
        else:
            commands[-1][1].append(line)
    return commands


class Shell:
    """One bash, in which the commands run one after the other."""

    END = "\x1e"

    def __init__(self, environment):
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"], env=environment, text=True, errors="replace", bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, command):
        self.process.stdin.write("%s\nprintf '\\036'\n" % command)
        self.process.stdin.flush()
        timer = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        timer.start()
        out = ""
        while not out.endswith(self.END):
            character = self.process.stdout.read(1)
            if not character:
                return out + "(no answer within %d seconds)\n" % PATIENCE_SECONDS
            out += character
        timer.cancel()
        return out[:-1]


class Tour:
    def __init__(self, text):
        self.failures = 0
        self.renewed = {}
        start, end = text.index("<!-- tour -->"), text.index("<!-- end of tour -->")
        self.all = blocks(text)
        first = text.count("\n", 0, start) + 1
        last = text.count("\n", 0, end) + 1
        self.blocks = [block for block in self.all if first < block.line < last]

    def fail(self, place, reason):
        self.failures += 1
        print("not ok - README.md:%d: %s" % (place, reason))

    def compare(self, block, what, expected, actual, varies):
        wanted, came = masked("".join(line + "\n" for line in expected), varies), masked(actual, varies)
        if wanted == came:
            print("ok - README.md:%d: %s" % (block.line, what.split("\n")[0]))
            return
        self.fail(block.line, what.split("\n")[0])
        for line in difflib.unified_diff(
                wanted.splitlines(), came.splitlines(), "README.md", "what came", lineterm=""):
            print("#   " + line)
        if came and not came.endswith("\n"):
            print("#   (what came does not end with a newline)")

    def check_commands(self):
        """The first two `sh` blocks are the two commands."""
        two = [block for block in self.all if block.kind == "sh"][:2]
        for block, command in zip(two, ("scripts/run", "scripts/test")):
            if block.lines != [command]:
                self.fail(block.line, "this block is to be %s and nothing else" % command)
            elif not os.access(command, os.X_OK):
                self.fail(block.line, "%s is not there, or cannot be executed" % command)
            else:
                print("ok - README.md:%d: %s is there" % (block.line, command))
        if len(two) < 2:
            self.fail(1, "there are fewer than two sh blocks")

    def check_links(self, text):
        """Every relative link leads to a file."""
        for match in re.finditer(r"\]\(([^)#:]+)(#[^)]*)?\)", text):
            if not Path(match[1]).exists():
                self.fail(text.count("\n", 0, match.start()) + 1, "%s is not there" % match[1])

    def check_example(self):
        """The Swift example is the body of the function that `swift test` runs, line for line."""
        body = Path("Tests/JITFSServerTests/EmbeddingTests.swift").read_text()
        for block in self.all:
            if block.kind != "swift":
                continue
            for line in block.lines:
                if line.strip() and line.strip() not in body:
                    self.fail(block.line, "the tested example has no line: %s" % line.strip())
            print("ok - README.md:%d: the example is the tested one" % block.line)

    def take(self):
        with tempfile.TemporaryDirectory() as directory:
            programs = Path(directory, "bin")
            programs.mkdir()
            for variable, name in (("JITFSD", "jitfsd"), ("JITFS", "jitfs")):
                path = shutil.which(os.environ[variable])
                if path is None:
                    sys.exit("%s: %s cannot be executed" % (variable, os.environ[variable]))
                Path(programs, name).symlink_to(Path(path).resolve())
            # What a terminal does not show, because it is one, a pipe would: curl's progress.
            Path(directory, ".curlrc").write_text("silent\nshow-error\nnoproxy = *\n")
            service = subprocess.Popen(
                [programs / "jitfsd", "--listen", "127.0.0.1:0", "--import-events", CATALOGUE], text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                self.walk(service, directory, programs)
            finally:
                if service.poll() is None:
                    service.kill()
                service.wait()

    def walk(self, service, directory, programs):
        greeting = service.stdout.readline()
        address = greeting.strip().removeprefix("listening on http://")
        environment = {
            "PATH": "%s:%s" % (programs, os.environ["PATH"]), "HOME": directory,
            "CURL_HOME": directory, "LC_ALL": "C.UTF-8", "JITFS_URL": "http://" + address,
        }
        shell = Shell(environment)
        for block in self.blocks:
            if block.kind == "console":
                for command, answer in steps(block):
                    if "curl" in command and re.search(r"[|>]", command) and not re.search(r"curl[^|]* -s", command):
                        self.fail(block.line, "curl shows its progress here without -s: %s" % command)
                    actual = shell.run(command.replace(ADDRESS, address)).replace(address, ADDRESS)
                    self.compare(block, "$ " + command, answer, actual, block.varies)
                    came = actual.replace("\r", "").removesuffix("\n")
                    self.renewed.setdefault(block.line, []).append(
                        "$ " + command.replace("\n", "\n> ") + ("\n" + came if came else ""))
            elif block.kind == "text" and block.lines[0].startswith("^C"):
                service.send_signal(signal.SIGINT)
                out, log = service.communicate(timeout=PATIENCE_SECONDS)
                self.compare(block, "Ctrl-C", block.lines, "^C" + out + log, block.varies)
                if service.returncode != 0:
                    self.fail(block.line, "the service's exit status is %d" % service.returncode)
            elif block.kind == "text":
                self.compare(block, "the greeting", block.lines, greeting.replace(address, ADDRESS), block.varies)
        if service.poll() is None:
            self.fail(1, "the tour does not end with ^C")
        shell.process.stdin.close()
        shell.process.wait(timeout=PATIENCE_SECONDS)


    def renew(self, text):
        """The README with the answers that came."""
        lines = text.split("\n")
        for block in reversed(self.blocks):
            if block.line in self.renewed:
                lines[block.line:block.line + len(block.lines)] = "\n".join(self.renewed[block.line]).split("\n")
        return "\n".join(lines)


def main():
    text = Path("README.md").read_text()
    tour = Tour(text)
    if sys.argv[1:] == ["--renew"]:
        tour.take()
        return Path("README.md").write_text(tour.renew(text)) and None
    tour.check_commands()
    tour.check_links(text)
    tour.check_example()
    tour.take()
    print("%d failed" % tour.failures if tour.failures else "the tour is as printed")
    sys.exit(1 if tour.failures else 0)


main()
