"""What is said instead of a message that is larger than the transport may send: that one piece of work fails and says why. Sent as it is, it
would end the stream, and a kept result would end the next one too."""
from __future__ import annotations

from .wire import plugin_pb2 as wire


def instead(message: wire.WorkerToAdminMessage, size: int, limit: int) -> wire.WorkerToAdminMessage:
    why = f"the message with the answer has {size} bytes and was not sent; the limit is {limit}"
    kind = message.WhichOneof("body")
    if kind == "job_completed":
        done = message.job_completed
        return wire.WorkerToAdminMessage(job_completed=wire.JobCompleted(
            request_id=done.request_id, job_id=done.job_id, job_type=done.job_type, error_message=why, completed_at=done.completed_at))
    if kind == "detection_complete":
        ended = message.detection_complete
        return wire.WorkerToAdminMessage(detection_complete=wire.DetectionComplete(request_id=ended.request_id, job_type=ended.job_type, error_message=why))
    if kind == "config_schema_response":
        schema = message.config_schema_response
        return wire.WorkerToAdminMessage(config_schema_response=wire.ConfigSchemaResponse(
            request_id=schema.request_id, job_type=schema.job_type, error_message=why))
    if kind == "object_preview_response":
        return wire.WorkerToAdminMessage(object_preview_response=wire.ObjectPreviewResponse(
            request_id=message.object_preview_response.request_id, error_message=why))
    if kind == "job_progress_update":
        # How far it is arrives; only what made it large does not.
        update = wire.JobProgressUpdate()
        update.CopyFrom(message.job_progress_update)
        update.ClearField("metrics")
        update.ClearField("activities")
        return wire.WorkerToAdminMessage(job_progress_update=update)
    return message  # The others are bounded where they are made.
