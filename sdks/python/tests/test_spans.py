"""Spans around handlers, with a stand-in for opentelemetry-api: the real one is optional and need not be installed."""
from __future__ import annotations

import contextvars
import types
import unittest
from contextlib import contextmanager
from unittest import mock

from plugin_worker import _spans

from .support import AdminCase, echo, pw, wire

CURRENT = contextvars.ContextVar("span", default="none")


class Api:
    """As much of ``opentelemetry.trace`` as is used."""

    SpanKind = types.SimpleNamespace(CONSUMER="consumer")
    StatusCode = types.SimpleNamespace(OK="ok", ERROR="error")

    def __init__(self):
        self.spans = []

    def get_tracer(self, name):
        assert name == "BlazorPluginAdmin.Worker"
        return self

    @contextmanager
    def start_as_current_span(self, name, kind, attributes):
        ended = {"name": name, "kind": kind, "attributes": attributes, "status": None}
        token = CURRENT.set(name)
        try:
            yield types.SimpleNamespace(set_status=lambda code, text=None: ended.update(status=(code, text)))
        except Exception as error:
            ended["status"] = ("error", str(error))
            raise
        finally:
            CURRENT.reset(token)
            self.spans.append(ended)


class Spans(AdminCase):
    def test_each_handler_has_a_span_and_runs_inside_it(self):
        @pw.job_type("named")
        def named(ctx):
            if ctx.config.text("how") == "raise":
                raise ValueError("too bad")
            return pw.JobOutcome.failed("no") if ctx.config.text("how") == "fail" else CURRENT.get()

        class Finder:
            descriptor = pw.DescriptorBuilder("finder").build()

            def detect(self, ctx):
                yield pw.Proposal("p", summary=CURRENT.get())

        api = Api()
        with mock.patch.object(_spans, "trace", api):
            worker, link = self.connected(named, Finder())
            link.execute("j", "named")
            self.assertEqual(link.expect("job_completed").result.summary, "execute named")
            for how in ("fail", "raise"):
                link.execute(how, "named", parameters={"how": pw.to_wire(how)})
                self.assertFalse(link.expect("job_completed").success)
            link.send("d", run_detection_request=wire.RunDetectionRequest(request_id="d", job_type="finder"))
            self.assertEqual(link.expect("detection_proposals").proposals[0].summary, "detect finder")
            link.expect("detection_complete")
            worker.stop()
        first = api.spans[0]
        self.assertEqual((first["kind"], first["attributes"]), ("consumer", {"job.type": "named", "job.id": "j", "job.attempt": 1, "request.id": "r-j"}))
        self.assertEqual([(one["name"], one["status"]) for one in api.spans], [
            ("execute named", ("ok", None)), ("execute named", ("error", "no")), ("execute named", ("error", "too bad")), ("detect finder", ("ok", None))])

    def test_without_the_package_nothing_happens(self):
        with mock.patch.object(_spans, "trace", None):
            _, link = self.connected(echo)
            link.execute("j", "echo")
            self.assertTrue(link.expect("job_completed").success)


if __name__ == "__main__":
    unittest.main()
