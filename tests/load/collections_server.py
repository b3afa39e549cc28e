"""A small server of JSON collections, after json-server: enough of it for the mapping that is shipped."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

JOINED_BY = {"posts": "postId"}


class Handler(BaseHTTPRequestHandler):
    """GET lists with filters, order, pages and joins; POST appends; PATCH and DELETE by id."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def handle_one(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = urlsplit(self.path)
        name, _, identity = parts.path.strip("/").partition("/")
        with self.server.lock:
            rows = self.server.tables.get(name)
            if rows is None:
                self.answer(404, {})
            elif self.command == "GET":
                self.answer(200, self.listed(name, rows, parse_qsl(parts.query)))
            elif self.command == "POST":
                self.append(rows, json.loads(body))
            else:
                self.change(rows, unquote(identity), json.loads(body or b"{}"))

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one  # noqa: N815 (the names that the base class calls)

    def listed(self, name: str, rows: list, query: list) -> list:
        """The rows that a query asks for."""
        said = dict(query)
        for key, value in query:
            if not key.startswith("_") and key != "q":
                rows = [row for row in rows if str(row.get(key)) == value]
        if "q" in said:
            rows = [row for row in rows if said["q"] in json.dumps(row)]
        rows = sorted(rows, key=lambda row: row["id"], reverse=said.get("_order") == "desc")
        size = int(said.get("_limit", 100))
        begin = (int(said.get("_page", 1)) - 1) * size
        embedded = [value for key, value in query if key == "_embed"]
        return [self.joined(name, row, embedded) for row in rows[begin : begin + size]]

    def joined(self, name: str, row: dict, embedded: list) -> dict:
        """A row with the rows of other collections that belong to it."""
        tables = self.server.tables
        own = {other: [r for r in tables[other] if r.get(JOINED_BY[name]) == row["id"]] for other in embedded}
        return row | own

    def append(self, rows: list, row: dict) -> None:
        """Add a row, with the next number as its id unless it brings one."""
        row.setdefault("id", len(rows) + 1)
        if any(each["id"] == row["id"] for each in rows):
            self.answer(500, {"error": "Insert failed, duplicate id"})
            return
        rows.append(row)
        self.answer(201, row)

    def change(self, rows: list, identity: str, changes: dict) -> None:
        """Change or remove a row."""
        row = next((row for row in rows if str(row["id"]) == identity), None)
        if row is None:
            self.answer(404, {})
            return
        if self.command == "DELETE":
            rows.remove(row)
        row.update(changes)
        self.answer(200, row)

    def answer(self, status: int, value: object) -> None:
        """Send JSON."""
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Holds the collections."""

    daemon_threads = True

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.tables: dict[str, list] = {name: [] for name in names}

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def collections_server(*names: str) -> Iterator[Server]:
    """A running server with these collections, empty."""
    server = Server(names)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
