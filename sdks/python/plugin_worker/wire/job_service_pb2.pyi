from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import plugin_pb2 as _plugin_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

BULK_ACTION_CANCEL: BulkAction
BULK_ACTION_EXPIRE: BulkAction
BULK_ACTION_RETRY: BulkAction
BULK_ACTION_SET_LABELS: BulkAction
BULK_ACTION_SET_PRIORITY: BulkAction
BULK_ACTION_UNSPECIFIED: BulkAction
CANCEL_OUTCOME_ALREADY_REQUESTED: CancelOutcome
CANCEL_OUTCOME_CANCELED: CancelOutcome
CANCEL_OUTCOME_FAILED: CancelOutcome
CANCEL_OUTCOME_REQUESTED: CancelOutcome
CANCEL_OUTCOME_SUCCEEDED: CancelOutcome
CANCEL_OUTCOME_UNSPECIFIED: CancelOutcome
DESCRIPTOR: _descriptor.FileDescriptor
FAIL_POLICY_CANCEL_REST: FailPolicy
FAIL_POLICY_CONTINUE: FailPolicy
FAIL_POLICY_UNSPECIFIED: FailPolicy
INCLUDE_ACTIVITIES: Include
INCLUDE_ATTEMPTS: Include
INCLUDE_PARAMETERS: Include
INCLUDE_RESULT: Include
INCLUDE_UNSPECIFIED: Include
JOB_EVENT_KIND_ACTIVITY: JobEventKind
JOB_EVENT_KIND_PROGRESS: JobEventKind
JOB_EVENT_KIND_RESET: JobEventKind
JOB_EVENT_KIND_SNAPSHOT: JobEventKind
JOB_EVENT_KIND_STATE: JobEventKind
JOB_EVENT_KIND_UNSPECIFIED: JobEventKind
JOB_ORDER_COMPLETED: JobOrder
JOB_ORDER_CREATED: JobOrder
JOB_ORDER_QUEUE: JobOrder
JOB_ORDER_UNSPECIFIED: JobOrder
JOB_ORDER_UPDATED: JobOrder
LOG_STREAM_STDERR: LogStream
LOG_STREAM_STDOUT: LogStream
LOG_STREAM_UNSPECIFIED: LogStream
SCHEDULE_CATCH_UP_ALL: ScheduleCatchUp
SCHEDULE_CATCH_UP_NONE: ScheduleCatchUp
SCHEDULE_CATCH_UP_ONCE: ScheduleCatchUp
SCHEDULE_CATCH_UP_UNSPECIFIED: ScheduleCatchUp
SCHEDULE_OVERLAP_ALLOW: ScheduleOverlap
SCHEDULE_OVERLAP_CANCEL: ScheduleOverlap
SCHEDULE_OVERLAP_QUEUE: ScheduleOverlap
SCHEDULE_OVERLAP_SKIP: ScheduleOverlap
SCHEDULE_OVERLAP_UNSPECIFIED: ScheduleOverlap

class Attempt(_message.Message):
    __slots__ = ["dropped_bytes", "ended_at", "error_class", "error_message", "exit_code", "generation", "number", "reason", "request_id", "sent_at", "started_at", "state", "stderr_bytes", "stdout_bytes", "worker_id", "worker_instance_id"]
    DROPPED_BYTES_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    ERROR_CLASS_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STDERR_BYTES_FIELD_NUMBER: _ClassVar[int]
    STDOUT_BYTES_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    WORKER_INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    dropped_bytes: int
    ended_at: _timestamp_pb2.Timestamp
    error_class: str
    error_message: str
    exit_code: int
    generation: int
    number: int
    reason: str
    request_id: str
    sent_at: _timestamp_pb2.Timestamp
    started_at: _timestamp_pb2.Timestamp
    state: str
    stderr_bytes: int
    stdout_bytes: int
    worker_id: str
    worker_instance_id: str
    def __init__(self, number: _Optional[int] = ..., request_id: _Optional[str] = ..., worker_id: _Optional[str] = ..., worker_instance_id: _Optional[str] = ..., generation: _Optional[int] = ..., state: _Optional[str] = ..., reason: _Optional[str] = ..., sent_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., started_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., error_message: _Optional[str] = ..., exit_code: _Optional[int] = ..., stdout_bytes: _Optional[int] = ..., stderr_bytes: _Optional[int] = ..., dropped_bytes: _Optional[int] = ..., error_class: _Optional[str] = ...) -> None: ...

class BulkRequest(_message.Message):
    __slots__ = ["action", "dry_run", "filter", "labels", "limit", "priority", "reason"]
    class LabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ACTION_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    action: BulkAction
    dry_run: bool
    filter: JobFilter
    labels: _containers.ScalarMap[str, str]
    limit: int
    priority: int
    reason: str
    def __init__(self, action: _Optional[_Union[BulkAction, str]] = ..., filter: _Optional[_Union[JobFilter, _Mapping]] = ..., limit: _Optional[int] = ..., dry_run: bool = ..., reason: _Optional[str] = ..., priority: _Optional[int] = ..., labels: _Optional[_Mapping[str, str]] = ...) -> None: ...

class BulkResponse(_message.Message):
    __slots__ = ["changed", "done", "ended", "failed", "matched", "operation_id", "sample", "skipped"]
    class SkippedEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    MATCHED_FIELD_NUMBER: _ClassVar[int]
    OPERATION_ID_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    changed: int
    done: int
    ended: bool
    failed: int
    matched: int
    operation_id: str
    sample: _containers.RepeatedScalarFieldContainer[str]
    skipped: _containers.ScalarMap[str, int]
    def __init__(self, matched: _Optional[int] = ..., changed: _Optional[int] = ..., sample: _Optional[_Iterable[str]] = ..., skipped: _Optional[_Mapping[str, int]] = ..., failed: _Optional[int] = ..., done: _Optional[int] = ..., operation_id: _Optional[str] = ..., ended: bool = ...) -> None: ...

