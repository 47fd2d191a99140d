"""One bidirectional stream of bytes on a channel of its own: a reader thread, and the writer thread of grpcio that empties an iterator.

The blocking API of grpcio and not ``grpc.aio``: that one is sound with one event loop in a process only, and an application may have its own.
"""
from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Tuple

import grpc

from .addresses import Target
from .options import WorkerOptions

METHOD = "/plugin.PluginControlService/WorkerStream"


@dataclass(frozen=True)
class StreamEnd:
    """How a stream ended."""

    code: grpc.StatusCode
    text: str

    @property
    def is_ping_timeout(self) -> bool:
        """A ping of the transport was not answered."""
        return self.code is grpc.StatusCode.UNAVAILABLE and ("keepalive" in self.text.lower() or "ping timeout" in self.text.lower())

    @property
    def is_too_large(self) -> bool:
        """A message was beyond the limit of this side."""
        return self.code is grpc.StatusCode.RESOURCE_EXHAUSTED and "message larger than max" in self.text.lower()

    @property
    def is_reset(self) -> bool:
        """The stream ended without a status."""
        return self.code is grpc.StatusCode.UNKNOWN and self.text in ("", "Stream removed")


class Stream:
    """Dials and opens the stream at once; ``taken`` and ``ended`` are called on the reader's thread, ``ended`` exactly once and last."""

    def __init__(
        self, target: Target, options: WorkerOptions, token: Optional[str], outgoing: Iterator[bytes],
        taken: Callable[[bytes], None], headed: Callable[[List[Tuple[str, str]]], None], ended: Callable[[StreamEnd], None],
    ) -> None:
        self._taken, self._headed, self._ended = taken, headed, ended
        self._channel = dial(target, options)
        metadata = [("authorization", f"Bearer {token}")] if token else []
        self._call: Any = self._channel.stream_stream(METHOD)(outgoing, metadata=metadata)
        self._reader = threading.Thread(target=self._read, name="plugin-worker-reader", daemon=True)
        self._reader.start()

    def cancel(self) -> None:
        """Ends the stream from this side, now."""
        self._call.cancel()

    def close(self) -> None:
        """Gives the connection back; the stream must have ended or been cancelled."""
        self._channel.close()

    def _read(self) -> None:
        end = StreamEnd(grpc.StatusCode.OK, "")
        try:
            self._headed([(key, value) for key, value in self._call.initial_metadata() or () if isinstance(value, str)])
            for message in self._call:
                self._taken(message)
        except grpc.RpcError as error:
            end = StreamEnd(error.code(), error.details() or "")
        except Exception as error:  # What cannot be is told like any other end.
            self._call.cancel()
            end = StreamEnd(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")
        self._ended(end)


def dial(target: Target, options: WorkerOptions) -> grpc.Channel:
    """A channel of its own connection. Reads the TLS files anew; raises ``OSError`` when one cannot be read."""
    arguments: List[Tuple[str, Any]] = [
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.enable_http_proxy", 0),
        ("grpc.enable_retries", 0),
        ("grpc.max_reconnect_backoff_ms", 1000),  # For clients: an admin that is back is to be found soon.
        ("grpc.max_receive_message_length", options.max_receive_bytes),
        ("grpc.max_send_message_length", options.max_send_bytes),
        ("grpc.keepalive_time_ms", int(options.keepalive_interval * 1000)),
        ("grpc.keepalive_timeout_ms", int(options.keepalive_timeout * 1000)),
        ("grpc.keepalive_permit_without_calls", 0),
        ("grpc.http2.max_pings_without_data", 0),
    ]
    if options.tls_server_name:
        arguments.append(("grpc.ssl_target_name_override", options.tls_server_name))
    if not (target.secure or options.tls_ca):
        return grpc.insecure_channel(target.address, options=arguments)

    def pem(file: Optional[str]) -> Optional[bytes]:
        return Path(file).read_bytes() if file else None

    credentials = grpc.ssl_channel_credentials(pem(options.tls_ca), pem(options.tls_key), pem(options.tls_cert))
    return grpc.secure_channel(target.address, credentials, options=arguments)
