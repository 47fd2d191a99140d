"""What is wrong with a descriptor, whoever made it."""
from __future__ import annotations

import re
from typing import Dict, List, Mapping, Optional, Sequence

from .wire import plugin_pb2 as wire

_JOB_TYPE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_KINDS = {
    wire.CONFIG_FIELD_TYPE_BOOL: ("bool_value",),
    wire.CONFIG_FIELD_TYPE_INT64: ("int64_value",),
    wire.CONFIG_FIELD_TYPE_DOUBLE: ("double_value",),
    wire.CONFIG_FIELD_TYPE_STRING: ("string_value",),
    wire.CONFIG_FIELD_TYPE_BYTES: ("bytes_value",),
    wire.CONFIG_FIELD_TYPE_DURATION: ("duration_value",),
    wire.CONFIG_FIELD_TYPE_ENUM: ("string_value",),
    wire.CONFIG_FIELD_TYPE_LIST: ("string_list", "int64_list", "double_list", "bool_list", "list_value"),
    wire.CONFIG_FIELD_TYPE_OBJECT: ("map_value",),
}
_BOUNDS = {
    "int64_value": ("int64_value",),
    "double_value": ("double_value",),
    "duration_value": ("duration_value",),
    "int64_list": ("int64_value", "double_value"),
    "double_list": ("int64_value", "double_value"),
}
"""Of what is stored: which bounds mean anything for it. A list's are those of its elements."""

_LENGTH = ("length", ("string_value", "bytes_value", "string_list", "list_value", "map_value"))
_ITEMS = ("items", (*_KINDS[wire.CONFIG_FIELD_TYPE_LIST], "map_value"))
_LIMITS = {
    wire.VALIDATION_RULE_TYPE_MIN_LENGTH: _LENGTH,
    wire.VALIDATION_RULE_TYPE_MAX_LENGTH: _LENGTH,
    wire.VALIDATION_RULE_TYPE_MIN_ITEMS: _ITEMS,
    wire.VALIDATION_RULE_TYPE_MAX_ITEMS: _ITEMS,
}
_CHECKS = ("absolute_path", "safe_root", "glob", "http_url", "env_names", "header_map", "cidr", "not_both_zero:FIELD")
_NOT_BOTH_ZERO = "not_both_zero:"

# An admin refuses the whole descriptor beyond these; a longer pattern it does not enforce.
_MOST_SECTIONS, _MOST_FIELDS, _MOST_DEFAULTS, _MOST_CHOICES, _MOST_RULES = 50, 500, 2000, 1000, 50
_LONGEST_NAME, _LONGEST_PATTERN, _DEEPEST, _MOST_BYTES = 200, 1000, 16, 1024 * 1024

_PIECES = re.compile(r"\\(?:c.|.)|\(\?#[^)]*\)|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P|[\\()\[]", re.DOTALL)
"""Of a pattern: escapes, comments, whole classes, and what stands alone."""


def descriptor_problems(descriptor: wire.JobTypeDescriptor) -> List[str]:
    """Everything that is wrong with it; empty when nothing is."""
    job_type = descriptor.job_type
    found: List[str] = []
    if not _JOB_TYPE.fullmatch(job_type):
        found.append(f"'{job_type}' is not a job type: use 1 to 64 letters, digits, '_', '.' or '-'")
    if descriptor.descriptor_version == 0:
        found.append(f"{job_type}: the version of a descriptor is 1 or more")
    for field, value in descriptor.admin_runtime_defaults.ListFields():
        if field.name != "enabled" and value < 0:
            found.append(f"{job_type}: {field.name} must be 0 or more")
    for form, over in ((descriptor.worker_config_form, descriptor.worker_default_values), (descriptor.admin_config_form, {})):
        found += [f"{form.form_id or job_type}: {text}" for text in _form_problems(form, over)]
    # The text that an admin measures is longer than this.
    if descriptor.ByteSize() > _MOST_BYTES:
        found.append(f"{job_type}: the descriptor is larger than 1 MiB")
    return found


