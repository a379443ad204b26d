#!/usr/bin/env python3
"""Compares what `trace-cmd report -t` said with the JSON of the same trace: compare_report.py REPORT JSON

Each CPU must have the same events in the same order, with the same task, nanoseconds and fields.
"""
import json
import re
import sys

LINE = re.compile(rb"^ *(.*)-(\d+) +\[(\d+)\] +(\d+)\.(\d{9}): +(\w+): +(.*)$")
LOST = re.compile(rb"^CPU:(\d+) \[(\d+) EVENTS DROPPED\]$")
# trace-cmd prints an order by its print fmt, and a switch by a plugin of its own.
ORDER = re.compile(r"^id=(\d+) qty=(-?\d+) sku=(.*?) note=(.*)$")
SWITCH = re.compile(r"^(.*):(\d+) \[(\d+)\] (\S+) ==> (.*):(\d+) \[(\d+)\]$")


def reported(name):
    lost = 0
    for number, line in enumerate(open(name, "rb"), 1):
        line = line.rstrip(b"\n")
        if match := LOST.match(line):
            lost += int(match[2])
        elif match := LINE.match(line):
            comm, pid, cpu, seconds, rest, event, body = (part.decode() for part in match.groups())
            yield int(cpu), (int(seconds) * 10**9 + int(rest), int(pid), comm.strip(), event, fields(event, body))
        elif not line.startswith((b"cpus=", b"version = ")):
            sys.exit(f"line {number} is not understood: {line}")
    yield None, lost


def fields(event, body):
    match = (ORDER if event == "order" else SWITCH).match(body)
    if not match:
        sys.exit(f"{event}: {body}")
    return match.groups()


def expected(event):
    values = event["fields"]
    if event["event"] == "shop/order":
        shown = (values["id"], values["qty"], values["sku"], values["note"])
    else:
        shown = (values["prev_comm"], values["prev_pid"], values["prev_prio"], "S", values["next_comm"],
                 values["next_pid"], values["next_prio"])
    return (event["timestamp_ns"], event["pid"], event["comm"], event["event"].split("/")[1],
            tuple(str(value) for value in shown))


def main(report, document):
    theirs, ours, order = {}, {}, []
    for cpu, found in reported(report):
        if cpu is None:
            lost = found
        else:
            theirs.setdefault(cpu, []).append(found)
            order.append(found[0])
    trace = json.load(open(document))
    for event in trace["events"]:
        ours.setdefault(event["cpu"], []).append(expected(event))
    if order != sorted(order):
        sys.exit("the report is not in the order of time")
    if theirs.keys() != ours.keys():
        sys.exit(f"CPUs {theirs.keys()} and {ours.keys()}")
    for cpu in ours:
        for one, other in zip(theirs[cpu], ours[cpu]):
            if one != other:
                sys.exit(f"CPU {cpu}:\n{one}\n{other}")
        if len(theirs[cpu]) != len(ours[cpu]):
            sys.exit(f"CPU {cpu}: {len(theirs[cpu])} and {len(ours[cpu])} events")
    if lost != trace["entries_written"] - trace["entries_in_buffer"]:
        sys.exit(f"{lost} lost, written {trace['entries_written']}, there {trace['entries_in_buffer']}")
    print(f"equal: {len(order)} events on {len(ours)} CPUs, {lost} lost")


main(*sys.argv[1:])
