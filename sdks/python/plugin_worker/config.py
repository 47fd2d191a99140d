"""Configuration as a handler reads it: several layers, coerced kinds, defaults instead of exceptions."""
from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, TypeVar

from google.protobuf.duration_pb2 import Duration

from .values import from_duration, from_wire
from .wire import plugin_pb2 as wire

T = TypeVar("T")
Layer = Mapping[str, wire.ConfigValue]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[dhms])")
_SPAN = re.compile(rf"-?(?:{_PART.pattern})+")
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_LONGEST = 900_000_000_000
"""Seconds, as far as the SDKs of all languages can say it: some 29,000 years."""


def parse_duration(text: str) -> Optional[dt.timedelta]:
    """``30``, ``1.5``, ``30s``, ``10m``, ``1h30m``, ``250ms``, ``2d`` as a span; ``None`` when it is none of these."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return _span(float(text))
    if _SPAN.fullmatch(text) is None:
        return None
    total = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    return _span(-total if text.startswith("-") else total)


def _span(seconds: float) -> Optional[dt.timedelta]:
    return dt.timedelta(seconds=seconds) if abs(seconds) <= _LONGEST else None


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
        """A text; numbers, booleans and spans of time (``90s``, ``0.25s``) are written out, a list of texts is joined with commas."""
        return self._read(name, default, _text)

    def integer(self, name: str, default: int = 0) -> int:
        """A 64-bit integer; of a span of time the whole seconds it has."""
        return self._read(name, default, _integer)

    def number(self, name: str, default: float = 0.0) -> float:
        """A double; of a span of time its seconds."""
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
        return _number_text(value.double_value)
    if kind == "duration_value":
        return _duration_text(value.duration_value)
    if kind == "bool_value":
        return "true" if value.bool_value else "false"
    return ",".join(value.string_list.values) if kind == "string_list" else None


def _number_text(number: float) -> Optional[str]:
    """As the SDKs of all languages write it, by the rules of ECMAScript: the fewest digits that are this number, an exponent only far from 1."""
    if not math.isfinite(number):
        return None
    _, found, exponent = Decimal(repr(abs(number))).as_tuple()
    assert isinstance(exponent, int)
    whole = "".join(map(str, found)).lstrip("0")
    digits, point = whole.rstrip("0"), len(whole) + exponent
    sign = "-" if number < 0 else ""
    if not digits:
        return "0"
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    return f"{sign}{digits[0]}{'.' + digits[1:] if len(digits) > 1 else ''}e{point - 1:+d}"


def _duration_text(span: Duration) -> str:
    fraction = f"{abs(span.nanos):09d}".rstrip("0")
    return f"{'-' if span.seconds < 0 or span.nanos < 0 else ''}{abs(span.seconds)}{'.' + fraction if fraction else ''}s"


def _integer(kind: str, value: wire.ConfigValue) -> Optional[int]:
    if kind == "int64_value":
        return value.int64_value
    if kind == "double_value":
        number = value.double_value
        return int(number) if abs(number) < 2 ** 53 and number == math.floor(number) else None
    if kind == "string_value":
        text = value.string_value.strip()
        return _in_64_bits(int(text)) if re.fullmatch(r"[+-]?[0-9]{1,19}", text) else None
    if kind == "duration_value":
        return value.duration_value.seconds if value.duration_value.nanos == 0 else None
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
        text = value.string_value.strip()
        number = float(text) if _NUMBER.fullmatch(text) else math.nan
        return number if math.isfinite(number) else None
    if kind == "duration_value":
        return float(value.duration_value.seconds + value.duration_value.nanos / 1e9)
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
        return from_duration(value.duration_value) if abs(value.duration_value.seconds) < _LONGEST else None
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
