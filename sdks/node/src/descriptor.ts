import type { JobTypeDescriptor, RuntimeDefaults, WireField, WireForm, WireValue } from "./wire.js";
import { type Plain, Value, toWire } from "./values.js";
import { descriptorProblems } from "./descriptor-checks.js";

/** Scheduling and limits the admin starts with; what is left out is the admin's own number. */
export interface RuntimeOptions {
  /** Default true; false: the type does nothing until a person enables it. */
  enabled?: boolean;
  detectionIntervalMinutes?: number;
  detectionTimeoutSeconds?: number;
  maxJobsPerDetection?: number;
  globalExecutionConcurrency?: number;
  perWorkerExecutionConcurrency?: number;
  retryLimit?: number;
  retryBackoffSeconds?: number;
  jobTypeMaxRuntimeSeconds?: number;
  executionTimeoutSeconds?: number;
}

/** A choice: its value, and what people read. */
export type Choice = readonly [value: string, label: string];

/**
 * Builds a job type's descriptor with kinds that fit: `new DescriptorBuilder("x", "X").worker(form => form.section(…)).build()`.
 * Mistakes (a name twice, a default outside its range, an unknown controlling field) are thrown together by {@link build}.
 */
export class DescriptorBuilder {
  readonly #descriptor: JobTypeDescriptor;
  readonly #problems: string[] = [];

