import json
import unittest
from pathlib import Path

from google.protobuf import json_format

import plugin_worker as pw
from plugin_worker._descriptor_checks import descriptor_problems
from plugin_worker.wire import plugin_pb2 as wire


def expanded(node):
    """``{"times": n, "of": x}`` stands for so many items of a list, with their number for ``#``; elsewhere for a text so many times."""
    if isinstance(node, list):
        return [expanded(one) for item in node for one in (
            [json.loads(json.dumps(item["of"]).replace("#", str(number))) for number in range(item["times"])] if isinstance(item, dict) and "times" in item else [item])]
    if isinstance(node, dict):
        return node["of"] * node["times"] if "times" in node else {name: expanded(value) for name, value in node.items()}
    return node


class Table(unittest.TestCase):
    """Forms are judged as the table of all SDKs says: the part of a message that must be said, or nothing."""

    def test_table(self):
        for row in json.loads(Path(__file__).parents[2].joinpath("descriptor-mistakes.json").read_text("utf-8")):
            with self.subTest(row=json.dumps(row)):
                full = expanded(row)
                descriptor = json_format.ParseDict({"job_type": "t", "descriptor_version": 1, "worker_default_values": full.get("worker_default_values", {}), "worker_config_form": {
                    "form_id": "t.worker", "sections": full.get("sections") or [{"section_id": "s", "fields": full["fields"]}], "default_values": full.get("default_values", {})}},
                    wire.JobTypeDescriptor())
                found = descriptor_problems(descriptor)
                self.assertEqual(bool(found), "say" in row, found)
                for problem in found:
                    self.assertIn(row["say"], problem)


class Built(unittest.TestCase):
    def test_the_elements_of_a_list_have_bounds(self):
        builder = pw.DescriptorBuilder("t")
        section = builder.worker.section("s")
        section.list("codes", default=[0, 300]).range(0, 255)
        section.list("shares", default=[0.5]).range(0, 1)
        field = builder.build().worker_config_form.sections[0].fields[0]
        self.assertEqual((field.min_value.int64_value, field.max_value.int64_value), (0, 255))

    def test_mistakes_are_said_by_the_builder(self):
        builder = pw.DescriptorBuilder("t")
        section = builder.worker.section("s")
        section.text("a").check("htp_url").max_items(3).range("a", "z").visible_when("b", "x")
        section.text("b").min_length(5).max_length(3).regex("(?P<a>x)").visible_when("a", "x")
        section.list("c").range(1, 2)
        section.text("d", default="x" * 600_000)
        with self.assertRaises(ValueError) as refused:
            builder.build()
        text = str(refused.exception)
        for part in (
            "a has the check htp_url", "a has a limit of its items", "a has a lowest value of the kind string_value", "a depends on itself", "b depends on itself",
            "b has a lowest length above its highest", "b has a pattern that cannot be read: (?P is Python's alone", "c has a highest value of the kind int64_value, which does not fit its elements",
            "t: the descriptor is larger than 1 MiB",  # As a default of the form and of the worker.
        ):
            self.assertIn(part, text)
