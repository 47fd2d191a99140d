"""Python values as the protocol carries them, and back."""
from __future__ import annotations

import datetime as dt
from typing import Any, Dict, Iterable, Mapping, Optional, Union

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from .wire import plugin_pb2 as wire

Value = Union[bool, int, float, str, bytes, dt.timedelta, "list[Any]", "tuple[Any, ...]", Mapping[str, Any], wire.ConfigValue]
"""What may be an output, a parameter or a default: see :func:`to_wire`."""

_INT64_MIN, _INT64_MAX = -(2 ** 63), 2 ** 63 - 1


def to_wire(value: Value) -> wire.ConfigValue:
    """The value of the protocol for a Python value: bool, int (64 bits), float, str, bytes, timedelta, a list of one of the first four
    kinds, any other list, a mapping with text keys. A ``ConfigValue`` is taken as it is. Raises ``TypeError`` or ``ValueError``."""
    if isinstance(value, wire.ConfigValue):
        return value
    if isinstance(value, bool):
        return wire.ConfigValue(bool_value=value)
    if isinstance(value, int):
        return wire.ConfigValue(int64_value=_int64(value))
    if isinstance(value, float):
        return wire.ConfigValue(double_value=value)
    if isinstance(value, str):
        return wire.ConfigValue(string_value=value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return wire.ConfigValue(bytes_value=bytes(value))
    if isinstance(value, dt.timedelta):
        return wire.ConfigValue(duration_value=to_duration(value))
    if isinstance(value, (list, tuple)):
        return _list(value)
    if isinstance(value, Mapping):
        wrong = [key for key in value if not isinstance(key, str)]
        if wrong:
            raise TypeError(f"the keys of a map are texts, not {type(wrong[0]).__name__}")
        return wire.ConfigValue(map_value=wire.ValueMap(fields={key: to_wire(item) for key, item in value.items()}))
    raise TypeError(f"{type(value).__name__} is no kind of the protocol")


def _int64(value: int) -> int:
    if not _INT64_MIN <= value <= _INT64_MAX:
        raise ValueError(f"{value} does not fit into 64 bits")
    return value


def _list(values: Iterable[Any]) -> wire.ConfigValue:
    items = list(values)
    kinds = {type(item) for item in items}
    if kinds == {bool}:
        return wire.ConfigValue(bool_list=wire.BoolList(values=items))
    if kinds == {int}:
        return wire.ConfigValue(int64_list=wire.Int64List(values=[_int64(item) for item in items]))
    if kinds == {float}:
        return wire.ConfigValue(double_list=wire.DoubleList(values=items))
    if kinds == {str} or not items:
        return wire.ConfigValue(string_list=wire.StringList(values=items))
    return wire.ConfigValue(list_value=wire.ValueList(values=[to_wire(item) for item in items]))


def from_wire(value: wire.ConfigValue) -> Any:
    """The Python value; ``None`` when the value has no kind. Durations lose what is below a microsecond."""
    kind = value.WhichOneof("kind")
    if kind is None:
        return None
    if kind == "duration_value":
        return from_duration(value.duration_value)
    if kind == "list_value":
        return [from_wire(item) for item in value.list_value.values]
    if kind == "map_value":
        return {key: from_wire(item) for key, item in value.map_value.fields.items()}
    found = getattr(value, kind)
    return list(found.values) if kind.endswith("_list") else found


def from_map(values: Mapping[str, wire.ConfigValue]) -> Dict[str, Any]:
    """All values of a map, as Python values."""
    return {key: from_wire(value) for key, value in values.items()}


def copy_to(values: Mapping[str, Value], target: Any) -> None:
    """Writes named values into a map field of a message."""
    for key, value in values.items():
        target[key].CopyFrom(to_wire(value))


def to_duration(span: dt.timedelta) -> Duration:
    """The duration message for a timedelta."""
    duration = Duration()
    duration.FromTimedelta(span)
    return duration


def from_duration(duration: Duration) -> dt.timedelta:
    """The timedelta for a duration message; the longest one there is when it does not fit."""
    try:
        return dt.timedelta(seconds=duration.seconds, microseconds=duration.nanos // 1000)
    except OverflowError:
        return dt.timedelta.max if duration.seconds > 0 else dt.timedelta.min


def to_timestamp(at: dt.datetime) -> Timestamp:
    """The timestamp message for an instant; one without a zone is taken as UTC."""
    timestamp = Timestamp()
    timestamp.FromDatetime(at if at.tzinfo is None else at.astimezone(dt.timezone.utc).replace(tzinfo=None))
    return timestamp


def from_timestamp(timestamp: Timestamp) -> Optional[dt.datetime]:
    """The instant in UTC; ``None`` when it lies outside what Python can say."""
    try:
        return dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc) + dt.timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1000)
    except OverflowError:
        return None


def now_timestamp() -> Timestamp:
    """This instant."""
    return to_timestamp(dt.datetime.now(dt.timezone.utc))