def _form_problems(form: wire.ConfigForm, over: Mapping[str, wire.ConfigValue]) -> List[str]:
    """``over``: what the descriptor itself lays over the form's defaults."""
    sections = [section.section_id for section in form.sections]
    fields = [field for section in form.sections for field in section.fields]
    names = [field.name for field in fields]
    found = _too_many(len(sections), _MOST_SECTIONS, "sections") + _too_many(len(fields), _MOST_FIELDS, "fields")
    found += _too_many(max(len(form.default_values), len(over)), _MOST_DEFAULTS, "default values")
    for what, texts in (("section id", sections), ("field name", names)):
        found += [f"a {what} is longer than {_LONGEST_NAME} characters"] if any(_units(text) > _LONGEST_NAME for text in texts) else []
    found += ["a section without an id"] if "" in sections else []
    found += [f"the section {name} is there twice" for name in sorted(set(sections)) if name and sections.count(name) > 1]
    found += ["a field without a name"] if "" in names else []
    found += [f"the name {name} is used twice" for name in sorted(set(names)) if name and names.count(name) > 1]
    found += [f"there is a default for {name}, which is not in the form" for name in sorted(form.default_values) if name not in names]
    values = [*form.default_values.items(), *over.items(), *((field.name, field.visible_when_equals) for field in fields)]
    found += [f"{name} has a value nested deeper than {_DEEPEST}" for name in sorted({name for name, value in values if _is_deeper(value, _DEEPEST)})]
    found += [f"{name} depends on itself" for name in _circling(fields)]
    for field in fields:
        if field.visible_when_field and field.visible_when_field not in names:
            found.append(f"{field.name} depends on {field.visible_when_field}, which is not in the form")
        for name in (rule.expression.strip() for rule in field.validation_rules if rule.type == wire.VALIDATION_RULE_TYPE_CUSTOM):
            if name.startswith(_NOT_BOTH_ZERO) and name[len(_NOT_BOTH_ZERO):] not in names:
                found.append(f"{field.name} is checked with {name[len(_NOT_BOTH_ZERO):]}, which is not in the form")
        default = over.get(field.name) or form.default_values.get(field.name)
        found += [f"{field.name} {text}" for text in _field_problems(field, form.default_values, _stored(field, default))]
    return found


def _field_problems(field: wire.ConfigField, defaults: Mapping[str, wire.ConfigValue], stored: str) -> List[str]:
    found: List[str] = []
    allowed = _KINDS.get(field.field_type)
    if allowed is None:
        return ["has no type"]
    what = "elements" if field.field_type == wire.CONFIG_FIELD_TYPE_LIST else "type"
    for name, bound in (("lowest", field.min_value), ("highest", field.max_value)):
        if bound.WhichOneof("kind") not in (None, *_BOUNDS.get(stored, ())):
            found.append(f"has a {name} value of the kind {bound.WhichOneof('kind')}, which does not fit its {what}")
    choices = [option.value for option in field.options]
    found += [f"has {text}" for text in _too_many(len(choices), _MOST_CHOICES, "choices")]
    found += [f"has the choice {value} twice" for value in sorted(set(choices)) if choices.count(value) > 1]
    if not choices and (field.field_type == wire.CONFIG_FIELD_TYPE_ENUM or field.widget == wire.CONFIG_WIDGET_MULTI_SELECT):
        found.append("has no choices")
    low = _number(field.min_value) if field.HasField("min_value") else None
    high = _number(field.max_value) if field.HasField("max_value") else None
    if low is not None and high is not None and low > high:
        found.append("has a lowest value above its highest")
    if field.name in defaults:
        default = defaults[field.name]
        kind: Optional[str] = default.WhichOneof("kind")
        number = _number(default)
        if kind not in allowed:
            found.append(f"has a default of the kind {kind}, which does not fit its type")
        elif number is not None and ((low is not None and number < low) or (high is not None and number > high)):
            found.append("has a default outside its range")
        chosen = list(default.string_list.values) if kind == "string_list" else [default.string_value]
        if field.options and any(value not in [option.value for option in field.options if not option.disabled] for value in chosen):
            found.append("has a default that is not among its choices")
    return found + _rule_problems(field.validation_rules, stored)


