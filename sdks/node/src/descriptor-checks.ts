import { type JobTypeDescriptor, type ValueMap, type WireField, type WireForm, type WireValue, WorkerToAdmin } from "./wire.js";
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

/** Of what is stored: which bounds mean anything for it. A list's are those of its elements. */
const bounds: Record<string, readonly string[]> = {
  int64_value: ["int64_value"],
  double_value: ["double_value"],
  duration_value: ["duration_value"],
  int64_list: ["int64_value", "double_value"],
  double_list: ["int64_value", "double_value"],
};

const lengths = ["string_value", "bytes_value", "string_list", "list_value", "map_value"];
const items = [...kinds["LIST"]!, "map_value"];
const checks = ["absolute_path", "safe_root", "glob", "http_url", "env_names", "header_map", "cidr", "not_both_zero:FIELD"];
const notBothZero = "not_both_zero:";

/** An admin refuses the whole descriptor beyond these; a longer pattern it does not enforce. */
const most = { sections: 50, fields: 500, defaults: 2000, choices: 1000, rules: 50, nesting: 16, name: 200, pattern: 1000, bytes: 1024 * 1024 };

/** Of a pattern: escapes, comments, whole classes, and what stands alone. */
const pieces = /\\(?:c.|.)|\(\?#[^)]*\)|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P|[\\()[]/gs;

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
  const { admin_config_form: admin, worker_config_form: worker } = descriptor;
  if (admin) problems.push(...formProblems(admin, {}).map(text => `${admin.form_id}: ${text}`));
  if (worker) problems.push(...formProblems(worker, descriptor.worker_default_values ?? {}).map(text => `${worker.form_id}: ${text}`));
  if (problems.length === 0 && bytesOf(descriptor) > most.bytes) problems.push(`${descriptor.job_type}: the descriptor is larger than 1 MiB`);
  return problems;
}

/** On the wire; the text that an admin measures is longer. */
function bytesOf(descriptor: JobTypeDescriptor): number {
  return WorkerToAdmin.serialize({ config_schema_response: { request_id: "", job_type: "", success: true, error_message: "", job_type_descriptor: descriptor } }).length;
}

/** `over`: what the descriptor itself lays over the form's defaults. */
function formProblems(form: WireForm, over: ValueMap): string[] {
  const fields = form.sections.flatMap(section => section.fields);
  const sections = form.sections.map(section => section.section_id);
  const names = fields.map(field => field.name);
  const problems = [...tooMany(sections.length, most.sections, "sections"), ...tooMany(fields.length, most.fields, "fields")];
  problems.push(...tooMany(Math.max(Object.keys(form.default_values).length, Object.keys(over).length), most.defaults, "default values"));
  if (sections.some(id => id.length > most.name)) problems.push(`a section id is longer than ${most.name} characters`);
  if (names.some(name => name.length > most.name)) problems.push(`a field name is longer than ${most.name} characters`);
  for (const id of new Set(sections.filter((id, at) => sections.indexOf(id) !== at))) problems.push(`the section ${id} is there twice`);
  for (const name of new Set(names.filter((name, at) => names.indexOf(name) !== at))) problems.push(`the name ${name} is used twice`);
  for (const name of Object.keys(form.default_values)) {
    if (!names.includes(name)) problems.push(`there is a default for ${name}, which is not in the form`);
  }
  const values = [...Object.entries(form.default_values), ...Object.entries(over), ...fields.map(field => [field.name, field.visible_when_equals] as const)];
  for (const name of new Set(values.filter(([, value]) => isDeeper(value, most.nesting)).map(([name]) => name))) {
    problems.push(`${name} has a value nested deeper than ${most.nesting}`);
  }
  for (const name of circling(fields)) problems.push(`${name} depends on itself`);
  for (const field of fields) problems.push(...fieldProblems(form, field, names, over));
  return problems;
}

function fieldProblems(form: WireForm, field: WireField, names: readonly string[], over: ValueMap): string[] {
  if (!field.name) return ["a field has no name"];
  const type = field.field_type.replace("CONFIG_FIELD_TYPE_", "");
  const allowed = kinds[type];
  if (!allowed) return [`${field.name} has the unknown type ${field.field_type}`];
  const problems: string[] = [];
  const otherwise = form.default_values[field.name];
  const stored = storedKind(field, allowed, over[field.name] ?? otherwise);
  const wrong = (what: string, value: WireValue | undefined, fitting: readonly string[], of: string) => {
    const kind = value && kindOf(value);
    if (kind && !fitting.includes(kind)) problems.push(`${what} of ${field.name} is a ${kind}, which does not fit its ${of}`);
    return Boolean(kind) && !fitting.includes(kind!);
  };
  const bound = [bounds[stored] ?? [], type === "LIST" ? "elements" : "type"] as const;
  const mistyped = [wrong("the default", otherwise, allowed, "type"), wrong("the lowest value", field.min_value, ...bound), wrong("the highest value", field.max_value, ...bound)].includes(true);
  if (!mistyped) problems.push(...rangeProblems(field, type === "LIST" ? undefined : otherwise));
  if (field.visible_when_field && !names.includes(field.visible_when_field)) {
    problems.push(`${field.name} depends on ${field.visible_when_field}, which is not in the form`);
  }
  for (const { type, expression } of field.validation_rules) {
    const other = expression.trim().slice(notBothZero.length);
    if (type === "VALIDATION_RULE_TYPE_CUSTOM" && expression.trim().startsWith(notBothZero) && !names.includes(other)) {
      problems.push(`${field.name} is checked with ${other}, which is not in the form`);
    }
  }
  problems.push(...choiceProblems(field, otherwise), ...ruleProblems(field, stored).map(text => `${field.name} has ${text}`));
  return problems;
}

