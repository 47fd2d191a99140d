import type { JobTypeDescriptor, ValueMap, WireTime, WireValue } from "./wire.js";
import { fromWire, int64, kindOf } from "./values.js";

/** Saved values over the defaults of a job type, in the order in which its admin lays them: the worker defaults of the descriptor over those of its form. */
export function savedLayers(descriptor: JobTypeDescriptor, saved: { worker_config_values: ValueMap; admin_config_values: ValueMap }): readonly ValueMap[] {
  const { worker_default_values: over, worker_config_form: worker, admin_config_form: admin } = descriptor;
  return [saved.worker_config_values, saved.admin_config_values, over ?? {}, worker?.default_values ?? {}, admin?.default_values ?? {}];
}

/**
 * Reads values by name from several layers: job parameter, then saved value, then descriptor default. Kinds are coerced where
 * nothing is lost (a whole double for an integer, `"30s"` for a duration, a comma text for a list); a value of a wrong kind
 * counts as absent and is told of in {@link warnings}, never thrown.
 */
export class ConfigReader {
  readonly #layers: readonly ValueMap[];
  readonly #onWarning: ((text: string) => void) | undefined;
  readonly #warnings = new Set<string>();

  /** @param layers The first one wins. @param onWarning Told once of each value that cannot be used. */
  constructor(layers: readonly ValueMap[], onWarning?: (text: string) => void) {
    this.#layers = layers;
    this.#onWarning = onWarning;
  }

  /** A reader with one more layer on top. */
  under(top: ValueMap): ConfigReader {
    return new ConfigReader([top, ...this.#layers], this.#onWarning);
  }

  /** What was stored in a kind that could not be used. */
  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** True when some layer has a value of that name. */
  has(name: string): boolean {
    return this.#layers.some(layer => Object.hasOwn(layer, name));
  }

  /** The value of the first layer that has it, as the protocol carries it. */
  raw(name: string): WireValue | undefined {
    return this.#layers.find(layer => Object.hasOwn(layer, name))?.[name];
  }

  /** A text; numbers, booleans, durations (`90s`, `0.25s`) and lists of texts are written out. */
  text(name: string, otherwise = ""): string {
    return this.#read(name, otherwise, (wire, kind) => {
      if (kind === "string_list") return wire.string_list!.values.join(",");
      if (kind === "duration_value") return durationText(wire.duration_value!);
      if (kind === "double_value" && !Number.isFinite(wire.double_value)) return undefined;
      return kind === "string_value" || kind === "int64_value" || kind === "double_value" || kind === "bool_value" ? String(fromWire(wire)) : undefined;
    });
  }

