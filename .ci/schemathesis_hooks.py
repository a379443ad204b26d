"""What openapi.yaml cannot say in a schema, for schemathesis."""

import struct
import urllib.error
import urllib.request

import schemathesis
from schemathesis.core import NOT_SET

TEXT = ("text", "raw")
PAGE = bytes(range(256)) * 16
MEANT = {"Jitfs-Task": "worker-42", "Content-Range": "bytes 0-4095/*", "Range": "bytes=0-4095"}


@schemathesis.serializer("application/x-ndjson")
def as_bytes(context, value):
    """NDJSON is sent as it was made up: the schema says no more than that it is text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.serializer("application/octet-stream")
def as_page(context, value):
    """What is made up as text is sent as its bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.serializer("application/vnd.jitfs.pages")
def as_batch(context, value):
    """A batch is sent as it was made up: the schema says no more than that it is bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.serializer("application/vnd.jitfs.events")
def as_events(context, value):
    """So are packed events."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.serializer("application/vnd.jitfs.snapshot")
def as_snapshot(context, value):
    """So is a snapshot."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Makes of each request one that a client could mean."""
    method = case.method.upper()
    path = case.operation.path
    if method in ("GET", "HEAD", "DELETE", "OPTIONS", "TRACE"):
        # A method that is not documented is tried with the body of one that is; the server refuses a body where none
        # belongs before it looks at the path.
        case.body = NOT_SET
        case.media_type = None
    if "{instance}" in path and (case.path_parameters or {}).get("instance") == "mine":
        make(case.operation.base_url, "/tracing/instances", b'{"name":"mine"}')
    if "{pool}" in path and (case.path_parameters or {}).get("pool") == "mine":
        make(case.operation.base_url, "/pool", b'{"name":"mine","disksize":"1G"}')
        if path.endswith("/{page}") and method in ("GET", "HEAD"):
            make(case.operation.base_url, "/pool/mine/pages/42", PAGE, method="PUT")
    parameters = case.path_parameters or {}
    if "{directory}" in path and parameters.get("directory") == "mine":
        make(case.operation.base_url, "/debug", b'{"name":"mine"}')
        if "{value}" in path and parameters.get("value") == "orders":
            make(case.operation.base_url, "/debug/mine", b'{"name":"orders","type":"u32","value":7}')
    if "{owner}" in path and parameters.get("owner") == "mine":
        make(case.operation.base_url, "/sys/fs/jitfs/owners", b'{"name":"mine"}')
    if "{union}" in path and parameters.get("union") == "mine":
        make(case.operation.base_url, "/", b'{"name":"mine","type":"union","branches":["/tracing/instances"]}')
    if path.endswith("/pages/{page}") and method == "PUT" and case.meta is not None:
        if case.meta.generation.mode.is_positive and case.media_type == "application/octet-stream":
            # A schema cannot say that there are 4096 bytes.
            case.body = PAGE
    if path.endswith("/batch") and method == "POST" and case.meta is not None:
        if case.meta.generation.mode.is_positive and case.media_type == "application/vnd.jitfs.pages":
            # Put one page, get it and its neighbour, discard it.
            case.body = struct.pack("<BBHIQ", 0x50, 0, 0, 1, 42) + PAGE
            case.body += struct.pack("<BBHIQ", 0x47, 0, 0, 2, 42) + struct.pack("<BBHIQ", 0x44, 0, 0, 1, 43)
    if path == "/batch" and method == "POST" and case.meta is not None and case.meta.generation.mode.is_positive:
        case.body = '{"method":"GET","path":"/healthz"}\n'
    if path.endswith("/restore") and method == "PUT" and case.meta is not None:
        if case.meta.generation.mode.is_positive and case.media_type == "application/vnd.jitfs.snapshot":
            # One that there is: the pool's own.
            with urllib.request.urlopen(case.operation.base_url + "/pool/mine/snapshot") as snapshot:
                case.body = snapshot.read()
    rename = (case.query or {}).get("rename")
    if isinstance(rename, str) and len(rename.encode("utf-8", "surrogatepass")) > 1000:
        # Percent-encoded it would be longer than a request's line may be. What is refused stays so.
        case.query["rename"] = ""
    if case.meta is not None and case.meta.generation.mode.is_positive:
        if rename is not None:
            # A renaming has no other parameters, and no body.
            case.query = {"rename": "moved"}
            case.body = NOT_SET
            case.media_type = None
        own(case)
        settle(case.query or {}, path)
        mean(case, path, method)
        for name, value in case.body.items() if isinstance(case.body, dict) else ():
            if isinstance(value, float) and value.is_integer():
                # JSON Schema takes 7.0 for an integer; to a file it is other bytes than 7.
                case.body[name] = int(value)
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    takes_any_body = path.endswith(("/batch", "/data", "/restore"))
    for name, meant in MEANT.items():
        # What 4.32.5 sends in its coverage phase and calls valid, whatever the pattern says. Where nothing else is wrong
        # with a request that is to be refused, it is left.
        if (case.headers or {}).get(name) == "0" and (
            is_positive or method != case.operation.method.upper() or name == "Jitfs-Task" and not takes_any_body
        ):
            case.headers[name] = meant
    query = case.query or {}
    holds = path.endswith(("/trace_pipe", "/trace_pipe_raw")) or query.get("watch") in ("1", "")
    if holds and method in ("GET", "HEAD"):
        timeout = query.get("timeout")
        if timeout is None or isinstance(timeout, (int, float)) and (timeout > 0.05 or 0 < timeout < 0.001):
            # Nobody makes events meanwhile: without an end it would wait for ever. The server reads digits and a
            # point; what Python would print with an exponent is left out.
            case.query["timeout"] = 0.05


