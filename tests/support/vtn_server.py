"""A small OpenADR 3.1.0 server as a process of its own, for the follower's tests: it holds what it is given
and judges every request by the OpenAPI.

    python -m tests.support.vtn_server STATE.json

STATE.json is read at each request: {"programs", "events", "redirect"?, "fail"?, "revoked"?, "drip"?, "says"?, "cap"?, "unpaged"?}. Reports that are put, and what was wrong with a request, are written
beside it, to STATE.json.reports and STATE.json.wrong. The port is printed.
"""

from __future__ import annotations

import json
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.support.openapi import document, wrong

STATE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
SECRET = {"grant_type": "client_credentials", "client_id": "ven-7", "client_secret": "open sesame"}
TOKENS: list[str] = []
MOMENT = "2026-07-14T12:00:00Z"


class Server(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A page of a list."""
        if not self._allowed():
            return
        query = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        kind = urlsplit(self.path).path.strip("/")
        self._judge_query(kind, query)
        found = _reports() if kind == "reports" else _state().get(kind, [])
        for name in ("programID", "eventID", "clientName"):
            if name in query:
                found = [one for one in found if one.get(name) == query[name]]
        skip, limit = int(query.get("skip", 0)), int(query.get("limit", 50))
        limit = min(limit, _state().get("cap", limit))
        self._answer(200, found if "unpaged" in _state() else found[skip : skip + limit])

    def do_POST(self) -> None:
        """A token, or a report."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/auth/token":
            said = dict(parse_qsl(body.decode()))
            self._wrong(wrong(said, "clientCredentialRequest"))
            if said != SECRET:
                self._answer(401, {"title": "Unauthorized"})
                return
            TOKENS.append(f"token-{len(TOKENS)}")
            self._answer(200, {"access_token": TOKENS[-1], "token_type": "Bearer", "expires_in": 3600})
        elif self._allowed():
            report = json.loads(body)
            self._wrong(wrong(report, "reportRequest"))
            self._keep([*_reports(), self._stored(report, str(len(_reports())))])

    def do_PUT(self) -> None:
        """A report again."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._allowed():
            id_, report = self.path.rpartition("/")[2], json.loads(body)
            self._wrong(wrong(report, "reportRequest"))
            self._keep([self._stored(report, id_) if one["id"] == id_ else one for one in _reports()])

    @staticmethod
    def _stored(report: Any, id_: str) -> Any:
        made = {"id": id_, "objectType": "REPORT", "clientID": "ven-7"}
        return report | made | {"createdDateTime": MOMENT, "modificationDateTime": MOMENT}

    def _keep(self, reports: list[Any]) -> None:
        STATE.with_name(STATE.name + ".reports").write_text(json.dumps(reports))
        self._answer(201, reports[-1])

    def _judge_query(self, kind: str, query: dict[str, str]) -> None:
        described = document()["paths"][f"/{kind}"]["get"].get("parameters", [])
        names = {parameter["name"]: parameter["schema"] for parameter in described}
        self._wrong([f"unknown query parameter {name}" for name in query if name not in names])
        limit = names["limit"]["maximum"]
        self._wrong([f"limit is at most {limit}"] if int(query.get("limit", 0)) > limit else [])

    def _allowed(self) -> bool:
        state = _state()
        if "redirect" in state:
            self.send_response(302)
            self.send_header("Location", state["redirect"] + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False
        if state.get("fail"):
            self._answer(state["fail"], {"title": "not now", "detail": "try later\x1b[31m"})
            return False
        if "says" in state:
            self._say(200, state["says"].encode())
            return False
        if "drip" in state:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(state["drip"]):
                self.wfile.write(b" ")
                time.sleep(0.1)
            self.close_connection = True
            return False
        if state.get("revoked"):
            TOKENS.clear()
            STATE.write_text(json.dumps({name: value for name, value in state.items() if name != "revoked"}))
        token = re.fullmatch(r"Bearer (\S+)", self.headers.get("Authorization", ""))
        if token is None or token[1] not in TOKENS:
            self._answer(401, {"title": "Unauthorized"})
            return False
        return True

    @staticmethod
    def _wrong(found: list[str]) -> None:
        if found:
            with STATE.with_name(STATE.name + ".wrong").open("a") as file:
                file.write("\n".join(found) + "\n")

    def _answer(self, code: int, value: Any) -> None:
        self._say(code, json.dumps(value).encode())

    def _say(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if code == 503:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quietly."""


def _state() -> Any:
    return json.loads(STATE.read_text())


def _reports() -> list[Any]:
    path = STATE.with_name(STATE.name + ".reports")
    found: list[Any] = json.loads(path.read_text()) if path.exists() else []
    return found


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    print(server.server_port, flush=True)
    server.serve_forever()
