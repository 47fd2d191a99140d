"""Builds a job type's descriptor: forms, defaults, scheduling. What an admin would not take cannot be built."""
from __future__ import annotations

import datetime as dt
from typing import Any, List, Mapping, Optional, Sequence, Tuple, Union

from ._descriptor_checks import descriptor_problems
from .values import Value, to_wire
from .wire import plugin_pb2 as wire

Choice = Union[str, Tuple[str, str]]
"""A value, or a value with its label."""

class DescriptorBuilder:
    """The contract of a job type. :meth:`build` raises ``ValueError`` with all mistakes, one per line.

    ``version``: raise it when the forms change.
    """

    def __init__(self, job_type: str, display_name: str = "", description: str = "", icon: str = "", version: int = 1) -> None:
        self._problems: List[str] = []
        if not 0 < version < 2 ** 32:
            self._problems.append(f"the version of a descriptor is 1 to {2 ** 32 - 1}")
            version = 1
        self._descriptor = wire.JobTypeDescriptor(
            job_type=job_type, display_name=display_name or job_type, description=description, icon=icon, descriptor_version=version)
        self._worker: Optional[FormBuilder] = None
        self._admin: Optional[FormBuilder] = None
        self._runtime: Optional[wire.AdminRuntimeDefaults] = None

    @property
    def worker(self) -> FormBuilder:
        """Settings and job parameters of the worker; sections ``job`` and ``job.*`` are asked for with each job."""
        if self._worker is None:
            self._worker = FormBuilder(f"{self._descriptor.job_type}.worker", self._problems)
        return self._worker

    @property
    def admin(self) -> FormBuilder:
        """Settings the admin itself reads."""
        if self._admin is None:
            self._admin = FormBuilder(f"{self._descriptor.job_type}.admin", self._problems)
        return self._admin

    def runtime(
        self, *, enabled: bool = True, detection_interval_minutes: int = 0, detection_timeout_seconds: int = 0, max_jobs_per_detection: int = 0,
        global_execution_concurrency: int = 0, per_worker_execution_concurrency: int = 0, retry_limit: int = 0, retry_backoff_seconds: int = 0,
        job_type_max_runtime_seconds: int = 0, execution_timeout_seconds: int = 0,
    ) -> DescriptorBuilder:
        """Scheduling and limits the admin starts with; 0 leaves a number to the admin. Without this call the type is enabled."""
        numbers = {name: value for name, value in locals().items() if name not in ("self", "enabled")}
        for name, value in numbers.items():
            if not 0 <= value < 2 ** 31:
                self._problems.append(f"{name} must be 0 to {2 ** 31 - 1}")
        self._runtime = wire.AdminRuntimeDefaults(enabled=enabled, **{name: value for name, value in numbers.items() if 0 <= value < 2 ** 31})
        return self

    def build(self) -> wire.JobTypeDescriptor:
        """The descriptor. Raises ``ValueError`` with all mistakes, one per line."""
        built = wire.JobTypeDescriptor()
        built.CopyFrom(self._descriptor)
        problems = list(self._problems)
        for form, target in ((self._worker, built.worker_config_form), (self._admin, built.admin_config_form)):
            if form is not None:
                target.CopyFrom(form.form)
        for name, value in built.worker_config_form.default_values.items():
            built.worker_default_values[name].CopyFrom(value)
        problems += descriptor_problems(built)
        if problems:
            raise ValueError("\n".join(problems))
        # An admin takes a type without these for disabled.
        built.admin_runtime_defaults.CopyFrom(self._runtime or wire.AdminRuntimeDefaults(enabled=True))
        return built


class FormBuilder:
    """One form in the making."""

    def __init__(self, form_id: str, problems: List[str]) -> None:
        self.form = wire.ConfigForm(form_id=form_id)
        self._problems = problems

    def title(self, title: str, description: str = "") -> FormBuilder:
        """Heading of the form."""
        self.form.title, self.form.description = title, description
        return self

    def section(self, section_id: str, title: str = "", description: str = "") -> SectionBuilder:
        """A card of fields."""
        section = self.form.sections.add(section_id=section_id, title=title or section_id, description=description)
        return SectionBuilder(self.form, section, self._problems)


