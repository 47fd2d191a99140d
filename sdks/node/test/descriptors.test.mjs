// What no admin would take cannot be built, nor be brought along by a handler.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { DescriptorBuilder, Value, descriptorProblems } from "../dist/index.js";

const table = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", "descriptor-mistakes.json");

/** `{"times": n, "of": x}` stands for so many items of a list, with their number for `#`; elsewhere for a text so many times. */
function expanded(node) {
  if (Array.isArray(node)) {
    return node.flatMap(item => (item?.times ? Array.from({ length: item.times }, (_, number) => JSON.parse(JSON.stringify(item.of).replaceAll("#", number))) : [item])).map(expanded);
  }
  if (node === null || typeof node !== "object") return node;
  return node.times ? node.of.repeat(node.times) : Object.fromEntries(Object.entries(node).map(([name, value]) => [name, expanded(value)]));
}

test("forms are judged as the table of all SDKs says", () => {
  for (const row of JSON.parse(readFileSync(table, "utf8"))) {
    const { say, fields, sections = [{ section_id: "s", fields }], default_values = {}, worker_default_values = {} } = expanded(row);
    const whole = sections.map(section => ({ title: "", description: "", ...section, fields: section.fields.map(field => ({ label: "", help_text: "", widget: "CONFIG_WIDGET_UNSPECIFIED", options: [], validation_rules: [], ...field })) }));
    const form = { form_id: "t.worker", sections: whole, default_values };
    const found = descriptorProblems({ job_type: "t", display_name: "", description: "", icon: "", descriptor_version: 1, admin_runtime_defaults: {}, worker_config_form: form, worker_default_values });
    assert.equal(found.length > 0, say !== undefined, `${JSON.stringify(row)}: ${found.join("; ")}`);
    for (const problem of found) assert.ok(problem.includes(say), `${JSON.stringify(row)}: ${problem}`);
  }
});

test("the elements of a list have bounds", () => {
  const built = new DescriptorBuilder("t", "T").worker(form => form.section("s", "", "", s => {
    s.list("codes", "", "", [0, 300]).range(0, 255);
    s.list("shares", "", "", [0.25]).range(0.1, 1);
    s.list("none", "", "", Value.int64s([])).range(1, 2n ** 60n);
  })).build();
  const bounds = built.worker_config_form.sections[0].fields.map(field => [field.min_value, field.max_value]);
  assert.deepEqual(bounds, [[{ int64_value: "0" }, { int64_value: "255" }], [{ double_value: 0.1 }, { int64_value: "1" }], [{ int64_value: "1" }, { int64_value: String(2n ** 60n) }]]);
});

test("mistakes are said by the builder", () => {
  const build = form => new DescriptorBuilder("t", "T").worker(worker => worker.section("s", "", "", form)).build();
  assert.throws(() => build(s => {
    s.text("a", "", "").check("htp_url").maxItems(3).range(1, 5).visibleWhen("b", "x");
    s.text("b", "", "").minLength(5).maxLength(3).regex("(").visibleWhen("a", "x");
    s.list("c", "", "").range(1, 2);
  }), ({ message }) => ["a has the check htp_url", "a has a limit of its items", "the lowest value of a is a int64_value", "a depends on itself", "b depends on itself",
    "b has a lowest length above its highest", "b has a pattern that cannot be read: a ( is not closed", "the highest value of c is a int64_value, which does not fit its elements"].every(part => message.includes(part)));
  // As a default of the form and of the worker.
  assert.throws(() => build(s => s.text("a", "", "", "x".repeat(600_000))), /t: the descriptor is larger than 1 MiB/);
});
