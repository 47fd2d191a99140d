"""A connection that is there already, for a transport that only dials: it dials a door of this process, which leads to it."""
from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
import threading
from pathlib import Path

from .addresses import Target
from .sessions import Unreachable

_PIECE = 65536


class Door:
    """Serves whoever comes first, and nobody else; in a folder that is this user's alone, so that nobody else can come."""

    def __init__(self, connection: socket.socket) -> None:
        """Raises ``Unreachable`` when the connection is closed, or a door cannot be made here."""
        if connection.fileno() < 0:
            raise Unreachable("the given connection is closed")
        if not hasattr(socket, "AF_UNIX"):
            raise Unreachable("a connection that is open already cannot be used on this system")
        connection.setblocking(True)
        self._connection = connection
        self._folder = tempfile.mkdtemp(prefix="plugin-worker-")
        self._listener = socket.socket(socket.AF_UNIX)
        path = str(Path(self._folder, "door"))
        try:
            self._listener.bind(path)
            self._listener.listen(1)
        except OSError as error:
            self.close()
            raise Unreachable(f"no door can be made for the given connection: {error}") from error
        self.target = Target(f"unix:{path}", False)
        threading.Thread(target=self._serve, name="plugin-worker-door", daemon=True).start()

    def close(self) -> None:
        """Ends the connection, and whoever waits at the door."""
        for one in (self._listener, self._connection):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _serve(self) -> None:
        try:
            near, _ = self._listener.accept()
        except OSError:
            return
        back = threading.Thread(target=_pass_on, args=(self._connection, near), name="plugin-worker-door", daemon=True)
        back.start()
        _pass_on(near, self._connection)
        back.join()
        near.close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Until the source ends, and then says so; what breaks on one side breaks on the other."""
    try:
        while True:
            piece = source.recv(_PIECE)
            if not piece:
                break
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
