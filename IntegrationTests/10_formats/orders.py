#!/usr/bin/env python3
"""Prints so many events for user_events_data, always the same ones: orders on two lanes, now and then a switch."""
import json
import random
import sys

NOTES = ["", "two cups", 'quoted "so" \\ and so', "é ü 注", "%d %s %n", "a|b:c=d [x]", "x" * 40]


def main(count):
    chance = random.Random(5)
    time = 1_000_000_000_000
    for number in range(count):
        time += chance.choice((0, 1, 999, 1000, 123_457))
        if number % 20_000 == 0:
            time += 500_000_000
        cpu = chance.randrange(2)
        if number % 10 == 9:
            event = {"event": "sched/sched_switch", "fields": {
                "prev_comm": f"task {number % 7}", "prev_pid": number % 7 + 100, "prev_prio": 120, "prev_state": 1,
                "next_comm": "bash", "next_pid": 7, "next_prio": 100}}
        else:
            event = {"event": "shop/order", "fields": {
                "id": str(2**64 - 1 - number), "qty": chance.randrange(-5, 100), "sku": f"SKU-{number:07}",
                "note": NOTES[number % len(NOTES)]}}
        event |= {"timestamp_ns": time, "cpu": cpu, "pid": 100 + number % 3, "comm": ("web-worker", "cart svc", "c")[number % 3]}
        print(json.dumps(event, ensure_ascii=False))


main(int(sys.argv[1]))
