"""What the admin asks for, and who answers. Belongs to the core loop."""
from __future__ import annotations

from typing import TYPE_CHECKING, Mapping

from ._attempt import cut
from ._results import fault_text
from ._runner import WorkRunner
from .handlers import Handler
from .outcomes import Preview
from .wire import plugin_pb2 as wire

if TYPE_CHECKING:
    from ._session import Session


class Requests:
    """Of one session."""

    def __init__(self, session: Session, runner: WorkRunner, handlers: Mapping[str, Handler]) -> None:
        self._session, self._runner, self._handlers = session, runner, handlers

    def take(self, message: wire.AdminToWorkerMessage) -> None:
        session, body = self._session, message.WhichOneof("body")
        if body == "request_config_schema":
            self._describe(message)
        elif body == "run_detection_request":
            message.run_detection_request.request_id = message.run_detection_request.request_id or message.request_id
            self._runner.detect(message.run_detection_request, session)
        elif body == "execute_job_request":
            message.execute_job_request.request_id = message.execute_job_request.request_id or message.request_id
            self._runner.execute(message.execute_job_request, session)
        elif body == "cancel_request":
            self._runner.cancel(message.cancel_request, message.request_id, session)
        elif body == "shutdown":
            session.acknowledge(message.request_id, True, "shutdown acknowledged")
            session.shut_down(message.shutdown)
        elif body == "job_completed_ack":
            self._runner.completions.confirm(message.job_completed_ack.request_id)
        elif body == "ping":
            # Answered by the loop that starts handlers: one that is stuck there is silent.
            self._runner.loop.in_turn(session.outbox.put, wire.WorkerToAdminMessage(pong=wire.Pong(nonce=message.ping.nonce)))
        elif body == "drain":
            self._runner.drained = message.drain.enabled
            session.work_changed()
        elif body == "request_object_preview":
            self._runner.own(self._preview(message))
        else:
            session.acknowledge(message.request_id, False, "unsupported request body")

    def _describe(self, message: wire.AdminToWorkerMessage) -> None:
        asked = message.request_config_schema.job_type
        handler = next(iter(self._handlers.values())) if not asked and len(self._handlers) == 1 else self._handlers.get(asked.lower())
        known = ", ".join(sorted(one.job_type for one in self._handlers.values()))
        text = "" if handler else f"job type {asked} is not known here; known are: {known}" if asked else "job_type is required"
        response = wire.ConfigSchemaResponse(
            request_id=message.request_id, job_type=handler.job_type if handler else asked, success=handler is not None, error_message=cut(text),
            job_type_descriptor=handler.descriptor if handler else None)
        self._session.send(wire.WorkerToAdminMessage(config_schema_response=response))

    async def _preview(self, message: wire.AdminToWorkerMessage) -> None:
        asked = message.request_object_preview
        found = await self._runner.short.preview(asked)
        if found is None:
            self._session.acknowledge(message.request_id, False, "unsupported request body")
        try:
            response = _shown(found, asked.row_limit) if isinstance(found, Preview) else _refusal(str(found or "this worker has no previews"))
        except Exception as error:
            response = _refusal(f"the preview of the handler cannot be sent: {fault_text(error)}")
        response.request_id = message.request_id
        self._session.send(wire.WorkerToAdminMessage(object_preview_response=response))


def _shown(preview: Preview, limit: int) -> wire.ObjectPreviewResponse:
    rows = preview.rows[:limit] if limit > 0 else preview.rows
    return wire.ObjectPreviewResponse(
        success=True, columns=preview.columns, rows=[wire.PreviewRow(values=row) for row in rows], total_rows=preview.total_rows or len(preview.rows))


def _refusal(why: str) -> wire.ObjectPreviewResponse:
    return wire.ObjectPreviewResponse(error_message=cut(why))
