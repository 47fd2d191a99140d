"""Finds the worker port. Asked anew at every start: a wrong guess must not be for ever."""
from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import time
import urllib.parse
from dataclasses import dataclass
from typing import List, Optional, Tuple, Union

LOOKUP_TIMEOUT = 2.0
"""Seconds for each of http and https."""
_LOOKUP_BYTES = 1 << 20
_REDIRECTS = 5

_FORM = re.compile(r"(?P<host>\[[^\]]+\]|[^:/\s]+):(?P<http>\d{1,5})(?:\.(?P<grpc>\d{1,5}))?")


@dataclass(frozen=True)
class Target:
    """Where to dial: ``host:port``."""

    address: str
    secure: bool


def split(addresses: str) -> List[str]:
    """The entries of a comma list."""
    return [entry.strip() for entry in addresses.split(",") if entry.strip()]


def address_problems(addresses: str) -> List[str]:
    """What is wrong with a comma list of addresses; empty when nothing is."""
    entries = split(addresses)
    found = [] if entries else ["no address of an admin is set"]
    for entry in entries:
        try:
            _parse(entry)
        except ValueError as error:
            found.append(str(error))
    return found


def resolve(entry: str, ca: Optional[str] = None, server_name: Optional[str] = None) -> Target:
    """Where to dial for one entry; asks the admin's HTTP port when the entry does not say. Raises ``ValueError`` for no known form.

    ``ca`` and ``server_name`` are those of the stream: by HTTPS as much is asked of the certificate, so without an authority nothing.
    """
    parsed = _parse(entry)
    if isinstance(parsed, Target):
        return parsed
    host, port = parsed
    return Target(f"{host}:{_ask(entry, ca, server_name) or port + 10_000}", False)


def _parse(entry: str) -> Union[Target, Tuple[str, int]]:
    """What the entry says: where to dial, or the HTTP host and port to ask."""
    for scheme, secure in (("grpc://", False), ("grpcs://", True)):
        if entry.startswith(scheme):
            rest = entry[len(scheme):].rstrip("/")
            named = re.fullmatch(r"(\[[^\]]+\]|[^:/\s]+):(\d{1,5})", rest)
            if named is None or not 0 < int(named[2]) < 65536:
                raise ValueError(f"'{entry}' is not an address; use {scheme}host:port")
            return Target(rest, secure)
    found = _FORM.fullmatch(entry)
    if found is None or not (0 < int(found["grpc"] or found["http"]) < 65536 and int(found["http"]) < 65536):
        raise ValueError(f"'{entry}' is not an address; use host:port, host:http.grpc or grpc://host:port")
    if found["grpc"]:
        return Target(f"{found['host']}:{found['grpc']}", False)
    return found["host"], int(found["http"])


def _ask(authority: str, ca: Optional[str], server_name: Optional[str]) -> Optional[int]:
    for scheme in ("http", "https"):
        end = time.monotonic() + LOOKUP_TIMEOUT
        try:
            answer = json.loads(_get(f"{scheme}://{authority}/api/plugin/status", ca, server_name, end, _REDIRECTS))
        except (OSError, http.client.HTTPException, ValueError):
            continue  # Not answered there; the convention HTTP + 10000 is tried last.
        found = answer.get("worker_grpc_port") if isinstance(answer, dict) else None
        if isinstance(found, int) and not isinstance(found, bool) and 0 < found < 65536:
            return found
    return None


def _get(url: str, ca: Optional[str], server_name: Optional[str], end: float, redirects: int) -> bytes:
    """The body of a 200 answer, redirects followed."""
    parts = urllib.parse.urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca) if ca else ssl._create_unverified_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(host, parts.port, timeout=_left(end), context=context)
        plain = socket.create_connection((host, connection.port), _left(end))
        try:
            connection.sock = context.wrap_socket(plain, server_hostname=server_name or host)
        except BaseException:
            plain.close()
            raise
    elif parts.scheme == "http":
        connection = http.client.HTTPConnection(host, parts.port, timeout=_left(end))
    else:
        raise ValueError(f"{url} is no page")
    try:
        path = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
        connection.request("GET", path, headers={"Accept": "application/json"})
        assert connection.sock is not None
        connection.sock.settimeout(_left(end))
        response = connection.getresponse()
        location = response.getheader("Location", "")
        if response.status in (301, 302, 303, 307, 308) and redirects > 0 and location:
            return _get(urllib.parse.urljoin(url, location), ca, server_name, end, redirects - 1)
        if response.status != 200:
            raise http.client.HTTPException(f"status {response.status}")
        return _body(connection, response, end)
    finally:
        connection.close()


def _body(connection: http.client.HTTPConnection, response: http.client.HTTPResponse, end: float) -> bytes:
    """Piece by piece, so that an answer that trickles is given up in time."""
    body = b""
    while len(body) < _LOOKUP_BYTES:
        left = _left(end)
        if connection.sock is not None:
            connection.sock.settimeout(left)
        piece = response.read1(65536)
        if not piece:
            break
        body += piece
    return body


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("the lookup took too long")
    return left