  /** A 64-bit integer: a number when it is safe, else a BigInt; of a duration the whole seconds it has. */
  int64(name: string, otherwise: number | bigint = 0): number | bigint {
    return this.#read(name, otherwise, (wire, kind) => {
      if (kind === "int64_value") return int64(wire.int64_value!);
      if (kind === "double_value" && Number.isSafeInteger(wire.double_value)) return wire.double_value;
      if (kind === "duration_value") return wire.duration_value!.nanos === 0 ? int64(wire.duration_value!.seconds) : undefined;
      return kind === "string_value" ? wholeNumber(wire.string_value!) : undefined;
    });
  }

  /** An integer that must be a safe number; a larger one counts as of a wrong kind. */
  integer(name: string, otherwise = 0): number {
    return this.#read(name, otherwise, wire => {
      const value = new ConfigReader([{ [name]: wire }]).int64(name, NaN);
      return typeof value === "number" && !Number.isNaN(value) ? value : undefined;
    });
  }

  /** A double; of a duration its seconds. */
  double(name: string, otherwise = 0): number {
    return this.#read(name, otherwise, (wire, kind) => {
      if (kind === "double_value") return Number.isFinite(wire.double_value) ? wire.double_value : undefined;
      if (kind === "int64_value") return exactly(wire.int64_value!);
      if (kind === "duration_value") return Number(wire.duration_value!.seconds) + wire.duration_value!.nanos / 1e9;
      return kind === "string_value" ? decimal(wire.string_value!) : undefined;
    });
  }

  /** A boolean. */
  bool(name: string, otherwise = false): boolean {
    return this.#read(name, otherwise, (wire, kind) => {
      if (kind === "bool_value") return wire.bool_value;
      const text = kind === "string_value" ? wire.string_value!.trim().toLowerCase() : "";
      return text === "true" ? true : text === "false" ? false : undefined;
    });
  }

  /** Bytes; a text is read as UTF-8. */
  bytes(name: string): Buffer {
    return this.#read(name, Buffer.alloc(0), (wire, kind) => {
      if (kind === "bytes_value") return Buffer.from(wire.bytes_value!);
      return kind === "string_value" ? Buffer.from(wire.string_value!, "utf8") : undefined;
    });
  }

  /** A duration in milliseconds; plain numbers are seconds, texts as `30s`, `10m`, `1h30m`, `250ms`. At most 900 billion seconds. */
  duration(name: string, otherwise = 0): number {
    return this.#read(name, otherwise, (wire, kind) => {
      if (kind === "duration_value") return inRange(fromWire(wire) as number);
      if (kind === "int64_value") return inRange(Number(wire.int64_value) * 1000);
      if (kind === "double_value") return inRange(wire.double_value! * 1000);
      return kind === "string_value" ? parseDuration(wire.string_value!) : undefined;
    });
  }

  /** A list of texts; a plain text is split at commas. */
  texts(name: string): string[] {
    return this.#read<string[]>(name, [], (wire, kind) => {
      if (kind === "string_list") return [...wire.string_list!.values];
      if (kind === "string_value") return wire.string_value!.split(",").map(text => text.trim()).filter(text => text.length > 0);
      return kind === "list_value" && wire.list_value!.values.every(item => kindOf(item) === "string_value")
        ? wire.list_value!.values.map(item => item.string_value!) : undefined;
    });
  }

  /** A list of 64-bit integers. */
  int64s(name: string): (number | bigint)[] {
    return this.#read<(number | bigint)[]>(name, [], (wire, kind) => {
      if (kind === "int64_list") return wire.int64_list!.values.map(int64);
      return kind === "list_value" && wire.list_value!.values.every(item => kindOf(item) === "int64_value")
        ? wire.list_value!.values.map(item => int64(item.int64_value!)) : undefined;
    });
  }

  /** A map of values as the protocol carries them; `new ConfigReader([map])` reads it. */
  map(name: string): ValueMap {
    return this.#read<ValueMap>(name, {}, (wire, kind) => (kind === "map_value" ? wire.map_value!.fields : undefined));
  }

  #read<T>(name: string, otherwise: T, convert: (wire: WireValue, kind: string) => T | undefined): T {
    for (const layer of this.#layers) {
      const wire = Object.hasOwn(layer, name) ? layer[name] : undefined;
      const kind = wire && kindOf(wire);
      if (!kind) continue;
      const value = convert(wire, kind);
      if (value !== undefined) return value;
      this.#warn(`${name} is stored as ${kind}, which cannot be used here; the default is taken`);
    }
    return otherwise;
  }

  #warn(text: string): void {
    if (this.#warnings.has(text)) return;
    this.#warnings.add(text);
    this.#onWarning?.(text);
  }
}

function wholeNumber(text: string): number | bigint | undefined {
  const digits = text.trim().replace(/^\+/, "");
  if (!/^-?\d{1,19}$/.test(digits) || BigInt.asIntN(64, BigInt(digits)) !== BigInt(digits)) return undefined;
  return int64(digits);
}

/** The double of the same value; undefined when there is none. */
function exactly(digits: string | number): number | undefined {
  return BigInt(Number(digits)) === BigInt(digits) ? Number(digits) : undefined;
}

function decimal(text: string): number | undefined {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** As far as the SDKs of all languages can say it: some 29,000 years, in milliseconds. */
const longest = 900_000_000_000_000;

function inRange(milliseconds: number): number | undefined {
  return Math.abs(milliseconds) <= longest ? milliseconds : undefined;
}

function durationText({ seconds, nanos }: WireTime): string {
  const sign = Number(seconds) < 0 || nanos < 0 ? "-" : "";
  const fraction = String(Math.abs(nanos)).padStart(9, "0").replace(/0+$/, "");
  return `${sign}${String(seconds).replace("-", "")}${fraction && `.${fraction}`}s`;
}

/** A duration as people write it, in milliseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const seconds = decimal(text);
  if (seconds !== undefined) return inRange(seconds * 1000);
  const [, sign, parts] = /^\s*(-?)((?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)\s*$/.exec(text) ?? [];
  if (parts === undefined) return undefined;
  let total = 0;
  for (const [, count, unit] of parts.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) total += Number(count) * units[unit!]!;
  return inRange(sign ? -total : total);
}