  /**
   * @param jobType 1 to 64 letters, digits, `_ . -`.
   * @param displayName What people call it.
   * @param about `version` (from 1) is raised when the forms change; `icon` is a name such as `fa-link`.
   */
  constructor(jobType: string, displayName: string, about: { description?: string; icon?: string; version?: number } = {}) {
    this.#descriptor = {
      job_type: jobType,
      display_name: displayName,
      description: about.description ?? "",
      icon: about.icon ?? "",
      descriptor_version: about.version ?? 1,
      admin_runtime_defaults: { enabled: true },
      worker_default_values: {},
    };
  }

  /** Settings the admin itself reads. */
  admin(build: (form: FormBuilder) => void): this {
    this.#descriptor.admin_config_form = this.#form("admin", build);
    return this;
  }

  /** Settings and job parameters of the worker; sections `job` and `job.*` are asked for with each job. */
  worker(build: (form: FormBuilder) => void): this {
    const form = this.#form("worker", build);
    this.#descriptor.worker_config_form = form;
    this.#descriptor.worker_default_values = { ...form.default_values };
    return this;
  }

  /** Scheduling and limits the admin starts with. Without this the type is enabled, with the admin's own numbers. */
  runtime(options: RuntimeOptions): this {
    const defaults: Record<string, unknown> = { enabled: options.enabled ?? true };
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined) defaults[name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)] = value;
    }
    this.#descriptor.admin_runtime_defaults = defaults as RuntimeDefaults;
    return this;
  }

  /** The descriptor. Throws an Error with all mistakes, one per line. */
  build(): JobTypeDescriptor {
    const problems = [...this.#problems, ...descriptorProblems(this.#descriptor)];
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return this.#descriptor;
  }

  #form(kind: string, build: (form: FormBuilder) => void): WireForm {
    const form: WireForm = { form_id: `${this.#descriptor.job_type}.${kind}`, sections: [], default_values: {} };
    build(new FormBuilder(form, this.#problems));
    return form;
  }
}

/** One form in the making. */
export class FormBuilder {
  readonly #form: WireForm;
  readonly #problems: string[];

  /** @internal */
  constructor(form: WireForm, problems: string[]) {
    this.#form = form;
    this.#problems = problems;
  }

  /** A card of fields. */
  section(id: string, title: string, description: string, build: (section: SectionBuilder) => void): this {
    const fields: WireField[] = [];
    this.#form.sections.push({ section_id: id, title, description, fields });
    build(new SectionBuilder(this.#form, fields, this.#problems));
    return this;
  }
}

/** Fields of a section. Each method takes name, label, help and the default; the rest is said on the returned field. */
export class SectionBuilder {
  readonly #form: WireForm;
  readonly #fields: WireField[];
  readonly #problems: string[];

  /** @internal */
  constructor(form: WireForm, fields: WireField[], problems: string[]) {
    this.#form = form;
    this.#fields = fields;
    this.#problems = problems;
  }

  /** A switch. */
  toggle(name: string, label: string, help: string, otherwise = false): FieldBuilder {
    return this.#add(name, label, help, "BOOL", "TOGGLE", () => otherwise);
  }

  /** A 64-bit integer. */
  integer(name: string, label: string, help: string, otherwise: number | bigint = 0): FieldBuilder {
    return this.#add(name, label, help, "INT64", "NUMBER", () => Value.int64(otherwise));
  }

  /** A double. */
  number(name: string, label: string, help: string, otherwise = 0): FieldBuilder {
    return this.#add(name, label, help, "DOUBLE", "NUMBER", () => Value.double(otherwise));
  }

  /** One line of text. */
  text(name: string, label: string, help: string, otherwise = ""): FieldBuilder {
    return this.#add(name, label, help, "STRING", "TEXT", () => otherwise);
  }

  /** Lines of text. */
  textArea(name: string, label: string, help: string, otherwise = ""): FieldBuilder {
    return this.#add(name, label, help, "STRING", "TEXTAREA", () => otherwise);
  }

  /** A secret: never shown again once saved. */
  secret(name: string, label: string, help: string): FieldBuilder {
    return this.#add(name, label, help, "STRING", "PASSWORD").sensitive();
  }

  /** Bytes. */
  bytes(name: string, label: string, help: string): FieldBuilder {
    return this.#add(name, label, help, "BYTES", "TEXTAREA", () => new Uint8Array());
  }

  /** A span of time; the default in milliseconds. */
  duration(name: string, label: string, help: string, otherwise: number): FieldBuilder {
    return this.#add(name, label, help, "DURATION", "DURATION", () => Value.duration(otherwise));
  }

  /** One of several. */
  select(name: string, label: string, help: string, otherwise: string, choices: readonly Choice[]): FieldBuilder {
    return this.#add(name, label, help, "ENUM", "SELECT", () => otherwise).choices(choices);
  }

  /** Any of several. */
  multiSelect(name: string, label: string, help: string, otherwise: readonly string[], choices: readonly Choice[]): FieldBuilder {
    return this.#add(name, label, help, "LIST", "MULTI_SELECT", () => Value.strings(otherwise)).choices(choices);
  }

  /** A list; its elements have the kind of those of the default, texts when it is empty. */
  list(name: string, label: string, help: string, otherwise: readonly Plain[] | Value = []): FieldBuilder {
    return this.#add(name, label, help, "LIST", "TEXTAREA", () => otherwise);
  }

  /** A map of values. */
  map(name: string, label: string, help: string, otherwise: { readonly [name: string]: Plain } = {}): FieldBuilder {
    return this.#add(name, label, help, "OBJECT", "TEXTAREA", () => Value.map(otherwise));
  }

  #add(name: string, label: string, help: string, type: string, widget: string, otherwise?: () => Plain): FieldBuilder {
    const field: WireField = { name, label, help_text: help, field_type: `CONFIG_FIELD_TYPE_${type}`, widget: `CONFIG_WIDGET_${widget}`, options: [], validation_rules: [] };
    this.#fields.push(field);
    const builder = new FieldBuilder(this.#form, field, this.#problems);
    const value = otherwise && builder.wire("the default", otherwise);
    if (value) this.#form.default_values[name] = value;
    return builder;
  }
}

/** One field in the making. */
export class FieldBuilder {
  readonly #form: WireForm;
  readonly #problems: string[];

  /** @internal */
  constructor(
    form: WireForm,
    /** The field as the protocol carries it. */
    readonly field: WireField,
    problems: string[],
  ) {
    this.#form = form;
    this.#problems = problems;
  }

  /** Must have a value; such a field has no default. */
  required(): this {
    this.field.required = true;
    delete this.#form.default_values[this.field.name];
    return this;
  }

  /** Shown, not edited. */
  readOnly(): this {
    this.field.read_only = true;
    return this;
  }

  /** Lowest and highest value; of a duration in milliseconds, of a list of numbers those of its elements. */
  range(lowest: number | bigint, highest: number | bigint): this {
    this.field.min_value = this.wire("the lowest value", () => this.#bound(lowest));
    this.field.max_value = this.wire("the highest value", () => this.#bound(highest));
    return this;
  }

  /** Shown while empty. */
  placeholder(text: string): this {
    this.field.placeholder = text;
    return this;
  }

  /** The whole value must match. The expression is the admin's (.NET); the message is shown when it is broken. */
  regex(pattern: string, message = ""): this {
    return this.#rule("REGEX", pattern, message);
  }

  /** Most items of a list or map. */
  maxItems(most: number): this {
    return this.#rule("MAX_ITEMS", String(most));
  }

  /** Fewest items. */
  minItems(fewest: number): this {
    return this.#rule("MIN_ITEMS", String(fewest));
  }

  /** Longest text, or bytes. */
  maxLength(most: number): this {
    return this.#rule("MAX_LENGTH", String(most));
  }

  /** Shortest text, or bytes. */
  minLength(fewest: number): this {
    return this.#rule("MIN_LENGTH", String(fewest));
  }

  /** A named check of the admin: absolute_path, safe_root, glob, http_url, env_names, header_map, cidr; or not_both_zero: with the name of another number behind it. */
  check(name: string): this {
    return this.#rule("CUSTOM", name);
  }

  /** Shown only while another field of the form has this value. */
  visibleWhen(field: string, equals: Plain): this {
    this.field.visible_when_field = field;
    this.field.visible_when_equals = this.wire("the value it depends on", () => equals);
    return this;
  }

  /** Never shown again once saved, whatever its type. */
  sensitive(): this {
    this.field.sensitive = true;
    this.field.widget = "CONFIG_WIDGET_PASSWORD";
    return this;
  }

  /** The choice of that value cannot be taken, and why. */
  disabledOption(value: string, label: string, why: string): this {
    this.field.options.push({ value, label, description: why, disabled: true });
    return this;
  }

  /** @internal */
  choices(choices: readonly Choice[]): this {
    this.field.options.push(...choices.map(([value, label]) => ({ value, label })));
    return this;
  }

  /** @internal What cannot be converted is a problem of the descriptor, told of with the others. */
  wire(what: string, value: () => Plain): WireValue | undefined {
    try {
      return toWire(value());
    } catch (error) {
      this.#problems.push(`${this.#form.form_id}: ${what} of ${this.field.name} cannot be used: ${(error as Error).message}`);
      return undefined;
    }
  }

  #bound(value: number | bigint): Plain {
    switch (this.field.field_type) {
      case "CONFIG_FIELD_TYPE_DOUBLE":
        return Value.double(Number(value));
      case "CONFIG_FIELD_TYPE_DURATION":
        return Value.duration(Number(value));
      case "CONFIG_FIELD_TYPE_LIST":
        return value;
      default:
        return Value.int64(value);
    }
  }

  #rule(type: string, expression: string, message = ""): this {
    this.field.validation_rules.push({ type: `VALIDATION_RULE_TYPE_${type}`, expression, error_message: message });
    return this;
  }
}
