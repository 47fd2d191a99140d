import type { JobTypeDescriptor, WireField, WireForm, WireValue } from "./wire.js";
import { fromWire, kindOf } from "./values.js";

const kinds: Record<string, readonly string[]> = {
  BOOL: ["bool_value"],
  INT64: ["int64_value"],
  DOUBLE: ["double_value"],
  STRING: ["string_value"],
  BYTES: ["bytes_value"],
  DURATION: ["duration_value"],
  ENUM: ["string_value"],
  LIST: ["string_list", "int64_list", "double_list", "bool_list", "list_value"],
  OBJECT: ["map_value"],
};

/** What admins take as a job type in paths and ids. */
export function isJobType(text: unknown): text is string {
  return typeof text === "string" && /^[A-Za-z0-9_.-]{1,64}$/.test(text);
}

/** Everything that is wrong with a descriptor, whoever made it; empty when nothing is. */
export function descriptorProblems(descriptor: JobTypeDescriptor): string[] {
  const problems: string[] = [];
  if (!isJobType(descriptor.job_type)) problems.push(`'${descriptor.job_type}' is not a job type: use 1 to 64 letters, digits, '_', '.' or '-'`);
  if (!Number.isInteger(descriptor.descriptor_version) || descriptor.descriptor_version < 1) {
    problems.push(`${descriptor.job_type}: the version is a whole number from 1`);
  }
  for (const [name, value] of Object.entries(descriptor.admin_runtime_defaults ?? {})) {
    if (name !== "enabled" && !(Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31)) {
      problems.push(`${descriptor.job_type}: ${name} is a whole number from 0, not ${String(value)}`);
    }
  }
  for (const form of [descriptor.admin_config_form, descriptor.worker_config_form]) {
    if (form) problems.push(...formProblems(form).map(text => `${form.form_id}: ${text}`));
  }
  return problems;
}

function formProblems(form: WireForm): string[] {
  const problems: string[] = [];
  const fields = form.sections.flatMap(section => section.fields);
  const sections = form.sections.map(section => section.section_id);
  for (const id of new Set(sections.filter((id, at) => sections.indexOf(id) !== at))) problems.push(`the section ${id} is there twice`);
  const names = fields.map(field => field.name);
  for (const name of new Set(names.filter((name, at) => names.indexOf(name) !== at))) problems.push(`the name ${name} is used twice`);
  for (const name of Object.keys(form.default_values)) {
    if (!names.includes(name)) problems.push(`there is a default for ${name}, which is not in the form`);
  }
  for (const field of fields) problems.push(...fieldProblems(form, field, names));
  return problems;
}

function fieldProblems(form: WireForm, field: WireField, names: readonly string[]): string[] {
  if (!field.name) return ["a field has no name"];
  const allowed = kinds[field.field_type.replace("CONFIG_FIELD_TYPE_", "")];
  if (!allowed) return [`${field.name} has the unknown type ${field.field_type}`];
  const problems: string[] = [];
  const otherwise = form.default_values[field.name];
  const wrong = (what: string, value: WireValue | undefined) => {
    const kind = value && kindOf(value);
    if (kind && !allowed.includes(kind)) problems.push(`${what} of ${field.name} is a ${kind}, which does not fit its type`);
    return Boolean(kind) && !allowed.includes(kind!);
  };
  const mistyped = [wrong("the default", otherwise), wrong("the lowest value", field.min_value), wrong("the highest value", field.max_value)].includes(true);
  if (!mistyped) problems.push(...rangeProblems(field, otherwise));
  if (field.visible_when_field && !names.includes(field.visible_when_field)) {
    problems.push(`${field.name} depends on ${field.visible_when_field}, which is not in the form`);
  }
  problems.push(...choiceProblems(field, otherwise));
  const limits = field.validation_rules.filter(({ type }) => /_(MIN|MAX)_(LENGTH|ITEMS)$/.test(type));
  if (!limits.every(({ expression }) => /^\d+$/.test(expression) && Number(expression) < 2 ** 31)) problems.push(`${field.name} has a limit that is no number of 0 or more`);
  return problems;
}

function rangeProblems(field: WireField, otherwise: WireValue | undefined): string[] {
  const [value, lowest, highest] = [otherwise, field.min_value, field.max_value].map(wire => (wire ? (fromWire(wire) as number | bigint) : undefined));
  if (lowest !== undefined && highest !== undefined && lowest > highest) return [`the lowest value of ${field.name} is above its highest`];
  const outside = value !== undefined && ((lowest !== undefined && value < lowest) || (highest !== undefined && value > highest));
  return outside ? [`the default of ${field.name} is outside its range`] : [];
}

function choiceProblems(field: WireField, otherwise: WireValue | undefined): string[] {
  const problems: string[] = [];
  const values = field.options.map(option => option.value);
  for (const value of new Set(values.filter((value, at) => values.indexOf(value) !== at))) problems.push(`${field.name} has the choice ${value} twice`);
  const isChoice = field.field_type === "CONFIG_FIELD_TYPE_ENUM" || field.widget === "CONFIG_WIDGET_MULTI_SELECT";
  if (!isChoice) return problems;
  if (values.length === 0) problems.push(`${field.name} has no choices`);
  const chosen = otherwise?.string_list?.values ?? (otherwise?.string_value ? [otherwise.string_value] : []);
  for (const value of chosen.filter(value => !values.includes(value))) problems.push(`the default ${value} of ${field.name} is none of its choices`);
  return problems;
}
