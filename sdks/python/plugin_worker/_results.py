"""The last words of attempts and detections."""
from __future__ import annotations

from ._attempt import cut
from .outcomes import JobOutcome
from .values import copy_to, now_timestamp, to_wire
from .wire import plugin_pb2 as wire

OUTPUTS_LIMIT = 1024 * 1024
"""Bytes of all outputs together."""
_WORTH_NAMING = 1024


def fault_text(error: BaseException) -> str:
    """What a person is told of an exception."""
    return f"{type(error).__name__}: {error}"


def ended(request: wire.RunDetectionRequest, count: int, error: str) -> wire.WorkerToAdminMessage:
    """The last word of a detection; a failure when there is an error."""
    return wire.WorkerToAdminMessage(detection_complete=wire.DetectionComplete(
        request_id=request.request_id, job_type=request.job_type, success=not error, error_message=cut(error), total_proposals=count))


def completed(request: wire.ExecuteJobRequest, outcome: JobOutcome) -> wire.WorkerToAdminMessage:
    """The last word of an attempt, within the limits."""
    done = wire.JobCompleted(
        request_id=request.request_id, job_id=request.job.job_id, job_type=request.job.job_type, success=outcome.success,
        error_message="" if outcome.success else cut(outcome.text), completed_at=now_timestamp())
    done.result.summary = cut(outcome.text) if outcome.success else ""
    try:
        copy_to(outcome.outputs, done.result.output_values)
    except (TypeError, ValueError) as error:
        done.success = False
        done.error_message = cut(f"an output of the handler cannot be sent: {error}")
        done.result.Clear()
        done.result.output_values["error_class"].CopyFrom(to_wire("permanent"))
    _shrink(done.result)
    return wire.WorkerToAdminMessage(job_completed=done)


def _shrink(result: wire.JobResult) -> None:
    """The largest values go first when all together are too large; what went is named."""
    if result.ByteSize() <= OUTPUTS_LIMIT:
        return
    sizes = sorted(((value.ByteSize(), name) for name, value in result.output_values.items()), reverse=True)
    for size, name in sizes:
        if size <= _WORTH_NAMING or result.ByteSize() <= OUTPUTS_LIMIT:
            break
        del result.output_values[name]
        result.output_values[f"{name}_truncated"].bool_value = True
    if result.ByteSize() > OUTPUTS_LIMIT:
        result.ClearField("output_values")
        result.output_values["outputs_truncated"].bool_value = True
