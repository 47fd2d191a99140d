"""A client of the admin, made of nothing but the .proto files: python3 jobs.py HOST:PORT."""
import sys

import grpc
import job_service_pb2 as v1
import job_service_pb2_grpc
import plugin_pb2 as plugin

with grpc.insecure_channel(sys.argv[1]) as channel:
    jobs = job_service_pb2_grpc.JobServiceStub(channel)

    # The same key twice is one job.
    request = v1.SubmitRequest(job_type="talk", parameters_json='{"lines": 3}', idempotency_key="python-1", summary="from python")
    first, second = jobs.Submit(request), jobs.Submit(request)
    assert (first.existing, second.existing) == (False, True) and first.job.job_id == second.job.job_id

    # Its output, to the end.
    text, ended = b"", None
    for chunk in jobs.WatchLogs(v1.WatchLogsRequest(job_id=first.job.job_id, follow=True)):
        text += chunk.data
        ended = chunk.state if chunk.end_of_attempt else ended
    assert text == b"line 1\nline 2\nline 3\n", text
    assert ended == plugin.JOB_STATE_SUCCEEDED, ended
    done = jobs.Get(v1.GetRequest(job_id=first.job.job_id, include=[v1.INCLUDE_RESULT])).job
    assert done.result.output_values["said"].int64_value == 3, done

    # One that would go on for ever is cancelled.
    endless = jobs.Submit(v1.SubmitRequest(job_type="talk", parameters={"lines": plugin.ConfigValue(int64_value=1_000_000)})).job
    follow = jobs.WatchLogs(v1.WatchLogsRequest(job_id=endless.job_id, follow=True))
    assert next(iter(follow)).data.startswith(b"line 1")
    assert jobs.Cancel(v1.CancelRequest(job_id=endless.job_id, reason="enough")).outcome == v1.CANCEL_OUTCOME_REQUESTED
    assert [chunk for chunk in follow][-1].state == plugin.JOB_STATE_CANCELED

    # A refusal says which field.
    try:
        jobs.Submit(v1.SubmitRequest(job_type="talk", parameters_json='{"lines": 0}'))
        raise AssertionError("accepted")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error
        detail = v1.ErrorDetail.FromString(dict(error.trailing_metadata())["pluginadmin-error-bin"])
        assert [field.field for field in detail.fields] == ["lines"], detail