def _rule_problems(rules: Sequence[wire.ValidationRule], stored: str) -> List[str]:
    found = [f"has {text}" for text in _too_many(len(rules), _MOST_RULES, "rules")]
    limits: Dict[int, List[int]] = {}
    for rule in rules:
        if rule.type == wire.VALIDATION_RULE_TYPE_REGEX:
            why = _unreadable(rule.expression)
            found += [f"has a pattern that cannot be read: {why}"] if why else []
        elif rule.type == wire.VALIDATION_RULE_TYPE_CUSTOM:
            name = rule.expression.strip()
            found += [f"has the check {name}, which is none of {', '.join(_CHECKS)}"] if name not in _CHECKS and not name.startswith(_NOT_BOTH_ZERO) else []
        elif rule.type not in _LIMITS:
            found.append("has a rule of an unknown type")
        elif not re.fullmatch("[0-9]{1,20}", rule.expression) or int(rule.expression) >= 2 ** 31:
            found.append("has a limit that is no number of 0 or more")
        else:
            what, kinds = _LIMITS[rule.type]
            found += [f"has a limit of its {what}, which means nothing for its type"] if stored not in kinds else []
            limits.setdefault(rule.type, []).append(int(rule.expression))
    for what, least, most in (
        ("length", wire.VALIDATION_RULE_TYPE_MIN_LENGTH, wire.VALIDATION_RULE_TYPE_MAX_LENGTH),
        ("number of items", wire.VALIDATION_RULE_TYPE_MIN_ITEMS, wire.VALIDATION_RULE_TYPE_MAX_ITEMS),
    ):
        if max(limits.get(least, [0])) > min(limits.get(most, [2 ** 31])):
            found.append(f"has a lowest {what} above its highest")
    return found


def _stored(field: wire.ConfigField, default: Optional[wire.ConfigValue]) -> str:
    """The kind that an admin stores; of a list it is the default that tells the kind of the elements."""
    kinds = _KINDS.get(field.field_type, ("",))
    if field.widget == wire.CONFIG_WIDGET_MULTI_SELECT and field.field_type in (wire.CONFIG_FIELD_TYPE_ENUM, wire.CONFIG_FIELD_TYPE_LIST):
        return "string_list"
    kind: Optional[str] = default.WhichOneof("kind") if default is not None else None
    return kind if kind in kinds else kinds[0]


def _circling(fields: Sequence[wire.ConfigField]) -> List[str]:
    """Fields whose visibility leads back to themselves."""
    controllers: Dict[str, str] = {}
    for field in fields:
        controllers.setdefault(field.name, field.visible_when_field)
    found: List[str] = []
    for start, at in controllers.items():
        for _ in controllers:
            if at in ("", start):
                break
            at = controllers.get(at, "")
        found += [start] if start and at == start else []
    return found


def _unreadable(pattern: str) -> Optional[str]:
    """Why no admin can read it: only what all dialects share, for an admin's is .NET's and not Python's."""
    if _units(pattern) > _LONGEST_PATTERN:
        return f"it is longer than {_LONGEST_PATTERN} characters"
    if re.search(r"\(\?[imns-]*x", pattern, re.IGNORECASE):
        return None  # Its comments to the end of a line may hold any bracket.
    opened = 0
    for text in _PIECES.findall(pattern):
        if text == "\\":
            return "it ends within an escape"
        if text == "[":
            return "a [ is not closed"
        if text == "(?P":
            return "(?P is Python's alone, a name is given by (?<name>…)"
        opened += {"(": 1, ")": -1}.get(text, 0)
        if opened < 0:
            return "a ) closes nothing"
    return "a ( is not closed" if opened else None


def _too_many(count: int, most: int, things: str) -> List[str]:
    return [f"{count} {things}, at most {most} are taken"] if count > most else []


def _units(text: str) -> int:
    """How long it is to an admin, which counts UTF-16."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _is_deeper(value: wire.ConfigValue, left: int) -> bool:
    kind = value.WhichOneof("kind")
    inner = value.map_value.fields.values() if kind == "map_value" else value.list_value.values if kind == "list_value" else ()
    return left < 0 or any(_is_deeper(item, left - 1) for item in inner)


def _number(value: wire.ConfigValue) -> Optional[float]:
    kind = value.WhichOneof("kind")
    if kind == "duration_value":
        return float(value.duration_value.seconds + value.duration_value.nanos / 1e9)
    return float(getattr(value, kind)) if kind in ("int64_value", "double_value") else None
