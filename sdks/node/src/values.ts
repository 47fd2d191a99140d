import type { ValueMap, WireValue } from "./wire.js";

/**
 * What handlers may put into outputs, parameters, metrics and details. Whole numbers become 64-bit integers, others doubles;
 * lists of one simple kind become lists of that kind; for anything else there is {@link Value}.
 */
export type Plain = boolean | number | bigint | string | Uint8Array | Value | readonly Plain[] | { readonly [name: string]: Plain };

const lowest = -(2n ** 63n);
const highest = 2n ** 63n - 1n;

/** A value of one of the protocol's twelve kinds, for where a plain JavaScript value would say too little. */
export class Value {
  private constructor(
    /** The value as the protocol carries it. */
    readonly wire: WireValue,
  ) {}

  /** Takes a value of the protocol as it is. */
  static from(wire: WireValue): Value {
    return new Value(wire);
  }

  /** A 64-bit integer, also beyond 2^53 as BigInt. */
  static int64(value: number | bigint): Value {
    return new Value({ int64_value: int64Text(value) });
  }

  /** A double, also of a whole number. */
  static double(value: number): Value {
    return new Value({ double_value: value });
  }

  /** A span of time. */
  static duration(milliseconds: number): Value {
    if (!Number.isFinite(milliseconds)) throw new RangeError(`${milliseconds} is not a duration`);
    const seconds = Math.trunc(milliseconds / 1000);
    return new Value({ duration_value: { seconds, nanos: Math.round((milliseconds - seconds * 1000) * 1e6) } });
  }

  static strings(values: readonly string[]): Value {
    return new Value({ string_list: { values: [...values] } });
  }

  static int64s(values: readonly (number | bigint)[]): Value {
    return new Value({ int64_list: { values: values.map(int64Text) } });
  }

  static doubles(values: readonly number[]): Value {
    return new Value({ double_list: { values: [...values] } });
  }

  static bools(values: readonly boolean[]): Value {
    return new Value({ bool_list: { values: [...values] } });
  }

  /** A list of values of any kinds. */
  static list(values: readonly Plain[]): Value {
    return new Value({ list_value: { values: values.map(toWire) } });
  }

  /** A map of values of any kinds. */
  static map(fields: { readonly [name: string]: Plain }): Value {
    return new Value({ map_value: { fields: toWireMap(fields) } });
  }
}

function int64Text(value: number | bigint): string {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number below 2^53: give a BigInt`);
  const exact = BigInt(value);
  if (exact < lowest || exact > highest) throw new RangeError(`${value} does not fit into 64 bits`);
  return exact.toString();
}

/** The kind that is set; undefined when none is. */
export function kindOf(wire: WireValue): string | undefined {
  return wire.kind ?? Object.keys(wire).find(name => wire[name as keyof WireValue] !== undefined && wire[name as keyof WireValue] !== null);
}

/** A plain value as the protocol carries it; throws a TypeError for what has no place there. */
export function toWire(value: Plain): WireValue {
  if (value instanceof Value) return value.wire;
  if (value instanceof Uint8Array) return { bytes_value: value };
  switch (typeof value) {
    case "boolean":
      return { bool_value: value };
    case "string":
      return { string_value: value };
    case "bigint":
      return { int64_value: int64Text(value) };
    case "number":
      return Number.isSafeInteger(value) ? { int64_value: value.toString() } : { double_value: value };
    case "object":
      if (Array.isArray(value)) return listToWire(value);
      if (value !== null) return Value.map(value as { [name: string]: Plain }).wire;
  }
  throw new TypeError(`${value === null ? "null" : typeof value} is no value of the protocol`);
}

function listToWire(values: readonly Plain[]): WireValue {
  if (values.every(value => typeof value === "string")) return { string_list: { values: values as string[] } };
  if (values.every(value => typeof value === "boolean")) return { bool_list: { values: values as boolean[] } };
  if (values.every(value => typeof value === "bigint" || Number.isSafeInteger(value))) return Value.int64s(values as number[]).wire;
  if (values.every(value => typeof value === "number")) return { double_list: { values: values as number[] } };
  return Value.list(values).wire;
}

/** Named values as the protocol carries them. */
export function toWireMap(values: { readonly [name: string]: Plain }): ValueMap {
  const map: ValueMap = Object.create(null);
  for (const [name, value] of Object.entries(values)) map[name] = toWire(value);
  return map;
}

/** A 64-bit integer of the wire: a number when it is safe, else a BigInt. */
export function int64(text: string | number): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/**
 * A value of the protocol as plain JavaScript: integers beyond 2^53 as BigInt, bytes as Buffer, durations in milliseconds;
 * undefined when no kind is set.
 */
export function fromWire(wire: WireValue): unknown {
  switch (kindOf(wire)) {
    case "bool_value":
      return wire.bool_value;
    case "int64_value":
      return int64(wire.int64_value!);
    case "double_value":
      return wire.double_value;
    case "string_value":
      return wire.string_value;
    case "bytes_value":
      return wire.bytes_value;
    case "duration_value":
      return Number(wire.duration_value!.seconds) * 1000 + wire.duration_value!.nanos / 1e6;
    case "string_list":
      return [...wire.string_list!.values];
    case "int64_list":
      return wire.int64_list!.values.map(int64);
    case "double_list":
      return [...wire.double_list!.values];
    case "bool_list":
      return [...wire.bool_list!.values];
    case "list_value":
      return wire.list_value!.values.map(fromWire);
    case "map_value":
      return fromWireMap(wire.map_value!.fields);
    default:
      return undefined;
  }
}

/** Named values as plain JavaScript, in an object without a prototype. */
export function fromWireMap(map: ValueMap): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null);
  for (const [name, wire] of Object.entries(map)) values[name] = fromWire(wire);
  return values;
}
