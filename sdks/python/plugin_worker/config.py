"""Configuration as a handler reads it: several layers, coerced kinds, defaults instead of exceptions."""
from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, TypeVar

from .values import from_duration, from_wire
from .wire import plugin_pb2 as wire

T = TypeVar("T")
Layer = Mapping[str, wire.ConfigValue]

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])")
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def parse_duration(text: str) -> Optional[dt.timedelta]:
    """``30``, ``1.5``, ``30s``, ``10m``, ``1h30m``, ``250ms``, ``2d`` as a span; ``None`` when it is none of these."""
    text = text.strip()
    try:
        return _span(float(text))
    except ValueError:
        pass
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return _span(sum(float(number) * _UNITS[unit] for number, unit in parts))


def _span(seconds: float) -> Optional[dt.timedelta]:
    try:
        return dt.timedelta(seconds=seconds) if math.isfinite(seconds) else None
    except OverflowError:
        return None


class ConfigReader:
    """Reads values by name; the first layer that has a usable one wins: job parameter, saved value, descriptor default.

    Kinds are coerced where nothing is lost (a whole double for an int, ``"30s"`` for a duration, a comma text for a list). A value of a kind
    that cannot be used counts as absent and is reported once; nothing here raises.
    """

    def __init__(self, *layers: Layer, on_warning: Optional[Callable[[str], None]] = None) -> None:
        self._layers = layers
        self._warned: List[str] = []
        self._on_warning = on_warning

    def under(self, top: Layer) -> ConfigReader:
        """A reader with one more layer on top."""
        return ConfigReader(top, *self._layers, on_warning=self._on_warning)

    @property
    def warnings(self) -> Sequence[str]:
        """What was stored in a kind that could not be used, one text per name."""
        return tuple(self._warned)

    def __contains__(self, name: object) -> bool:
        return any(name in layer for layer in self._layers)

    def raw(self, name: str) -> Optional[wire.ConfigValue]:
        """The value of the first layer that has it, as the protocol carries it."""
        return next((layer[name] for layer in self._layers if name in layer), None)

    def text(self, name: str, default: str = "") -> str:
        """A text; numbers and booleans are written out, a list of texts is joined with commas."""
        return self._read(name, default, _text)

    def integer(self, name: str, default: int = 0) -> int:
        """A 64-bit integer."""
        return self._read(name, default, _integer)

    def number(self, name: str, default: float = 0.0) -> float:
        """A double."""
        return self._read(name, default, _number)

    def boolean(self, name: str, default: bool = False) -> bool:
        """A boolean; the texts ``true`` and ``false`` count, whatever their case."""
        return self._read(name, default, _boolean)

    def blob(self, name: str, default: bytes = b"") -> bytes:
        """Bytes; a text gives its UTF-8."""
        return self._read(name, default, _blob)

    def duration(self, name: str, default: dt.timedelta = dt.timedelta()) -> dt.timedelta:
        """A span of time; plain numbers are seconds, texts as :func:`parse_duration` reads them."""
        return self._read(name, default, _duration)

    def texts(self, name: str, default: Sequence[str] = ()) -> List[str]:
        """A list of texts; a plain text is split at commas."""
        return self._read(name, list(default), _texts)

    def integers(self, name: str, default: Sequence[int] = ()) -> List[int]:
        """A list of 64-bit integers."""
        return self._read(name, list(default), _integers)

    def mapping(self, name: str) -> Dict[str, Any]:
        """A map, as Python values."""
        return self._read(name, {}, lambda kind, value: from_wire(value) if kind == "map_value" else None)

    def value(self, name: str, default: Any = None) -> Any:
        """The value as the Python value of its own kind, without coercion."""
        return self._read(name, default, lambda kind, value: from_wire(value))

    def _read(self, name: str, default: T, convert: Callable[[str, wire.ConfigValue], Optional[T]]) -> T:
        for layer in self._layers:
            if name not in layer:
                continue
            value = layer[name]
            kind = value.WhichOneof("kind")
            if kind is None:
                continue
            converted = convert(kind, value)
            if converted is not None:
                return converted
            self._warn(name, kind)
        return default

    def _warn(self, name: str, kind: str) -> None:
        text = f"the value of {name} is stored as {kind} and cannot be used; the default is"
        if text not in self._warned:
            self._warned.append(text)
            if self._on_warning is not None:
                self._on_warning(text)


def _text(kind: str, value: wire.ConfigValue) -> Optional[str]:
    if kind == "string_value":
        return value.string_value
    if kind == "int64_value":
        return str(value.int64_value)
    if kind == "double_value":
        return repr(value.double_value)
    if kind == "bool_value":
        return "true" if value.bool_value else "false"
    return ",".join(value.string_list.values) if kind == "string_list" else None


def _integer(kind: str, value: wire.ConfigValue) -> Optional[int]:
    if kind == "int64_value":
        return value.int64_value
    if kind == "double_value":
        number = value.double_value
        return int(number) if abs(number) < 2 ** 53 and number == math.floor(number) else None
    if kind == "string_value":
        text = value.string_value.strip()
        return _in_64_bits(int(text)) if re.fullmatch(r"[+-]?[0-9]{1,19}", text) else None
    return None


def _in_64_bits(number: int) -> Optional[int]:
    return number if -(2 ** 63) <= number < 2 ** 63 else None


def _number(kind: str, value: wire.ConfigValue) -> Optional[float]:
    if kind == "double_value":
        return value.double_value if math.isfinite(value.double_value) else None
    if kind == "int64_value":
        number = float(value.int64_value)
        return number if int(number) == value.int64_value else None
    if kind == "string_value":
        try:
            number = float(value.string_value)
        except ValueError:
            return None
        return number if math.isfinite(number) else None
    return None


def _boolean(kind: str, value: wire.ConfigValue) -> Optional[bool]:
    if kind == "bool_value":
        return value.bool_value
    if kind == "string_value":
        return {"true": True, "false": False}.get(value.string_value.strip().lower())
    return None


def _blob(kind: str, value: wire.ConfigValue) -> Optional[bytes]:
    if kind == "bytes_value":
        return value.bytes_value
    return value.string_value.encode() if kind == "string_value" else None


def _duration(kind: str, value: wire.ConfigValue) -> Optional[dt.timedelta]:
    if kind == "duration_value":
        return from_duration(value.duration_value)
    if kind == "int64_value":
        return _span(value.int64_value)
    if kind == "double_value":
        return _span(value.double_value)
    return parse_duration(value.string_value) if kind == "string_value" else None


def _texts(kind: str, value: wire.ConfigValue) -> Optional[List[str]]:
    if kind == "string_list":
        return list(value.string_list.values)
    if kind == "string_value":
        return [part.strip() for part in value.string_value.split(",") if part.strip()]
    if kind == "list_value" and all(item.WhichOneof("kind") == "string_value" for item in value.list_value.values):
        return [item.string_value for item in value.list_value.values]
    return None


def _integers(kind: str, value: wire.ConfigValue) -> Optional[List[int]]:
    if kind == "int64_list":
        return list(value.int64_list.values)
    if kind == "list_value" and all(item.WhichOneof("kind") == "int64_value" for item in value.list_value.values):
        return [item.int64_value for item in value.list_value.values]
    return None