def own(case):
    """Names an owner that there is."""
    if isinstance(case.body, dict) and "owner" in case.body:
        case.body["owner"] = "mine"
    elif "owner" in (case.query or {}):
        case.query["owner"] = "mine"
    else:
        return
    make(case.operation.base_url, "/sys/fs/jitfs/owners", b'{"name":"mine"}')


def mean(case, path, method):
    """Gives texts in a language that no schema knows, and names that have to be there."""
    last = path.rsplit("/", 1)[-1]
    if last == "writeback" and method in ("PUT", "POST"):
        # Requests before it may have left a device of a page.
        make(case.operation.base_url, "/pool/mine/disksize", b"1G", method="PUT", kind="text/plain")
        make(case.operation.base_url, "/pool/mine/backing_dev", b"mine 1M", method="PUT", kind="text/plain")
    if path == "/pool" and isinstance(case.body, dict) and ("backing" in case.body or "backing_size" in case.body):
        case.body.update(backing="more", backing_size="1M")
    texts = {
        "backing_dev": "none", "filter": "0", "trigger": "traceoff:1 if common_pid > 100",
        "synthetic_events": "lat u64 lat; pid_t pid",
    }
    if last in texts and method in ("PUT", "POST"):
        case.body = {"value": texts[last]} if case.media_type == "application/json" else texts[last]


def settle(query, path):
    """Takes away what contradicts what stands before it: the server refuses both together, as the description says."""
    if query.get("watch") in ("1", ""):
        for name in ("format", "raw", "pretty", "count", "since", "event", "recursive", "limit", "after"):
            query.pop(name, None)
    elif not path.endswith(("/trace_pipe", "/trace_pipe_raw", "/snapshot_raw")):
        query.pop("timeout", None)
    if query.get("recursive") in ("1", ""):
        for name in ("limit", "after", "pretty"):
            query.pop(name, None)
        if query.get("format") in ("json", "html", "dat"):
            del query["format"]
    elif "recursive" in query and query.get("format") == "ndjson":
        del query["format"]
    elif query.get("format") == "ndjson" and not path.endswith(("/trace", "/trace_pipe", "/snapshot")):
        del query["format"]
    form = query.get("format")
    if query.get("raw") in ("1", ""):
        if form not in (None, *TEXT):
            del query["raw"]
        else:
            form = "raw"
    if query.get("pretty") in ("1", "") and form not in (None, "json"):
        del query["pretty"]
    if "int64" in query and form not in (None, "json", "ndjson"):
        del query["int64"]
    if form == "dat":
        for name in ("limit", "after"):
            query.pop(name, None)
    event = query.get("event")
    if isinstance(event, str) and len(event.encode("utf-8", "surrogatepass")) > 4096:
        # A schema counts characters, the server bytes.
        query["event"] = "a" * 4096
    after = query.get("after")
    if isinstance(after, str) and len(after.encode("utf-8", "surrogatepass")) > 255:
        # A schema counts characters, the server bytes.
        query["after"] = "a" * 255


@schemathesis.hook
def filter_body(context, body):
    """A name has at most 255 bytes, where a schema can only count characters."""
    if isinstance(body, dict) and isinstance(body.get("name"), str):
        return len(body["name"].encode("utf-8", "surrogatepass")) <= 255
    return True


def make(base, path, body, method="POST", kind=None):
    """Keeps what is called `mine` there."""
    kind = kind or ("application/json" if method == "POST" else "application/octet-stream")
    request = urllib.request.Request(base + path, body, {"Content-Type": kind}, method=method)
    try:
        urllib.request.urlopen(request).close()
    except urllib.error.HTTPError as error:
        assert error.code == 409, error
