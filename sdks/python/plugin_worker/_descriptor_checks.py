"""What is wrong with a descriptor, whoever made it."""
from __future__ import annotations

import re
from typing import List, Mapping, Optional

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
    for form in (descriptor.worker_config_form, descriptor.admin_config_form):
        found += [f"{form.form_id or job_type}: {text}" for text in _form_problems(form)]
    return found


def _form_problems(form: wire.ConfigForm) -> List[str]:
    sections = [section.section_id for section in form.sections]
    fields = [field for section in form.sections for field in section.fields]
    names = [field.name for field in fields]
    found = ["a section without an id"] if "" in sections else []
    found += [f"the section {name} is there twice" for name in sorted(set(sections)) if name and sections.count(name) > 1]
    found += ["a field without a name"] if "" in names else []
    found += [f"the name {name} is used twice" for name in sorted(set(names)) if name and names.count(name) > 1]
    found += [f"there is a default for {name}, which is not in the form" for name in sorted(form.default_values) if name not in names]
    for field in fields:
        if field.visible_when_field and field.visible_when_field not in names:
            found.append(f"{field.name} depends on {field.visible_when_field}, which is not in the form")
        found += [f"{field.name} {text}" for text in _field_problems(field, form.default_values)]
    return found


def _field_problems(field: wire.ConfigField, defaults: Mapping[str, wire.ConfigValue]) -> List[str]:
    found: List[str] = []
    allowed = _KINDS.get(field.field_type)
    if allowed is None:
        return ["has no type"]
    bounds = ("int64_value", "double_value") if field.field_type == wire.CONFIG_FIELD_TYPE_LIST else allowed  # A list's are those of its elements.
    for name, bound in (("lowest", field.min_value), ("highest", field.max_value)):
        if bound.WhichOneof("kind") not in (None, *bounds):
            found.append(f"has a {name} value of the kind {bound.WhichOneof('kind')}, which does not fit its type")
    choices = [option.value for option in field.options]
    found += [f"has the choice {value} twice" for value in sorted(set(choices)) if choices.count(value) > 1]
    if not choices and (field.field_type == wire.CONFIG_FIELD_TYPE_ENUM or field.widget == wire.CONFIG_WIDGET_MULTI_SELECT):
        found.append("has no choices")
    low = _number(field.min_value) if field.HasField("min_value") else None
    high = _number(field.max_value) if field.HasField("max_value") else None
    if low is not None and high is not None and low > high:
        found.append("has a lowest value above its highest")
    if field.name in defaults:
        default = defaults[field.name]
        kind = default.WhichOneof("kind")
        number = _number(default)
        if kind not in allowed:
            found.append(f"has a default of the kind {kind}, which does not fit its type")
        elif number is not None and ((low is not None and number < low) or (high is not None and number > high)):
            found.append("has a default outside its range")
        chosen = list(default.string_list.values) if kind == "string_list" else [default.string_value]
        if field.options and any(value not in [option.value for option in field.options if not option.disabled] for value in chosen):
            found.append("has a default that is not among its choices")
    for rule in field.validation_rules:
        if rule.type == wire.VALIDATION_RULE_TYPE_REGEX:
            try:
                re.compile(rule.expression)
            except re.error as error:
                found.append(f"has a pattern that cannot be read: {error}")
        elif rule.type != wire.VALIDATION_RULE_TYPE_CUSTOM and not rule.expression.isdecimal():
            found.append("has a limit that is no number of 0 or more")
    return found


def _number(value: wire.ConfigValue) -> Optional[float]:
    kind = value.WhichOneof("kind")
    if kind == "duration_value":
        return float(value.duration_value.seconds + value.duration_value.nanos / 1e9)
    return float(getattr(value, kind)) if kind in ("int64_value", "double_value") else None
