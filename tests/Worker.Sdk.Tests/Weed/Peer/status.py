"""The page that tells workers their port, in all its moods."""
import asyncio
import json

ANSWERS = {
    "401": ("401 Unauthorized", "login, please"),
    "404": ("404 Not Found", "no such page"),
    "bad_json": ("200 OK", "<html>"),
    "zero": ("200 OK", '{"worker_grpc_port":0}'),
    "text": ("200 OK", '{"worker_grpc_port":"33646"}'),
    "missing": ("200 OK", '{"enabled":true}'),
    "list": ("200 OK", "[1]"),
}


class StatusPage:
    """Modes: right, redirect, refused, silent, or one of ANSWERS."""

    def __init__(self, asked):
        self.port, self.grpc_port = 0, 0
        self._asked, self._mode, self._server = asked, "right", None

    async def open(self, port):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self):
        if self._server:
            self._server.close()
            self._server = None

    async def become(self, mode):
        self._mode = mode
        if mode == "refused":
            await self.close()
        elif not self._server:
            await self.open(self.port)

    async def _serve(self, reader, writer):
        try:
            first = await reader.read(1)
            if not first:
                return
            # 0x16 begins a TLS handshake. This page has no certificate; the question was asked all the same.
            self._asked("https" if first == b"\x16" else "http")
            if first == b"\x16":
                return
            head = first + await reader.readuntil(b"\r\n\r\n")
            if self._mode != "silent":
                writer.write(self._answer(head.split(b" ")[1].decode()))
                await writer.drain()
            else:
                await reader.read(1)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _answer(self, path):
        right = ("200 OK", json.dumps({"enabled": True, "configured": True, "base_dir": "data/plugin", "worker_count": 0, "worker_grpc_port": self.grpc_port}))
        head, body, more = "", "", ""
        if self._mode == "redirect" and path == "/api/plugin/status":
            head, more = "302 Found", "Location: /moved/api/plugin/status\r\n"
        elif path.removeprefix("/moved") != "/api/plugin/status":
            head, body = ANSWERS["404"]
        else:
            head, body = ANSWERS.get(self._mode, right)
        return f"HTTP/1.1 {head}\r\nContent-Type: application/json\r\n{more}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
