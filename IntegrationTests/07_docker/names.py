"""What the files under docker/ say of each other and of /metrics. Prints each thing that does not hold.

names.py files DOCKER-FOLDER              the YAML files: they parse, and fit together
names.py rules DASHBOARD                  the dashboard's queries as a file of rules, for promtool
names.py metrics DASHBOARD METRICS-TEXT   the queries' names and labels, which must be in a scrape
"""

import json
import pathlib
import re
import sys


def expressions(dashboard):
    panels = json.loads(pathlib.Path(dashboard).read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


def files(folder):
    import yaml

    folder = pathlib.Path(folder)
    read = lambda name: yaml.safe_load((folder / name).read_text())
    compose = read("compose.yaml")
    for name, service in compose["services"].items():
        for port in service["ports"]:
            if not port.startswith("127.0.0.1:"):
                yield f"{name} is published beyond loopback: {port}"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith(".") and not (folder / source).exists():
                yield f"{name}: {source} is not there"
            if not source.startswith(".") and source not in compose["volumes"]:
                yield f"{name}: there is no volume {source}"
        image = service["image"]
        if "build" not in service and not re.search(r":v?\d+\.\d+\.\d+$", image):
            yield f"{name}: {image} is not pinned"
    targets = [
        target
        for job in read("prometheus.yml")["scrape_configs"]
        for config in job["static_configs"]
        for target in config["targets"]
    ]
    listens = [f"{name}:{port.split(':')[-1]}" for name, s in compose["services"].items() for port in s["ports"]]
    for target in targets:
        if target not in listens:
            yield f"nobody in compose.yaml listens on {target}"
    for source in read("grafana/provisioning/datasources/prometheus.yaml")["datasources"]:
        if source["url"].removeprefix("http://") not in listens:
            yield f"nobody in compose.yaml listens on {source['url']}"
    path = read("grafana/provisioning/dashboards/jitfs.yaml")["providers"][0]["options"]["path"]
    mounts = [volume.split(":")[1] for volume in compose["services"]["grafana"]["volumes"]]
    if not any(mount.startswith(path + "/") for mount in mounts):
        yield f"no dashboard is mounted below {path}"


def rules(dashboard):
    made = []
    for number, text in enumerate(expressions(dashboard)):
        for variable, value in (("$__rate_interval", "1m"), ("$job", "jitfs"), ("$instance", ".*")):
            text = text.replace(variable, value)
        made.append({"record": f"dashboard:query:{number}", "expr": text})
    yield json.dumps({"groups": [{"name": "dashboard", "rules": made}]})


def metrics(dashboard, scrape):
    labels = {}
    for line in pathlib.Path(scrape).read_text().splitlines():
        sample = re.match(r"([a-z_]+)(?:\{(.*)\})? ", line)
        if sample:
            names = set(re.findall(r'(\w+)="', sample[2] or ""))
            labels.setdefault(sample[1], {"job", "instance"}).update(names)
    for text in expressions(dashboard):
        # What aggregates by labels does so for all the names behind it.
        by = {name.strip() for group in re.findall(r"by \(([^)]*)\)", text) for name in group.split(",")}
        for name, matchers in re.findall(r"\b((?:jitfs|process)_\w+)(?:\{([^}]*)\})?", re.sub(r'"[^"]*"', '""', text)):
            if name not in labels:
                yield f"there is no {name}"
                continue
            for label in sorted((by | set(re.findall(r"(\w+)=", matchers))) - labels[name]):
                yield f"{name} has no {label}"


print("\n".join({"files": files, "rules": rules, "metrics": metrics}[sys.argv[1]](*sys.argv[2:])))