class CancelGroupRequest(_message.Message):
    __slots__ = ["group_id", "reason"]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    group_id: str
    reason: str
    def __init__(self, group_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class CancelGroupResponse(_message.Message):
    __slots__ = ["group"]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    group: Group
    def __init__(self, group: _Optional[_Union[Group, _Mapping]] = ...) -> None: ...

class CancelRequest(_message.Message):
    __slots__ = ["force", "grace", "job_id", "reason", "wait"]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    GRACE_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    force: bool
    grace: _duration_pb2.Duration
    job_id: str
    reason: str
    wait: _duration_pb2.Duration
    def __init__(self, job_id: _Optional[str] = ..., reason: _Optional[str] = ..., force: bool = ..., grace: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., wait: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class CancelResponse(_message.Message):
    __slots__ = ["job", "outcome"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    job: Job
    outcome: CancelOutcome
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ..., outcome: _Optional[_Union[CancelOutcome, str]] = ...) -> None: ...

class ConfigChange(_message.Message):
    __slots__ = ["after", "before", "field", "form"]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    after: str
    before: str
    field: str
    form: str
    def __init__(self, form: _Optional[str] = ..., field: _Optional[str] = ..., before: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class CronRule(_message.Message):
    __slots__ = ["expression", "zone"]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    expression: str
    zone: str
    def __init__(self, expression: _Optional[str] = ..., zone: _Optional[str] = ...) -> None: ...

class DeleteScheduleRequest(_message.Message):
    __slots__ = ["schedule_id"]
    SCHEDULE_ID_FIELD_NUMBER: _ClassVar[int]
    schedule_id: str
    def __init__(self, schedule_id: _Optional[str] = ...) -> None: ...

class DeleteScheduleResponse(_message.Message):
    __slots__ = ["schedule"]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    schedule: Schedule
    def __init__(self, schedule: _Optional[_Union[Schedule, _Mapping]] = ...) -> None: ...

class DescribeRequest(_message.Message):
    __slots__ = ["force_refresh", "job_type"]
    FORCE_REFRESH_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    force_refresh: bool
    job_type: str
    def __init__(self, job_type: _Optional[str] = ..., force_refresh: bool = ...) -> None: ...

class DescribeResponse(_message.Message):
    __slots__ = ["descriptor", "provided_by"]
    DESCRIPTOR_FIELD_NUMBER: _ClassVar[int]
    PROVIDED_BY_FIELD_NUMBER: _ClassVar[int]
    descriptor: _plugin_pb2.JobTypeDescriptor
    provided_by: str
    def __init__(self, descriptor: _Optional[_Union[_plugin_pb2.JobTypeDescriptor, _Mapping]] = ..., provided_by: _Optional[str] = ...) -> None: ...

class DetectRequest(_message.Message):
    __slots__ = ["enqueue", "job_type", "max_results", "timeout"]
    ENQUEUE_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    enqueue: bool
    job_type: str
    max_results: int
    timeout: _duration_pb2.Duration
    def __init__(self, job_type: _Optional[str] = ..., max_results: _Optional[int] = ..., enqueue: bool = ..., timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class DetectResponse(_message.Message):
    __slots__ = ["created", "detection_id", "duplicates", "ended", "error_message", "found", "job_ids", "message", "proposals", "stage"]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    DETECTION_ID_FIELD_NUMBER: _ClassVar[int]
    DUPLICATES_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    JOB_IDS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    created: int
    detection_id: str
    duplicates: int
    ended: bool
    error_message: str
    found: int
    job_ids: _containers.RepeatedScalarFieldContainer[str]
    message: str
    proposals: _containers.RepeatedCompositeFieldContainer[_plugin_pb2.JobProposal]
    stage: str
    def __init__(self, detection_id: _Optional[str] = ..., found: _Optional[int] = ..., created: _Optional[int] = ..., duplicates: _Optional[int] = ..., proposals: _Optional[_Iterable[_Union[_plugin_pb2.JobProposal, _Mapping]]] = ..., error_message: _Optional[str] = ..., stage: _Optional[str] = ..., message: _Optional[str] = ..., ended: bool = ..., job_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class DrainRequest(_message.Message):
    __slots__ = ["enabled", "reason", "worker_id"]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    enabled: bool
    reason: str
    worker_id: str
    def __init__(self, worker_id: _Optional[str] = ..., enabled: bool = ..., reason: _Optional[str] = ...) -> None: ...

class DrainResponse(_message.Message):
    __slots__ = ["worker"]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    worker: Worker
    def __init__(self, worker: _Optional[_Union[Worker, _Mapping]] = ...) -> None: ...

class ErrorDetail(_message.Message):
    __slots__ = ["code", "existing_job_id", "fields", "message", "retry_after"]
    CODE_FIELD_NUMBER: _ClassVar[int]
    EXISTING_JOB_ID_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_FIELD_NUMBER: _ClassVar[int]
    code: str
    existing_job_id: str
    fields: _containers.RepeatedCompositeFieldContainer[FieldError]
    message: str
    retry_after: _duration_pb2.Duration
    def __init__(self, code: _Optional[str] = ..., message: _Optional[str] = ..., fields: _Optional[_Iterable[_Union[FieldError, _Mapping]]] = ..., retry_after: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., existing_job_id: _Optional[str] = ...) -> None: ...

class EveryRule(_message.Message):
    __slots__ = ["anchor", "interval"]
    ANCHOR_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    anchor: _timestamp_pb2.Timestamp
    interval: _duration_pb2.Duration
    def __init__(self, interval: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., anchor: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExpireRequest(_message.Message):
    __slots__ = ["job_id", "reason"]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    reason: str
    def __init__(self, job_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ExpireResponse(_message.Message):
    __slots__ = ["job"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class FieldError(_message.Message):
    __slots__ = ["field", "form", "message", "rule"]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    field: str
    form: str
    message: str
    rule: str
    def __init__(self, form: _Optional[str] = ..., field: _Optional[str] = ..., rule: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class GetConfigRequest(_message.Message):
    __slots__ = ["job_type"]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    job_type: str
    def __init__(self, job_type: _Optional[str] = ...) -> None: ...

class GetConfigResponse(_message.Message):
    __slots__ = ["config", "version"]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    config: _plugin_pb2.PersistedJobTypeConfig
    version: int
    def __init__(self, config: _Optional[_Union[_plugin_pb2.PersistedJobTypeConfig, _Mapping]] = ..., version: _Optional[int] = ...) -> None: ...

class GetGroupRequest(_message.Message):
    __slots__ = ["group_id"]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    group_id: str
    def __init__(self, group_id: _Optional[str] = ...) -> None: ...

class GetGroupResponse(_message.Message):
    __slots__ = ["group"]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    group: Group
    def __init__(self, group: _Optional[_Union[Group, _Mapping]] = ...) -> None: ...

class GetRequest(_message.Message):
    __slots__ = ["include", "job_id"]
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedScalarFieldContainer[Include]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ..., include: _Optional[_Iterable[_Union[Include, str]]] = ...) -> None: ...

class GetResponse(_message.Message):
    __slots__ = ["job"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class GetScheduleRequest(_message.Message):
    __slots__ = ["schedule_id"]
    SCHEDULE_ID_FIELD_NUMBER: _ClassVar[int]
    schedule_id: str
    def __init__(self, schedule_id: _Optional[str] = ...) -> None: ...

class GetScheduleResponse(_message.Message):
    __slots__ = ["schedule"]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    schedule: Schedule
    def __init__(self, schedule: _Optional[_Union[Schedule, _Mapping]] = ...) -> None: ...

class GetWorkerRequest(_message.Message):
    __slots__ = ["worker_id"]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    worker_id: str
    def __init__(self, worker_id: _Optional[str] = ...) -> None: ...

class GetWorkerResponse(_message.Message):
    __slots__ = ["worker"]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    worker: Worker
    def __init__(self, worker: _Optional[_Union[Worker, _Mapping]] = ...) -> None: ...

class Group(_message.Message):
    __slots__ = ["canceled", "completed_at", "completions", "created_at", "failed", "group_id", "job_ids", "pending", "running", "state", "total"]
    CANCELED_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_AT_FIELD_NUMBER: _ClassVar[int]
    COMPLETIONS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_IDS_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    canceled: int
    completed_at: _timestamp_pb2.Timestamp
    completions: int
    created_at: _timestamp_pb2.Timestamp
    failed: int
    group_id: str
    job_ids: _containers.RepeatedScalarFieldContainer[str]
    pending: int
    running: int
    state: _plugin_pb2.JobState
    total: int
    def __init__(self, group_id: _Optional[str] = ..., state: _Optional[_Union[_plugin_pb2.JobState, str]] = ..., total: _Optional[int] = ..., pending: _Optional[int] = ..., running: _Optional[int] = ..., completions: _Optional[int] = ..., failed: _Optional[int] = ..., canceled: _Optional[int] = ..., job_ids: _Optional[_Iterable[str]] = ..., created_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., completed_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Job(_message.Message):
    __slots__ = ["activities", "attempt", "attempt_timeout", "attempts", "completed_at", "config_version", "created_at", "deadline", "dedupe_key", "detail", "effective_priority", "error_class", "error_message", "exit_code", "expires_at", "generation", "group_id", "group_index", "idempotency_key", "job_id", "job_type", "labels", "message", "not_before", "origin", "parameters", "phase", "priority", "progress_percent", "queue_position", "reason", "require_labels", "result", "retry_limit", "retry_of", "stage", "started_at", "state", "submitted_by", "summary", "updated_at", "version", "waiting", "worker_id"]
    class LabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class ParametersEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _plugin_pb2.ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_plugin_pb2.ConfigValue, _Mapping]] = ...) -> None: ...
    class RequireLabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ACTIVITIES_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_AT_FIELD_NUMBER: _ClassVar[int]
    CONFIG_VERSION_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    DEDUPE_KEY_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    ERROR_CLASS_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    GROUP_INDEX_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    NOT_BEFORE_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_PERCENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_POSITION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REQUIRE_LABELS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    RETRY_LIMIT_FIELD_NUMBER: _ClassVar[int]
    RETRY_OF_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_BY_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    activities: _containers.RepeatedCompositeFieldContainer[_plugin_pb2.ActivityEvent]
    attempt: int
    attempt_timeout: _duration_pb2.Duration
    attempts: _containers.RepeatedCompositeFieldContainer[Attempt]
    completed_at: _timestamp_pb2.Timestamp
    config_version: int
    created_at: _timestamp_pb2.Timestamp
    deadline: _timestamp_pb2.Timestamp
    dedupe_key: str
    detail: str
    effective_priority: int
    error_class: str
    error_message: str
    exit_code: int
    expires_at: _timestamp_pb2.Timestamp
    generation: int
    group_id: str
    group_index: int
    idempotency_key: str
    job_id: str
    job_type: str
    labels: _containers.ScalarMap[str, str]
    message: str
    not_before: _timestamp_pb2.Timestamp
    origin: str
    parameters: _containers.MessageMap[str, _plugin_pb2.ConfigValue]
    phase: str
    priority: int
    progress_percent: float
    queue_position: int
    reason: str
    require_labels: _containers.ScalarMap[str, str]
    result: _plugin_pb2.JobResult
    retry_limit: int
    retry_of: str
    stage: str
    started_at: _timestamp_pb2.Timestamp
    state: _plugin_pb2.JobState
    submitted_by: str
    summary: str
    updated_at: _timestamp_pb2.Timestamp
    version: int
    waiting: Waiting
    worker_id: str
    def __init__(self, job_id: _Optional[str] = ..., job_type: _Optional[str] = ..., state: _Optional[_Union[_plugin_pb2.JobState, str]] = ..., phase: _Optional[str] = ..., reason: _Optional[str] = ..., origin: _Optional[str] = ..., priority: _Optional[int] = ..., effective_priority: _Optional[int] = ..., summary: _Optional[str] = ..., detail: _Optional[str] = ..., parameters: _Optional[_Mapping[str, _plugin_pb2.ConfigValue]] = ..., labels: _Optional[_Mapping[str, str]] = ..., require_labels: _Optional[_Mapping[str, str]] = ..., idempotency_key: _Optional[str] = ..., dedupe_key: _Optional[str] = ..., created_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., not_before: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., expires_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., deadline: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., attempt_timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., retry_limit: _Optional[int] = ..., attempt: _Optional[int] = ..., worker_id: _Optional[str] = ..., generation: _Optional[int] = ..., progress_percent: _Optional[float] = ..., stage: _Optional[str] = ..., message: _Optional[str] = ..., started_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., completed_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., error_message: _Optional[str] = ..., error_class: _Optional[str] = ..., result: _Optional[_Union[_plugin_pb2.JobResult, _Mapping]] = ..., exit_code: _Optional[int] = ..., group_id: _Optional[str] = ..., group_index: _Optional[int] = ..., retry_of: _Optional[str] = ..., waiting: _Optional[_Union[Waiting, _Mapping]] = ..., queue_position: _Optional[int] = ..., attempts: _Optional[_Iterable[_Union[Attempt, _Mapping]]] = ..., activities: _Optional[_Iterable[_Union[_plugin_pb2.ActivityEvent, _Mapping]]] = ..., submitted_by: _Optional[str] = ..., config_version: _Optional[int] = ..., version: _Optional[int] = ...) -> None: ...

class JobEvent(_message.Message):
    __slots__ = ["activity", "at", "job", "kind", "sequence"]
    ACTIVITY_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    JOB_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    activity: _plugin_pb2.ActivityEvent
    at: _timestamp_pb2.Timestamp
    job: Job
    kind: JobEventKind
    sequence: int
    def __init__(self, sequence: _Optional[int] = ..., kind: _Optional[_Union[JobEventKind, str]] = ..., job: _Optional[_Union[Job, _Mapping]] = ..., activity: _Optional[_Union[_plugin_pb2.ActivityEvent, _Mapping]] = ..., at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class JobFilter(_message.Message):
    __slots__ = ["completed_after", "completed_before", "created_after", "created_before", "fingerprint", "group_id", "job_ids", "job_types", "labels", "lane", "max_priority", "min_priority", "not_states", "origins", "phases", "reasons", "states", "submitted_by", "text", "waiting_codes", "worker_id"]
    class LabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    COMPLETED_AFTER_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_BEFORE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AFTER_FIELD_NUMBER: _ClassVar[int]
    CREATED_BEFORE_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_IDS_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPES_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    MAX_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    MIN_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    NOT_STATES_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    PHASES_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_BY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WAITING_CODES_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    completed_after: _timestamp_pb2.Timestamp
    completed_before: _timestamp_pb2.Timestamp
    created_after: _timestamp_pb2.Timestamp
    created_before: _timestamp_pb2.Timestamp
    fingerprint: str
    group_id: str
    job_ids: _containers.RepeatedScalarFieldContainer[str]
    job_types: _containers.RepeatedScalarFieldContainer[str]
    labels: _containers.ScalarMap[str, str]
    lane: str
    max_priority: int
    min_priority: int
    not_states: _containers.RepeatedScalarFieldContainer[_plugin_pb2.JobState]
    origins: _containers.RepeatedScalarFieldContainer[str]
    phases: _containers.RepeatedScalarFieldContainer[str]
    reasons: _containers.RepeatedScalarFieldContainer[str]
    states: _containers.RepeatedScalarFieldContainer[_plugin_pb2.JobState]
    submitted_by: str
    text: str
    waiting_codes: _containers.RepeatedScalarFieldContainer[str]
    worker_id: str
    def __init__(self, job_types: _Optional[_Iterable[str]] = ..., states: _Optional[_Iterable[_Union[_plugin_pb2.JobState, str]]] = ..., phases: _Optional[_Iterable[str]] = ..., reasons: _Optional[_Iterable[str]] = ..., origins: _Optional[_Iterable[str]] = ..., worker_id: _Optional[str] = ..., group_id: _Optional[str] = ..., labels: _Optional[_Mapping[str, str]] = ..., text: _Optional[str] = ..., created_after: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., created_before: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., completed_after: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., completed_before: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., job_ids: _Optional[_Iterable[str]] = ..., not_states: _Optional[_Iterable[_Union[_plugin_pb2.JobState, str]]] = ..., min_priority: _Optional[int] = ..., max_priority: _Optional[int] = ..., fingerprint: _Optional[str] = ..., submitted_by: _Optional[str] = ..., lane: _Optional[str] = ..., waiting_codes: _Optional[_Iterable[str]] = ...) -> None: ...

class JobType(_message.Message):
    __slots__ = ["active", "can_detect", "can_execute", "description", "display_name", "enabled", "job_type", "lane", "paused", "pending", "workers"]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CAN_DETECT_FIELD_NUMBER: _ClassVar[int]
    CAN_EXECUTE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    active: int
    can_detect: bool
    can_execute: bool
    description: str
    display_name: str
    enabled: bool
    job_type: str
    lane: str
    paused: bool
    pending: int
    workers: int
    def __init__(self, job_type: _Optional[str] = ..., display_name: _Optional[str] = ..., description: _Optional[str] = ..., can_detect: bool = ..., can_execute: bool = ..., workers: _Optional[int] = ..., pending: _Optional[int] = ..., active: _Optional[int] = ..., enabled: bool = ..., paused: bool = ..., lane: _Optional[str] = ...) -> None: ...

class ListJobTypesRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ListJobTypesResponse(_message.Message):
    __slots__ = ["job_types"]
    JOB_TYPES_FIELD_NUMBER: _ClassVar[int]
    job_types: _containers.RepeatedCompositeFieldContainer[JobType]
    def __init__(self, job_types: _Optional[_Iterable[_Union[JobType, _Mapping]]] = ...) -> None: ...

class ListRequest(_message.Message):
    __slots__ = ["ascending", "count_exactly", "cursor", "filter", "order", "page_size"]
    ASCENDING_FIELD_NUMBER: _ClassVar[int]
    COUNT_EXACTLY_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    ascending: bool
    count_exactly: bool
    cursor: str
    filter: JobFilter
    order: JobOrder
    page_size: int
    def __init__(self, filter: _Optional[_Union[JobFilter, _Mapping]] = ..., order: _Optional[_Union[JobOrder, str]] = ..., page_size: _Optional[int] = ..., cursor: _Optional[str] = ..., ascending: bool = ..., count_exactly: bool = ...) -> None: ...

class ListResponse(_message.Message):
    __slots__ = ["jobs", "next_cursor", "total", "total_is_exact"]
    JOBS_FIELD_NUMBER: _ClassVar[int]
    NEXT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    TOTAL_IS_EXACT_FIELD_NUMBER: _ClassVar[int]
    jobs: _containers.RepeatedCompositeFieldContainer[Job]
    next_cursor: str
    total: int
    total_is_exact: bool
    def __init__(self, jobs: _Optional[_Iterable[_Union[Job, _Mapping]]] = ..., next_cursor: _Optional[str] = ..., total: _Optional[int] = ..., total_is_exact: bool = ...) -> None: ...

class ListSchedulesRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ListSchedulesResponse(_message.Message):
    __slots__ = ["schedules"]
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    schedules: _containers.RepeatedCompositeFieldContainer[Schedule]
    def __init__(self, schedules: _Optional[_Iterable[_Union[Schedule, _Mapping]]] = ...) -> None: ...

class ListWorkersRequest(_message.Message):
    __slots__ = ["include_disconnected"]
    INCLUDE_DISCONNECTED_FIELD_NUMBER: _ClassVar[int]
    include_disconnected: bool
    def __init__(self, include_disconnected: bool = ...) -> None: ...

class ListWorkersResponse(_message.Message):
    __slots__ = ["workers"]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    workers: _containers.RepeatedCompositeFieldContainer[Worker]
    def __init__(self, workers: _Optional[_Iterable[_Union[Worker, _Mapping]]] = ...) -> None: ...

class LogChunk(_message.Message):
    __slots__ = ["attempt", "data", "end_of_attempt", "gap_bytes", "offset", "sent_at", "state", "stream"]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    END_OF_ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    GAP_BYTES_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    attempt: int
    data: bytes
    end_of_attempt: bool
    gap_bytes: int
    offset: int
    sent_at: _timestamp_pb2.Timestamp
    state: _plugin_pb2.JobState
    stream: LogStream
    def __init__(self, attempt: _Optional[int] = ..., stream: _Optional[_Union[LogStream, str]] = ..., offset: _Optional[int] = ..., data: _Optional[bytes] = ..., sent_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., gap_bytes: _Optional[int] = ..., end_of_attempt: bool = ..., state: _Optional[_Union[_plugin_pb2.JobState, str]] = ...) -> None: ...

class PauseScheduleRequest(_message.Message):
    __slots__ = ["paused", "reason", "schedule_id", "until"]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_ID_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    paused: bool
    reason: str
    schedule_id: str
    until: _timestamp_pb2.Timestamp
    def __init__(self, schedule_id: _Optional[str] = ..., paused: bool = ..., reason: _Optional[str] = ..., until: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PauseScheduleResponse(_message.Message):
    __slots__ = ["schedule"]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    schedule: Schedule
    def __init__(self, schedule: _Optional[_Union[Schedule, _Mapping]] = ...) -> None: ...

class PlannedRun(_message.Message):
    __slots__ = ["at", "local", "note"]
    AT_FIELD_NUMBER: _ClassVar[int]
    LOCAL_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    at: _timestamp_pb2.Timestamp
    local: str
    note: str
    def __init__(self, at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., local: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class PreviewScheduleRequest(_message.Message):
    __slots__ = ["after", "count", "rule", "schedule_id"]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_ID_FIELD_NUMBER: _ClassVar[int]
    after: _timestamp_pb2.Timestamp
    count: int
    rule: ScheduleRule
    schedule_id: str
    def __init__(self, rule: _Optional[_Union[ScheduleRule, _Mapping]] = ..., schedule_id: _Optional[str] = ..., count: _Optional[int] = ..., after: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PreviewScheduleResponse(_message.Message):
    __slots__ = ["runs"]
    RUNS_FIELD_NUMBER: _ClassVar[int]
    runs: _containers.RepeatedCompositeFieldContainer[PlannedRun]
    def __init__(self, runs: _Optional[_Iterable[_Union[PlannedRun, _Mapping]]] = ...) -> None: ...

class ReleaseRequest(_message.Message):
    __slots__ = ["job_id"]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class ReleaseResponse(_message.Message):
    __slots__ = ["job"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class RetryRequest(_message.Message):
    __slots__ = ["job_id", "now", "parameters", "parameters_json", "priority"]
    class ParametersEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _plugin_pb2.ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_plugin_pb2.ConfigValue, _Mapping]] = ...) -> None: ...
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_JSON_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    now: bool
    parameters: _containers.MessageMap[str, _plugin_pb2.ConfigValue]
    parameters_json: str
    priority: int
    def __init__(self, job_id: _Optional[str] = ..., now: bool = ..., parameters: _Optional[_Mapping[str, _plugin_pb2.ConfigValue]] = ..., priority: _Optional[int] = ..., parameters_json: _Optional[str] = ...) -> None: ...

class RetryResponse(_message.Message):
    __slots__ = ["job", "retry_of"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    RETRY_OF_FIELD_NUMBER: _ClassVar[int]
    job: Job
    retry_of: str
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ..., retry_of: _Optional[str] = ...) -> None: ...

class RunScheduleRequest(_message.Message):
    __slots__ = ["schedule_id"]
    SCHEDULE_ID_FIELD_NUMBER: _ClassVar[int]
    schedule_id: str
    def __init__(self, schedule_id: _Optional[str] = ...) -> None: ...

class RunScheduleResponse(_message.Message):
    __slots__ = ["job"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class SaveScheduleRequest(_message.Message):
    __slots__ = ["dry_run", "expected_version", "schedule_id", "spec"]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_ID_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    dry_run: bool
    expected_version: int
    schedule_id: str
    spec: ScheduleSpec
    def __init__(self, spec: _Optional[_Union[ScheduleSpec, _Mapping]] = ..., schedule_id: _Optional[str] = ..., expected_version: _Optional[int] = ..., dry_run: bool = ...) -> None: ...

class SaveScheduleResponse(_message.Message):
    __slots__ = ["schedule", "warnings"]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    schedule: Schedule
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, schedule: _Optional[_Union[Schedule, _Mapping]] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class Schedule(_message.Message):
    __slots__ = ["created_at", "created_by", "last_at", "missed", "next_at", "next_start", "open_job_ids", "pause", "phase", "rule_text", "runs", "schedule_id", "skipped", "spec", "upcoming", "updated_at", "updated_by", "version", "waiting"]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    LAST_AT_FIELD_NUMBER: _ClassVar[int]
    MISSED_FIELD_NUMBER: _ClassVar[int]
    NEXT_AT_FIELD_NUMBER: _ClassVar[int]
    NEXT_START_FIELD_NUMBER: _ClassVar[int]
    OPEN_JOB_IDS_FIELD_NUMBER: _ClassVar[int]
    PAUSE_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    RULE_TEXT_FIELD_NUMBER: _ClassVar[int]
    RUNS_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_ID_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    UPCOMING_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_BY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    created_at: _timestamp_pb2.Timestamp
    created_by: str
    last_at: _timestamp_pb2.Timestamp
    missed: int
    next_at: _timestamp_pb2.Timestamp
    next_start: _timestamp_pb2.Timestamp
    open_job_ids: _containers.RepeatedScalarFieldContainer[str]
    pause: SchedulePause
    phase: str
    rule_text: str
    runs: _containers.RepeatedCompositeFieldContainer[ScheduledRun]
    schedule_id: str
    skipped: int
    spec: ScheduleSpec
    upcoming: _containers.RepeatedCompositeFieldContainer[_timestamp_pb2.Timestamp]
    updated_at: _timestamp_pb2.Timestamp
    updated_by: str
    version: int
    waiting: _containers.RepeatedCompositeFieldContainer[_timestamp_pb2.Timestamp]
    def __init__(self, schedule_id: _Optional[str] = ..., spec: _Optional[_Union[ScheduleSpec, _Mapping]] = ..., version: _Optional[int] = ..., phase: _Optional[str] = ..., rule_text: _Optional[str] = ..., next_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., next_start: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., upcoming: _Optional[_Iterable[_Union[_timestamp_pb2.Timestamp, _Mapping]]] = ..., last_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., runs: _Optional[_Iterable[_Union[ScheduledRun, _Mapping]]] = ..., skipped: _Optional[int] = ..., missed: _Optional[int] = ..., open_job_ids: _Optional[_Iterable[str]] = ..., waiting: _Optional[_Iterable[_Union[_timestamp_pb2.Timestamp, _Mapping]]] = ..., pause: _Optional[_Union[SchedulePause, _Mapping]] = ..., created_by: _Optional[str] = ..., created_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., updated_by: _Optional[str] = ..., updated_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SchedulePause(_message.Message):
    __slots__ = ["at", "by", "reason", "until"]
    AT_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    at: _timestamp_pb2.Timestamp
    by: str
    reason: str
    until: _timestamp_pb2.Timestamp
    def __init__(self, reason: _Optional[str] = ..., by: _Optional[str] = ..., at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., until: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ScheduleRule(_message.Message):
    __slots__ = ["cron", "every", "once"]
    CRON_FIELD_NUMBER: _ClassVar[int]
    EVERY_FIELD_NUMBER: _ClassVar[int]
    ONCE_FIELD_NUMBER: _ClassVar[int]
    cron: CronRule
    every: EveryRule
    once: _timestamp_pb2.Timestamp
    def __init__(self, cron: _Optional[_Union[CronRule, _Mapping]] = ..., every: _Optional[_Union[EveryRule, _Mapping]] = ..., once: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ScheduleSpec(_message.Message):
    __slots__ = ["catch_up", "deadline", "jitter", "job", "name", "overlap", "queue_ttl", "rule"]
    CATCH_UP_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    JITTER_FIELD_NUMBER: _ClassVar[int]
    JOB_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_FIELD_NUMBER: _ClassVar[int]
    QUEUE_TTL_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    catch_up: ScheduleCatchUp
    deadline: _duration_pb2.Duration
    jitter: _duration_pb2.Duration
    job: SubmitRequest
    name: str
    overlap: ScheduleOverlap
    queue_ttl: _duration_pb2.Duration
    rule: ScheduleRule
    def __init__(self, name: _Optional[str] = ..., rule: _Optional[_Union[ScheduleRule, _Mapping]] = ..., job: _Optional[_Union[SubmitRequest, _Mapping]] = ..., queue_ttl: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., deadline: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., overlap: _Optional[_Union[ScheduleOverlap, str]] = ..., catch_up: _Optional[_Union[ScheduleCatchUp, str]] = ..., jitter: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ScheduledRun(_message.Message):
    __slots__ = ["at", "instant", "job_id", "outcome", "text", "times"]
    AT_FIELD_NUMBER: _ClassVar[int]
    INSTANT_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    at: _timestamp_pb2.Timestamp
    instant: _timestamp_pb2.Timestamp
    job_id: str
    outcome: str
    text: str
    times: int
    def __init__(self, instant: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., outcome: _Optional[str] = ..., job_id: _Optional[str] = ..., text: _Optional[str] = ..., times: _Optional[int] = ...) -> None: ...

class SetConfigRequest(_message.Message):
    __slots__ = ["expected_version", "job_type", "values", "values_json"]
    class ValuesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _plugin_pb2.ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_plugin_pb2.ConfigValue, _Mapping]] = ...) -> None: ...
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    VALUES_JSON_FIELD_NUMBER: _ClassVar[int]
    expected_version: int
    job_type: str
    values: _containers.MessageMap[str, _plugin_pb2.ConfigValue]
    values_json: str
    def __init__(self, job_type: _Optional[str] = ..., values: _Optional[_Mapping[str, _plugin_pb2.ConfigValue]] = ..., expected_version: _Optional[int] = ..., values_json: _Optional[str] = ...) -> None: ...

class SetConfigResponse(_message.Message):
    __slots__ = ["changes", "version"]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[ConfigChange]
    version: int
    def __init__(self, version: _Optional[int] = ..., changes: _Optional[_Iterable[_Union[ConfigChange, _Mapping]]] = ...) -> None: ...

class SubmitGroupRequest(_message.Message):
    __slots__ = ["fail_policy", "idempotency_key", "max_running", "parallel", "template"]
    FAIL_POLICY_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    MAX_RUNNING_FIELD_NUMBER: _ClassVar[int]
    PARALLEL_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    fail_policy: FailPolicy
    idempotency_key: str
    max_running: int
    parallel: int
    template: SubmitRequest
    def __init__(self, template: _Optional[_Union[SubmitRequest, _Mapping]] = ..., parallel: _Optional[int] = ..., max_running: _Optional[int] = ..., fail_policy: _Optional[_Union[FailPolicy, str]] = ..., idempotency_key: _Optional[str] = ...) -> None: ...

class SubmitGroupResponse(_message.Message):
    __slots__ = ["existing", "group"]
    EXISTING_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    existing: bool
    group: Group
    def __init__(self, group: _Optional[_Union[Group, _Mapping]] = ..., existing: bool = ...) -> None: ...

class SubmitRequest(_message.Message):
    __slots__ = ["attempt_timeout", "deadline", "dedupe_key", "detail", "dry_run", "expires_at", "idempotency_key", "job_type", "labels", "not_before", "parameters", "parameters_json", "priority", "require_labels", "require_worker", "retry_backoff", "retry_limit", "summary"]
    class LabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class ParametersEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _plugin_pb2.ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_plugin_pb2.ConfigValue, _Mapping]] = ...) -> None: ...
    class RequireLabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ATTEMPT_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    DEDUPE_KEY_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    NOT_BEFORE_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_JSON_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REQUIRE_LABELS_FIELD_NUMBER: _ClassVar[int]
    REQUIRE_WORKER_FIELD_NUMBER: _ClassVar[int]
    RETRY_BACKOFF_FIELD_NUMBER: _ClassVar[int]
    RETRY_LIMIT_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    attempt_timeout: _duration_pb2.Duration
    deadline: _timestamp_pb2.Timestamp
    dedupe_key: str
    detail: str
    dry_run: bool
    expires_at: _timestamp_pb2.Timestamp
    idempotency_key: str
    job_type: str
    labels: _containers.ScalarMap[str, str]
    not_before: _timestamp_pb2.Timestamp
    parameters: _containers.MessageMap[str, _plugin_pb2.ConfigValue]
    parameters_json: str
    priority: int
    require_labels: _containers.ScalarMap[str, str]
    require_worker: bool
    retry_backoff: _duration_pb2.Duration
    retry_limit: int
    summary: str
    def __init__(self, job_type: _Optional[str] = ..., parameters: _Optional[_Mapping[str, _plugin_pb2.ConfigValue]] = ..., parameters_json: _Optional[str] = ..., priority: _Optional[int] = ..., idempotency_key: _Optional[str] = ..., labels: _Optional[_Mapping[str, str]] = ..., require_labels: _Optional[_Mapping[str, str]] = ..., summary: _Optional[str] = ..., detail: _Optional[str] = ..., not_before: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., expires_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., attempt_timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., deadline: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., retry_limit: _Optional[int] = ..., retry_backoff: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., require_worker: bool = ..., dry_run: bool = ..., dedupe_key: _Optional[str] = ...) -> None: ...

class SubmitResponse(_message.Message):
    __slots__ = ["existing", "job", "warnings"]
    EXISTING_FIELD_NUMBER: _ClassVar[int]
    JOB_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    existing: bool
    job: Job
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ..., existing: bool = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class UpdateRequest(_message.Message):
    __slots__ = ["expected_version", "job_id", "priority", "remove_labels", "set_labels"]
    class SetLabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REMOVE_LABELS_FIELD_NUMBER: _ClassVar[int]
    SET_LABELS_FIELD_NUMBER: _ClassVar[int]
    expected_version: int
    job_id: str
    priority: int
    remove_labels: _containers.RepeatedScalarFieldContainer[str]
    set_labels: _containers.ScalarMap[str, str]
    def __init__(self, job_id: _Optional[str] = ..., priority: _Optional[int] = ..., set_labels: _Optional[_Mapping[str, str]] = ..., remove_labels: _Optional[_Iterable[str]] = ..., expected_version: _Optional[int] = ...) -> None: ...

class UpdateResponse(_message.Message):
    __slots__ = ["job"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class Waiting(_message.Message):
    __slots__ = ["code", "expected_start_in", "since", "subject", "text", "until"]
    CODE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_START_IN_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    code: str
    expected_start_in: _duration_pb2.Duration
    since: _timestamp_pb2.Timestamp
    subject: str
    text: str
    until: _timestamp_pb2.Timestamp
    def __init__(self, code: _Optional[str] = ..., text: _Optional[str] = ..., subject: _Optional[str] = ..., since: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., until: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., expected_start_in: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchEventsRequest(_message.Message):
    __slots__ = ["after_sequence", "filter", "include_activities", "include_progress"]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_ACTIVITIES_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_PROGRESS_FIELD_NUMBER: _ClassVar[int]
    after_sequence: int
    filter: JobFilter
    include_activities: bool
    include_progress: bool
    def __init__(self, filter: _Optional[_Union[JobFilter, _Mapping]] = ..., after_sequence: _Optional[int] = ..., include_progress: bool = ..., include_activities: bool = ...) -> None: ...

class WatchLogsRequest(_message.Message):
    __slots__ = ["attempt", "follow", "from_offset", "job_id", "streams", "tail_lines"]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_FIELD_NUMBER: _ClassVar[int]
    FROM_OFFSET_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    STREAMS_FIELD_NUMBER: _ClassVar[int]
    TAIL_LINES_FIELD_NUMBER: _ClassVar[int]
    attempt: int
    follow: bool
    from_offset: int
    job_id: str
    streams: _containers.RepeatedScalarFieldContainer[LogStream]
    tail_lines: int
    def __init__(self, job_id: _Optional[str] = ..., attempt: _Optional[int] = ..., streams: _Optional[_Iterable[_Union[LogStream, str]]] = ..., from_offset: _Optional[int] = ..., tail_lines: _Optional[int] = ..., follow: bool = ...) -> None: ...

class Worker(_message.Message):
    __slots__ = ["address", "connected", "connected_at", "detects", "draining", "executes", "generation", "jobs", "labels", "last_seen_at", "slots_total", "slots_used", "state", "version", "worker_id"]
    class LabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    CONNECTED_AT_FIELD_NUMBER: _ClassVar[int]
    CONNECTED_FIELD_NUMBER: _ClassVar[int]
    DETECTS_FIELD_NUMBER: _ClassVar[int]
    DRAINING_FIELD_NUMBER: _ClassVar[int]
    EXECUTES_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    JOBS_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    LAST_SEEN_AT_FIELD_NUMBER: _ClassVar[int]
    SLOTS_TOTAL_FIELD_NUMBER: _ClassVar[int]
    SLOTS_USED_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    address: str
    connected: bool
    connected_at: _timestamp_pb2.Timestamp
    detects: _containers.RepeatedScalarFieldContainer[str]
    draining: bool
    executes: _containers.RepeatedScalarFieldContainer[str]
    generation: int
    jobs: _containers.RepeatedScalarFieldContainer[str]
    labels: _containers.ScalarMap[str, str]
    last_seen_at: _timestamp_pb2.Timestamp
    slots_total: int
    slots_used: int
    state: str
    version: str
    worker_id: str
    def __init__(self, worker_id: _Optional[str] = ..., state: _Optional[str] = ..., connected: bool = ..., draining: bool = ..., generation: _Optional[int] = ..., address: _Optional[str] = ..., version: _Optional[str] = ..., slots_total: _Optional[int] = ..., slots_used: _Optional[int] = ..., labels: _Optional[_Mapping[str, str]] = ..., detects: _Optional[_Iterable[str]] = ..., executes: _Optional[_Iterable[str]] = ..., jobs: _Optional[_Iterable[str]] = ..., connected_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., last_seen_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class FailPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Include(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class JobOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class CancelOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class BulkAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class LogStream(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class JobEventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ScheduleOverlap(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ScheduleCatchUp(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