class SectionBuilder:
    """Fields of a section. Each method takes name, label, help and the default; the rest is said on the returned field."""

    def __init__(self, form: wire.ConfigForm, section: wire.ConfigSection, problems: List[str]) -> None:
        self._form, self._section, self._problems = form, section, problems

    def toggle(self, name: str, label: str = "", help: str = "", default: bool = False) -> FieldBuilder:
        """A switch."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_BOOL, wire.CONFIG_WIDGET_TOGGLE, default)

    def integer(self, name: str, label: str = "", help: str = "", default: int = 0) -> FieldBuilder:
        """A 64-bit integer."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_INT64, wire.CONFIG_WIDGET_NUMBER, default)

    def number(self, name: str, label: str = "", help: str = "", default: float = 0.0) -> FieldBuilder:
        """A double."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_DOUBLE, wire.CONFIG_WIDGET_NUMBER, float(default))

    def text(self, name: str, label: str = "", help: str = "", default: str = "") -> FieldBuilder:
        """One line of text."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_STRING, wire.CONFIG_WIDGET_TEXT, default)

    def textarea(self, name: str, label: str = "", help: str = "", default: str = "") -> FieldBuilder:
        """Lines of text."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_STRING, wire.CONFIG_WIDGET_TEXTAREA, default)

    def secret(self, name: str, label: str = "", help: str = "") -> FieldBuilder:
        """A secret: never shown again once saved."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_STRING, wire.CONFIG_WIDGET_PASSWORD, None).sensitive()

    def blob(self, name: str, label: str = "", help: str = "", default: bytes = b"") -> FieldBuilder:
        """Bytes."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_BYTES, wire.CONFIG_WIDGET_TEXTAREA, default)

    def duration(self, name: str, label: str = "", help: str = "", default: dt.timedelta = dt.timedelta()) -> FieldBuilder:
        """A span of time."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_DURATION, wire.CONFIG_WIDGET_DURATION, default)

    def select(self, name: str, label: str = "", help: str = "", default: str = "", choices: Sequence[Choice] = ()) -> FieldBuilder:
        """One of several."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_ENUM, wire.CONFIG_WIDGET_SELECT, default or None).choices(choices)

    def multi_select(self, name: str, label: str = "", help: str = "", default: Sequence[str] = (), choices: Sequence[Choice] = ()) -> FieldBuilder:
        """Any of several."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_LIST, wire.CONFIG_WIDGET_MULTI_SELECT, list(default)).choices(choices)

    def list(self, name: str, label: str = "", help: str = "", default: Sequence[Any] = ()) -> FieldBuilder:
        """A list; its elements have the kind of the default, texts when that is empty."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_LIST, wire.CONFIG_WIDGET_TEXTAREA, tuple(default))

    def mapping(self, name: str, label: str = "", help: str = "", default: Optional[Mapping[str, Any]] = None) -> FieldBuilder:
        """A map of values."""
        return self._add(name, label, help, wire.CONFIG_FIELD_TYPE_OBJECT, wire.CONFIG_WIDGET_TEXTAREA, default or {})

    def _add(
        self, name: str, label: str, help: str, field_type: int, widget: int, default: Optional[Value],
    ) -> FieldBuilder:
        field = self._section.fields.add(name=name, label=label or name, help_text=help, field_type=field_type, widget=widget)
        if default is not None:
            try:
                self._form.default_values[name].CopyFrom(to_wire(default))
            except (TypeError, ValueError) as error:
                self._problems.append(f"{self._form.form_id}: {name} has a default that cannot be: {error}")
        return FieldBuilder(self._form, field)


class FieldBuilder:
    """One field in the making."""

    def __init__(self, form: wire.ConfigForm, field: wire.ConfigField) -> None:
        self._form = form
        self.field = field

    def required(self) -> FieldBuilder:
        """Must have a value; such a field has no default."""
        self.field.required = True
        self._form.default_values.pop(self.field.name, None)
        return self

    def read_only(self) -> FieldBuilder:
        """Shown, not edited."""
        self.field.read_only = True
        return self

    def range(self, lowest: Value, highest: Value) -> FieldBuilder:
        """Lowest and highest value; of a list of numbers those of its elements."""
        self.field.min_value.CopyFrom(self._bound(lowest))
        self.field.max_value.CopyFrom(self._bound(highest))
        return self

    def placeholder(self, text: str) -> FieldBuilder:
        """Shown while empty."""
        self.field.placeholder = text
        return self

    def describe(self, text: str) -> FieldBuilder:
        """A longer text than the help."""
        self.field.description = text
        return self

    def max_items(self, most: int) -> FieldBuilder:
        """Most items of a list or map."""
        return self._rule(wire.VALIDATION_RULE_TYPE_MAX_ITEMS, str(most))

    def min_items(self, fewest: int) -> FieldBuilder:
        """Fewest items of a list or map."""
        return self._rule(wire.VALIDATION_RULE_TYPE_MIN_ITEMS, str(fewest))

    def max_length(self, most: int) -> FieldBuilder:
        """Longest text, or bytes."""
        return self._rule(wire.VALIDATION_RULE_TYPE_MAX_LENGTH, str(most))

    def min_length(self, fewest: int) -> FieldBuilder:
        """Shortest text, or bytes."""
        return self._rule(wire.VALIDATION_RULE_TYPE_MIN_LENGTH, str(fewest))

    def regex(self, pattern: str, message: str = "") -> FieldBuilder:
        """The whole value must match. The expression is the admin's (.NET); the message is shown when it is broken."""
        return self._rule(wire.VALIDATION_RULE_TYPE_REGEX, pattern, message)

    def check(self, name: str) -> FieldBuilder:
        """A named check of the admin: absolute_path, safe_root, glob, http_url, env_names, header_map, cidr; or not_both_zero: with the name of another number behind it."""
        return self._rule(wire.VALIDATION_RULE_TYPE_CUSTOM, name)

    def visible_when(self, field: str, equals: Value) -> FieldBuilder:
        """Shown only while another field of the form has this value."""
        self.field.visible_when_field = field
        self.field.visible_when_equals.CopyFrom(to_wire(equals))
        return self

    def sensitive(self) -> FieldBuilder:
        """Never shown again once saved, whatever its type."""
        self.field.sensitive = True
        self.field.widget = wire.CONFIG_WIDGET_PASSWORD
        return self

    def choices(self, choices: Sequence[Choice]) -> FieldBuilder:
        """What can be chosen."""
        for choice in choices:
            value, label = (choice, choice) if isinstance(choice, str) else choice
            self.field.options.add(value=value, label=label)
        return self

    def disabled_choice(self, value: str, label: str, why: str) -> FieldBuilder:
        """A choice that cannot be taken, and why."""
        self.field.options.add(value=value, label=label, description=why, disabled=True)
        return self

    def _bound(self, value: Value) -> wire.ConfigValue:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return to_wire(float(value) if is_whole and self.field.field_type == wire.CONFIG_FIELD_TYPE_DOUBLE else value)  # type: ignore[arg-type]

    def _rule(self, rule: int, expression: str, message: str = "") -> FieldBuilder:
        self.field.validation_rules.add(type=rule, expression=expression, error_message=message)
        return self