/** The kind that an admin stores; of a list it is the default that tells the kind of the elements. */
function storedKind(field: WireField, allowed: readonly string[], otherwise: WireValue | undefined): string {
  if (field.widget === "CONFIG_WIDGET_MULTI_SELECT" && /_(ENUM|LIST)$/.test(field.field_type)) return "string_list";
  const kind = otherwise && kindOf(otherwise);
  return kind && allowed.includes(kind) ? kind : allowed[0]!;
}

/** Fields whose visibility leads back to themselves. */
function circling(fields: readonly WireField[]): string[] {
  const controllers = new Map<string, string>();
  for (const field of fields) if (!controllers.has(field.name)) controllers.set(field.name, field.visible_when_field ?? "");
  return [...controllers.keys()].filter(start => {
    let at = controllers.get(start);
    for (let steps = 0; at && at !== start && steps < controllers.size; steps++) at = controllers.get(at);
    return start !== "" && at === start;
  });
}

function rangeProblems(field: WireField, otherwise: WireValue | undefined): string[] {
  const [value, lowest, highest] = [otherwise, field.min_value, field.max_value].map(wire => (wire ? (fromWire(wire) as number | bigint) : undefined));
  if (lowest !== undefined && highest !== undefined && lowest > highest) return [`the lowest value of ${field.name} is above its highest`];
  const outside = value !== undefined && ((lowest !== undefined && value < lowest) || (highest !== undefined && value > highest));
  return outside ? [`the default of ${field.name} is outside its range`] : [];
}

function choiceProblems(field: WireField, otherwise: WireValue | undefined): string[] {
  const values = field.options.map(option => option.value);
  const problems = tooMany(values.length, most.choices, "choices").map(text => `${field.name} has ${text}`);
  for (const value of new Set(values.filter((value, at) => values.indexOf(value) !== at))) problems.push(`${field.name} has the choice ${value} twice`);
  const isChoice = field.field_type === "CONFIG_FIELD_TYPE_ENUM" || field.widget === "CONFIG_WIDGET_MULTI_SELECT";
  if (!isChoice) return problems;
  if (values.length === 0) problems.push(`${field.name} has no choices`);
  const chosen = otherwise?.string_list?.values ?? (otherwise?.string_value ? [otherwise.string_value] : []);
  for (const value of chosen.filter(value => !values.includes(value))) problems.push(`the default ${value} of ${field.name} is none of its choices`);
  return problems;
}

function ruleProblems(field: WireField, stored: string): string[] {
  const problems = tooMany(field.validation_rules.length, most.rules, "rules");
  const limits: Record<string, number[]> = { MIN_LENGTH: [], MAX_LENGTH: [], MIN_ITEMS: [], MAX_ITEMS: [] };
  for (const { type, expression } of field.validation_rules) {
    const rule = type.replace("VALIDATION_RULE_TYPE_", "");
    if (rule === "REGEX") {
      const why = unreadable(expression);
      if (why) problems.push(`a pattern that cannot be read: ${why}`);
    } else if (rule === "CUSTOM") {
      if (!checks.includes(expression.trim()) && !expression.trim().startsWith(notBothZero)) problems.push(`the check ${expression.trim()}, which is none of ${checks.join(", ")}`);
    } else if (!limits[rule]) {
      problems.push("a rule of an unknown type");
    } else if (!/^\d+$/.test(expression) || Number(expression) >= 2 ** 31) {
      problems.push("a limit that is no number of 0 or more");
    } else {
      const [what, fitting] = rule.endsWith("ITEMS") ? ["items", items] : ["length", lengths];
      if (!fitting.includes(stored)) problems.push(`a limit of its ${what}, which means nothing for its type`);
      limits[rule]!.push(Number(expression));
    }
  }
  if (Math.max(...limits["MIN_LENGTH"]!) > Math.min(...limits["MAX_LENGTH"]!)) problems.push("a lowest length above its highest");
  if (Math.max(...limits["MIN_ITEMS"]!) > Math.min(...limits["MAX_ITEMS"]!)) problems.push("a lowest number of items above its highest");
  return problems;
}

/** Why no admin can read it: only what all dialects share, for an admin's is .NET's and not JavaScript's. */
function unreadable(pattern: string): string | undefined {
  if (pattern.length > most.pattern) return `it is longer than ${most.pattern} characters`;
  // Comments to the end of a line may hold any bracket.
  if (/\(\?[imns-]*x/i.test(pattern)) return undefined;
  let opened = 0;
  for (const [piece] of pattern.matchAll(pieces)) {
    if (piece === "\\") return "it ends within an escape";
    if (piece === "[") return "a [ is not closed";
    if (piece === "(?P") return "(?P is Python's alone, a name is given by (?<name>…)";
    opened += piece === "(" ? 1 : piece === ")" ? -1 : 0;
    if (opened < 0) return "a ) closes nothing";
  }
  return opened > 0 ? "a ( is not closed" : undefined;
}

function tooMany(count: number, limit: number, things: string): string[] {
  return count > limit ? [`${count} ${things}, at most ${limit} are taken`] : [];
}

function isDeeper(value: WireValue | undefined, left: number): boolean {
  const inner = [...(value?.list_value?.values ?? []), ...Object.values(value?.map_value?.fields ?? {})];
  return left < 0 || inner.some(item => isDeeper(item, left - 1));
}
