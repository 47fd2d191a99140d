from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

ACTIVITY_SOURCE_ADMIN: ActivitySource
ACTIVITY_SOURCE_DETECTOR: ActivitySource
ACTIVITY_SOURCE_EXECUTOR: ActivitySource
ACTIVITY_SOURCE_UNSPECIFIED: ActivitySource
CONFIG_FIELD_TYPE_BOOL: ConfigFieldType
CONFIG_FIELD_TYPE_BYTES: ConfigFieldType
CONFIG_FIELD_TYPE_DOUBLE: ConfigFieldType
CONFIG_FIELD_TYPE_DURATION: ConfigFieldType
CONFIG_FIELD_TYPE_ENUM: ConfigFieldType
CONFIG_FIELD_TYPE_INT64: ConfigFieldType
CONFIG_FIELD_TYPE_LIST: ConfigFieldType
CONFIG_FIELD_TYPE_OBJECT: ConfigFieldType
CONFIG_FIELD_TYPE_STRING: ConfigFieldType
CONFIG_FIELD_TYPE_UNSPECIFIED: ConfigFieldType
CONFIG_WIDGET_DURATION: ConfigWidget
CONFIG_WIDGET_MULTI_SELECT: ConfigWidget
CONFIG_WIDGET_NUMBER: ConfigWidget
CONFIG_WIDGET_PASSWORD: ConfigWidget
CONFIG_WIDGET_SELECT: ConfigWidget
CONFIG_WIDGET_TEXT: ConfigWidget
CONFIG_WIDGET_TEXTAREA: ConfigWidget
CONFIG_WIDGET_TOGGLE: ConfigWidget
CONFIG_WIDGET_UNSPECIFIED: ConfigWidget
DESCRIPTOR: _descriptor.FileDescriptor
JOB_PRIORITY_CRITICAL: JobPriority
JOB_PRIORITY_HIGH: JobPriority
JOB_PRIORITY_LOW: JobPriority
JOB_PRIORITY_NORMAL: JobPriority
JOB_PRIORITY_UNSPECIFIED: JobPriority
JOB_STATE_ASSIGNED: JobState
JOB_STATE_CANCELED: JobState
JOB_STATE_FAILED: JobState
JOB_STATE_PENDING: JobState
JOB_STATE_RUNNING: JobState
JOB_STATE_SUCCEEDED: JobState
JOB_STATE_UNSPECIFIED: JobState
LOG_STREAM_STDERR: LogStream
LOG_STREAM_STDOUT: LogStream
LOG_STREAM_UNSPECIFIED: LogStream
VALIDATION_RULE_TYPE_CUSTOM: ValidationRuleType
VALIDATION_RULE_TYPE_MAX_ITEMS: ValidationRuleType
VALIDATION_RULE_TYPE_MAX_LENGTH: ValidationRuleType
VALIDATION_RULE_TYPE_MIN_ITEMS: ValidationRuleType
VALIDATION_RULE_TYPE_MIN_LENGTH: ValidationRuleType
VALIDATION_RULE_TYPE_REGEX: ValidationRuleType
VALIDATION_RULE_TYPE_UNSPECIFIED: ValidationRuleType
WORK_KIND_DETECTION: WorkKind
WORK_KIND_EXECUTION: WorkKind
WORK_KIND_UNSPECIFIED: WorkKind

class ActivityEvent(_message.Message):
    __slots__ = ["created_at", "details", "message", "source", "stage"]
    class DetailsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    created_at: _timestamp_pb2.Timestamp
    details: _containers.MessageMap[str, ConfigValue]
    message: str
    source: ActivitySource
    stage: str
    def __init__(self, source: _Optional[_Union[ActivitySource, str]] = ..., message: _Optional[str] = ..., stage: _Optional[str] = ..., details: _Optional[_Mapping[str, ConfigValue]] = ..., created_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AdminHello(_message.Message):
    __slots__ = ["accepted", "extensions", "heartbeat_interval_seconds", "message", "reconnect_delay_seconds"]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    EXTENSIONS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_INTERVAL_SECONDS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RECONNECT_DELAY_SECONDS_FIELD_NUMBER: _ClassVar[int]
    accepted: bool
    extensions: _containers.RepeatedScalarFieldContainer[str]
    heartbeat_interval_seconds: int
    message: str
    reconnect_delay_seconds: int
    def __init__(self, accepted: bool = ..., message: _Optional[str] = ..., heartbeat_interval_seconds: _Optional[int] = ..., reconnect_delay_seconds: _Optional[int] = ..., extensions: _Optional[_Iterable[str]] = ...) -> None: ...

class AdminRuntimeConfig(_message.Message):
    __slots__ = ["detection_interval_minutes", "detection_timeout_seconds", "enabled", "execution_timeout_seconds", "global_execution_concurrency", "job_type_max_runtime_seconds", "max_jobs_per_detection", "per_worker_execution_concurrency", "retry_backoff_seconds", "retry_limit"]
    DETECTION_INTERVAL_MINUTES_FIELD_NUMBER: _ClassVar[int]
    DETECTION_TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_EXECUTION_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_MAX_RUNTIME_SECONDS_FIELD_NUMBER: _ClassVar[int]
    MAX_JOBS_PER_DETECTION_FIELD_NUMBER: _ClassVar[int]
    PER_WORKER_EXECUTION_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    RETRY_BACKOFF_SECONDS_FIELD_NUMBER: _ClassVar[int]
    RETRY_LIMIT_FIELD_NUMBER: _ClassVar[int]
    detection_interval_minutes: int
    detection_timeout_seconds: int
    enabled: bool
    execution_timeout_seconds: int
    global_execution_concurrency: int
    job_type_max_runtime_seconds: int
    max_jobs_per_detection: int
    per_worker_execution_concurrency: int
    retry_backoff_seconds: int
    retry_limit: int
    def __init__(self, enabled: bool = ..., detection_interval_minutes: _Optional[int] = ..., detection_timeout_seconds: _Optional[int] = ..., max_jobs_per_detection: _Optional[int] = ..., global_execution_concurrency: _Optional[int] = ..., per_worker_execution_concurrency: _Optional[int] = ..., retry_limit: _Optional[int] = ..., retry_backoff_seconds: _Optional[int] = ..., job_type_max_runtime_seconds: _Optional[int] = ..., execution_timeout_seconds: _Optional[int] = ...) -> None: ...

class AdminRuntimeDefaults(_message.Message):
    __slots__ = ["detection_interval_minutes", "detection_timeout_seconds", "enabled", "execution_timeout_seconds", "global_execution_concurrency", "job_type_max_runtime_seconds", "max_jobs_per_detection", "per_worker_execution_concurrency", "retry_backoff_seconds", "retry_limit"]
    DETECTION_INTERVAL_MINUTES_FIELD_NUMBER: _ClassVar[int]
    DETECTION_TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_EXECUTION_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_MAX_RUNTIME_SECONDS_FIELD_NUMBER: _ClassVar[int]
    MAX_JOBS_PER_DETECTION_FIELD_NUMBER: _ClassVar[int]
    PER_WORKER_EXECUTION_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    RETRY_BACKOFF_SECONDS_FIELD_NUMBER: _ClassVar[int]
    RETRY_LIMIT_FIELD_NUMBER: _ClassVar[int]
    detection_interval_minutes: int
    detection_timeout_seconds: int
    enabled: bool
    execution_timeout_seconds: int
    global_execution_concurrency: int
    job_type_max_runtime_seconds: int
    max_jobs_per_detection: int
    per_worker_execution_concurrency: int
    retry_backoff_seconds: int
    retry_limit: int
    def __init__(self, enabled: bool = ..., detection_interval_minutes: _Optional[int] = ..., detection_timeout_seconds: _Optional[int] = ..., max_jobs_per_detection: _Optional[int] = ..., global_execution_concurrency: _Optional[int] = ..., per_worker_execution_concurrency: _Optional[int] = ..., retry_limit: _Optional[int] = ..., retry_backoff_seconds: _Optional[int] = ..., job_type_max_runtime_seconds: _Optional[int] = ..., execution_timeout_seconds: _Optional[int] = ...) -> None: ...

class AdminShutdown(_message.Message):
    __slots__ = ["grace_period_seconds", "reason"]
    GRACE_PERIOD_SECONDS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    grace_period_seconds: int
    reason: str
    def __init__(self, reason: _Optional[str] = ..., grace_period_seconds: _Optional[int] = ...) -> None: ...

class AdminToWorkerMessage(_message.Message):
    __slots__ = ["cancel_request", "drain", "execute_job_request", "hello", "job_completed_ack", "ping", "request_config_schema", "request_id", "request_object_preview", "run_detection_request", "sent_at", "shutdown"]
    CANCEL_REQUEST_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    EXECUTE_JOB_REQUEST_FIELD_NUMBER: _ClassVar[int]
    HELLO_FIELD_NUMBER: _ClassVar[int]
    JOB_COMPLETED_ACK_FIELD_NUMBER: _ClassVar[int]
    PING_FIELD_NUMBER: _ClassVar[int]
    REQUEST_CONFIG_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_OBJECT_PREVIEW_FIELD_NUMBER: _ClassVar[int]
    RUN_DETECTION_REQUEST_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_FIELD_NUMBER: _ClassVar[int]
    SHUTDOWN_FIELD_NUMBER: _ClassVar[int]
    cancel_request: CancelRequest
    drain: Drain
    execute_job_request: ExecuteJobRequest
    hello: AdminHello
    job_completed_ack: JobCompletedAck
    ping: Ping
    request_config_schema: RequestConfigSchema
    request_id: str
    request_object_preview: RequestObjectPreview
    run_detection_request: RunDetectionRequest
    sent_at: _timestamp_pb2.Timestamp
    shutdown: AdminShutdown
    def __init__(self, request_id: _Optional[str] = ..., sent_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., hello: _Optional[_Union[AdminHello, _Mapping]] = ..., request_config_schema: _Optional[_Union[RequestConfigSchema, _Mapping]] = ..., run_detection_request: _Optional[_Union[RunDetectionRequest, _Mapping]] = ..., execute_job_request: _Optional[_Union[ExecuteJobRequest, _Mapping]] = ..., cancel_request: _Optional[_Union[CancelRequest, _Mapping]] = ..., shutdown: _Optional[_Union[AdminShutdown, _Mapping]] = ..., request_object_preview: _Optional[_Union[RequestObjectPreview, _Mapping]] = ..., job_completed_ack: _Optional[_Union[JobCompletedAck, _Mapping]] = ..., ping: _Optional[_Union[Ping, _Mapping]] = ..., drain: _Optional[_Union[Drain, _Mapping]] = ...) -> None: ...

class BoolList(_message.Message):
    __slots__ = ["values"]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[bool]
    def __init__(self, values: _Optional[_Iterable[bool]] = ...) -> None: ...

class CancelRequest(_message.Message):
    __slots__ = ["force", "reason", "target_id", "target_kind"]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TARGET_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_KIND_FIELD_NUMBER: _ClassVar[int]
    force: bool
    reason: str
    target_id: str
    target_kind: WorkKind
    def __init__(self, target_id: _Optional[str] = ..., target_kind: _Optional[_Union[WorkKind, str]] = ..., reason: _Optional[str] = ..., force: bool = ...) -> None: ...

class ClusterContext(_message.Message):
    __slots__ = ["filer_addresses", "master_grpc_addresses", "metadata", "s3_grpc_addresses", "volume_grpc_addresses"]
    class MetadataEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    FILER_ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    MASTER_GRPC_ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    S3_GRPC_ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    VOLUME_GRPC_ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    filer_addresses: _containers.RepeatedScalarFieldContainer[str]
    master_grpc_addresses: _containers.RepeatedScalarFieldContainer[str]
    metadata: _containers.ScalarMap[str, str]
    s3_grpc_addresses: _containers.RepeatedScalarFieldContainer[str]
    volume_grpc_addresses: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, master_grpc_addresses: _Optional[_Iterable[str]] = ..., filer_addresses: _Optional[_Iterable[str]] = ..., volume_grpc_addresses: _Optional[_Iterable[str]] = ..., metadata: _Optional[_Mapping[str, str]] = ..., s3_grpc_addresses: _Optional[_Iterable[str]] = ...) -> None: ...

class ConfigField(_message.Message):
    __slots__ = ["description", "field_type", "help_text", "label", "max_value", "min_value", "name", "options", "placeholder", "read_only", "required", "sensitive", "validation_rules", "visible_when_equals", "visible_when_field", "widget"]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    FIELD_TYPE_FIELD_NUMBER: _ClassVar[int]
    HELP_TEXT_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    MAX_VALUE_FIELD_NUMBER: _ClassVar[int]
    MIN_VALUE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    PLACEHOLDER_FIELD_NUMBER: _ClassVar[int]
    READ_ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    SENSITIVE_FIELD_NUMBER: _ClassVar[int]
    VALIDATION_RULES_FIELD_NUMBER: _ClassVar[int]
    VISIBLE_WHEN_EQUALS_FIELD_NUMBER: _ClassVar[int]
    VISIBLE_WHEN_FIELD_FIELD_NUMBER: _ClassVar[int]
    WIDGET_FIELD_NUMBER: _ClassVar[int]
    description: str
    field_type: ConfigFieldType
    help_text: str
    label: str
    max_value: ConfigValue
    min_value: ConfigValue
    name: str
    options: _containers.RepeatedCompositeFieldContainer[ConfigOption]
    placeholder: str
    read_only: bool
    required: bool
    sensitive: bool
    validation_rules: _containers.RepeatedCompositeFieldContainer[ValidationRule]
    visible_when_equals: ConfigValue
    visible_when_field: str
    widget: ConfigWidget
    def __init__(self, name: _Optional[str] = ..., label: _Optional[str] = ..., description: _Optional[str] = ..., help_text: _Optional[str] = ..., placeholder: _Optional[str] = ..., field_type: _Optional[_Union[ConfigFieldType, str]] = ..., widget: _Optional[_Union[ConfigWidget, str]] = ..., required: bool = ..., read_only: bool = ..., sensitive: bool = ..., min_value: _Optional[_Union[ConfigValue, _Mapping]] = ..., max_value: _Optional[_Union[ConfigValue, _Mapping]] = ..., options: _Optional[_Iterable[_Union[ConfigOption, _Mapping]]] = ..., validation_rules: _Optional[_Iterable[_Union[ValidationRule, _Mapping]]] = ..., visible_when_field: _Optional[str] = ..., visible_when_equals: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...

class ConfigForm(_message.Message):
    __slots__ = ["default_values", "description", "form_id", "sections", "title"]
    class DefaultValuesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    DEFAULT_VALUES_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    FORM_ID_FIELD_NUMBER: _ClassVar[int]
    SECTIONS_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    default_values: _containers.MessageMap[str, ConfigValue]
    description: str
    form_id: str
    sections: _containers.RepeatedCompositeFieldContainer[ConfigSection]
    title: str
    def __init__(self, form_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., sections: _Optional[_Iterable[_Union[ConfigSection, _Mapping]]] = ..., default_values: _Optional[_Mapping[str, ConfigValue]] = ...) -> None: ...

class ConfigOption(_message.Message):
    __slots__ = ["description", "disabled", "label", "value"]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    description: str
    disabled: bool
    label: str
    value: str
    def __init__(self, value: _Optional[str] = ..., label: _Optional[str] = ..., description: _Optional[str] = ..., disabled: bool = ...) -> None: ...

class ConfigSchemaResponse(_message.Message):
    __slots__ = ["error_message", "job_type", "job_type_descriptor", "request_id", "success"]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_DESCRIPTOR_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_FIELD_NUMBER: _ClassVar[int]
    error_message: str
    job_type: str
    job_type_descriptor: JobTypeDescriptor
    request_id: str
    success: bool
    def __init__(self, request_id: _Optional[str] = ..., job_type: _Optional[str] = ..., success: bool = ..., error_message: _Optional[str] = ..., job_type_descriptor: _Optional[_Union[JobTypeDescriptor, _Mapping]] = ...) -> None: ...

class ConfigSection(_message.Message):
    __slots__ = ["description", "fields", "section_id", "title"]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    SECTION_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    description: str
    fields: _containers.RepeatedCompositeFieldContainer[ConfigField]
    section_id: str
    title: str
    def __init__(self, section_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., fields: _Optional[_Iterable[_Union[ConfigField, _Mapping]]] = ...) -> None: ...

class ConfigValue(_message.Message):
    __slots__ = ["bool_list", "bool_value", "bytes_value", "double_list", "double_value", "duration_value", "int64_list", "int64_value", "list_value", "map_value", "string_list", "string_value"]
    BOOL_LIST_FIELD_NUMBER: _ClassVar[int]
    BOOL_VALUE_FIELD_NUMBER: _ClassVar[int]
    BYTES_VALUE_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_LIST_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_VALUE_FIELD_NUMBER: _ClassVar[int]
    DURATION_VALUE_FIELD_NUMBER: _ClassVar[int]
    INT64_LIST_FIELD_NUMBER: _ClassVar[int]
    INT64_VALUE_FIELD_NUMBER: _ClassVar[int]
    LIST_VALUE_FIELD_NUMBER: _ClassVar[int]
    MAP_VALUE_FIELD_NUMBER: _ClassVar[int]
    STRING_LIST_FIELD_NUMBER: _ClassVar[int]
    STRING_VALUE_FIELD_NUMBER: _ClassVar[int]
    bool_list: BoolList
    bool_value: bool
    bytes_value: bytes
    double_list: DoubleList
    double_value: float
    duration_value: _duration_pb2.Duration
    int64_list: Int64List
    int64_value: int
    list_value: ValueList
    map_value: ValueMap
    string_list: StringList
    string_value: str
    def __init__(self, bool_value: bool = ..., int64_value: _Optional[int] = ..., double_value: _Optional[float] = ..., string_value: _Optional[str] = ..., bytes_value: _Optional[bytes] = ..., duration_value: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., string_list: _Optional[_Union[StringList, _Mapping]] = ..., int64_list: _Optional[_Union[Int64List, _Mapping]] = ..., double_list: _Optional[_Union[DoubleList, _Mapping]] = ..., bool_list: _Optional[_Union[BoolList, _Mapping]] = ..., list_value: _Optional[_Union[ValueList, _Mapping]] = ..., map_value: _Optional[_Union[ValueMap, _Mapping]] = ...) -> None: ...

class DetectionComplete(_message.Message):
    __slots__ = ["error_message", "job_type", "request_id", "success", "total_proposals"]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    error_message: str
    job_type: str
    request_id: str
    success: bool
    total_proposals: int
    def __init__(self, request_id: _Optional[str] = ..., job_type: _Optional[str] = ..., success: bool = ..., error_message: _Optional[str] = ..., total_proposals: _Optional[int] = ...) -> None: ...

class DetectionProposals(_message.Message):
    __slots__ = ["has_more", "job_type", "proposals", "request_id"]
    HAS_MORE_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    has_more: bool
    job_type: str
    proposals: _containers.RepeatedCompositeFieldContainer[JobProposal]
    request_id: str
    def __init__(self, request_id: _Optional[str] = ..., job_type: _Optional[str] = ..., proposals: _Optional[_Iterable[_Union[JobProposal, _Mapping]]] = ..., has_more: bool = ...) -> None: ...

class DoubleList(_message.Message):
    __slots__ = ["values"]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, values: _Optional[_Iterable[float]] = ...) -> None: ...

class Drain(_message.Message):
    __slots__ = ["enabled", "reason"]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    enabled: bool
    reason: str
    def __init__(self, enabled: bool = ..., reason: _Optional[str] = ...) -> None: ...

class ExecuteJobRequest(_message.Message):
    __slots__ = ["admin_config_values", "admin_runtime", "attempt", "cluster_context", "job", "request_id", "worker_config_values"]
    class AdminConfigValuesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    class WorkerConfigValuesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    ADMIN_CONFIG_VALUES_FIELD_NUMBER: _ClassVar[int]
    ADMIN_RUNTIME_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    CLUSTER_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    JOB_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    WORKER_CONFIG_VALUES_FIELD_NUMBER: _ClassVar[int]
    admin_config_values: _containers.MessageMap[str, ConfigValue]
    admin_runtime: AdminRuntimeConfig
    attempt: int
    cluster_context: ClusterContext
    job: JobSpec
    request_id: str
    worker_config_values: _containers.MessageMap[str, ConfigValue]
    def __init__(self, request_id: _Optional[str] = ..., job: _Optional[_Union[JobSpec, _Mapping]] = ..., admin_runtime: _Optional[_Union[AdminRuntimeConfig, _Mapping]] = ..., admin_config_values: _Optional[_Mapping[str, ConfigValue]] = ..., worker_config_values: _Optional[_Mapping[str, ConfigValue]] = ..., cluster_context: _Optional[_Union[ClusterContext, _Mapping]] = ..., attempt: _Optional[int] = ...) -> None: ...

class Int64List(_message.Message):
    __slots__ = ["values"]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, values: _Optional[_Iterable[int]] = ...) -> None: ...

class JobCompleted(_message.Message):
    __slots__ = ["activities", "completed_at", "error_message", "job_id", "job_type", "request_id", "result", "success"]
    ACTIVITIES_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_AT_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_FIELD_NUMBER: _ClassVar[int]
    activities: _containers.RepeatedCompositeFieldContainer[ActivityEvent]
    completed_at: _timestamp_pb2.Timestamp
    error_message: str
    job_id: str
    job_type: str
    request_id: str
    result: JobResult
    success: bool
    def __init__(self, request_id: _Optional[str] = ..., job_id: _Optional[str] = ..., job_type: _Optional[str] = ..., success: bool = ..., error_message: _Optional[str] = ..., result: _Optional[_Union[JobResult, _Mapping]] = ..., activities: _Optional[_Iterable[_Union[ActivityEvent, _Mapping]]] = ..., completed_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class JobCompletedAck(_message.Message):
    __slots__ = ["job_id", "request_id"]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    request_id: str
    def __init__(self, request_id: _Optional[str] = ..., job_id: _Optional[str] = ...) -> None: ...

class JobLogChunk(_message.Message):
    __slots__ = ["data", "job_id", "left_out", "offset", "request_id", "sent_at", "stream"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    job_id: str
    left_out: int
    offset: int
    request_id: str
    sent_at: _timestamp_pb2.Timestamp
    stream: LogStream
    def __init__(self, request_id: _Optional[str] = ..., job_id: _Optional[str] = ..., stream: _Optional[_Union[LogStream, str]] = ..., offset: _Optional[int] = ..., data: _Optional[bytes] = ..., sent_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., left_out: _Optional[int] = ...) -> None: ...

class JobProgressUpdate(_message.Message):
    __slots__ = ["activities", "job_id", "job_type", "message", "metrics", "progress_percent", "request_id", "stage", "state", "updated_at"]
    class MetricsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    ACTIVITIES_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_PERCENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    activities: _containers.RepeatedCompositeFieldContainer[ActivityEvent]
    job_id: str
    job_type: str
    message: str
    metrics: _containers.MessageMap[str, ConfigValue]
    progress_percent: float
    request_id: str
    stage: str
    state: JobState
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., job_id: _Optional[str] = ..., job_type: _Optional[str] = ..., state: _Optional[_Union[JobState, str]] = ..., progress_percent: _Optional[float] = ..., stage: _Optional[str] = ..., message: _Optional[str] = ..., metrics: _Optional[_Mapping[str, ConfigValue]] = ..., activities: _Optional[_Iterable[_Union[ActivityEvent, _Mapping]]] = ..., updated_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class JobProposal(_message.Message):
    __slots__ = ["dedupe_key", "detail", "expires_at", "job_type", "labels", "not_before", "parameters", "priority", "proposal_id", "summary"]
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
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    DEDUPE_KEY_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    NOT_BEFORE_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    dedupe_key: str
    detail: str
    expires_at: _timestamp_pb2.Timestamp
    job_type: str
    labels: _containers.ScalarMap[str, str]
    not_before: _timestamp_pb2.Timestamp
    parameters: _containers.MessageMap[str, ConfigValue]
    priority: JobPriority
    proposal_id: str
    summary: str
    def __init__(self, proposal_id: _Optional[str] = ..., dedupe_key: _Optional[str] = ..., job_type: _Optional[str] = ..., priority: _Optional[_Union[JobPriority, str]] = ..., summary: _Optional[str] = ..., detail: _Optional[str] = ..., parameters: _Optional[_Mapping[str, ConfigValue]] = ..., labels: _Optional[_Mapping[str, str]] = ..., not_before: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., expires_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class JobResult(_message.Message):
    __slots__ = ["output_values", "summary"]
    class OutputValuesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    OUTPUT_VALUES_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    output_values: _containers.MessageMap[str, ConfigValue]
    summary: str
    def __init__(self, output_values: _Optional[_Mapping[str, ConfigValue]] = ..., summary: _Optional[str] = ...) -> None: ...

class JobSpec(_message.Message):
    __slots__ = ["created_at", "dedupe_key", "detail", "job_id", "job_type", "labels", "parameters", "priority", "scheduled_at", "summary"]
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
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    DEDUPE_KEY_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_AT_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    created_at: _timestamp_pb2.Timestamp
    dedupe_key: str
    detail: str
    job_id: str
    job_type: str
    labels: _containers.ScalarMap[str, str]
    parameters: _containers.MessageMap[str, ConfigValue]
    priority: JobPriority
    scheduled_at: _timestamp_pb2.Timestamp
    summary: str
    def __init__(self, job_id: _Optional[str] = ..., job_type: _Optional[str] = ..., dedupe_key: _Optional[str] = ..., priority: _Optional[_Union[JobPriority, str]] = ..., summary: _Optional[str] = ..., detail: _Optional[str] = ..., parameters: _Optional[_Mapping[str, ConfigValue]] = ..., labels: _Optional[_Mapping[str, str]] = ..., created_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., scheduled_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class JobTypeCapability(_message.Message):
    __slots__ = ["can_detect", "can_execute", "description", "display_name", "job_type", "max_detection_concurrency", "max_execution_concurrency", "weight"]
    CAN_DETECT_FIELD_NUMBER: _ClassVar[int]
    CAN_EXECUTE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    MAX_DETECTION_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    MAX_EXECUTION_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    can_detect: bool
    can_execute: bool
    description: str
    display_name: str
    job_type: str
    max_detection_concurrency: int
    max_execution_concurrency: int
    weight: int
    def __init__(self, job_type: _Optional[str] = ..., can_detect: bool = ..., can_execute: bool = ..., max_detection_concurrency: _Optional[int] = ..., max_execution_concurrency: _Optional[int] = ..., display_name: _Optional[str] = ..., description: _Optional[str] = ..., weight: _Optional[int] = ...) -> None: ...

class JobTypeDescriptor(_message.Message):
    __slots__ = ["admin_config_form", "admin_runtime_defaults", "description", "descriptor_version", "display_name", "icon", "job_type", "worker_config_form", "worker_default_values"]
    class WorkerDefaultValuesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    ADMIN_CONFIG_FORM_FIELD_NUMBER: _ClassVar[int]
    ADMIN_RUNTIME_DEFAULTS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTOR_VERSION_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    WORKER_CONFIG_FORM_FIELD_NUMBER: _ClassVar[int]
    WORKER_DEFAULT_VALUES_FIELD_NUMBER: _ClassVar[int]
    admin_config_form: ConfigForm
    admin_runtime_defaults: AdminRuntimeDefaults
    description: str
    descriptor_version: int
    display_name: str
    icon: str
    job_type: str
    worker_config_form: ConfigForm
    worker_default_values: _containers.MessageMap[str, ConfigValue]
    def __init__(self, job_type: _Optional[str] = ..., display_name: _Optional[str] = ..., description: _Optional[str] = ..., icon: _Optional[str] = ..., descriptor_version: _Optional[int] = ..., admin_config_form: _Optional[_Union[ConfigForm, _Mapping]] = ..., worker_config_form: _Optional[_Union[ConfigForm, _Mapping]] = ..., admin_runtime_defaults: _Optional[_Union[AdminRuntimeDefaults, _Mapping]] = ..., worker_default_values: _Optional[_Mapping[str, ConfigValue]] = ...) -> None: ...

class ObjectObservation(_message.Message):
    __slots__ = ["attributes", "format", "object_id", "object_kind", "observed_at"]
    class AttributesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    OBJECT_ID_FIELD_NUMBER: _ClassVar[int]
    OBJECT_KIND_FIELD_NUMBER: _ClassVar[int]
    OBSERVED_AT_FIELD_NUMBER: _ClassVar[int]
    attributes: _containers.MessageMap[str, ConfigValue]
    format: str
    object_id: _containers.RepeatedScalarFieldContainer[str]
    object_kind: str
    observed_at: _timestamp_pb2.Timestamp
    def __init__(self, object_id: _Optional[_Iterable[str]] = ..., object_kind: _Optional[str] = ..., format: _Optional[str] = ..., attributes: _Optional[_Mapping[str, ConfigValue]] = ..., observed_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ObjectPreviewResponse(_message.Message):
    __slots__ = ["columns", "error_message", "request_id", "rows", "success", "total_rows"]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_ROWS_FIELD_NUMBER: _ClassVar[int]
    columns: _containers.RepeatedScalarFieldContainer[str]
    error_message: str
    request_id: str
    rows: _containers.RepeatedCompositeFieldContainer[PreviewRow]
    success: bool
    total_rows: int
    def __init__(self, success: bool = ..., error_message: _Optional[str] = ..., columns: _Optional[_Iterable[str]] = ..., rows: _Optional[_Iterable[_Union[PreviewRow, _Mapping]]] = ..., total_rows: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class PersistedJobTypeConfig(_message.Message):
    __slots__ = ["admin_config_values", "admin_runtime", "descriptor_version", "job_type", "updated_at", "updated_by", "worker_config_values"]
    class AdminConfigValuesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    class WorkerConfigValuesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    ADMIN_CONFIG_VALUES_FIELD_NUMBER: _ClassVar[int]
    ADMIN_RUNTIME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTOR_VERSION_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_BY_FIELD_NUMBER: _ClassVar[int]
    WORKER_CONFIG_VALUES_FIELD_NUMBER: _ClassVar[int]
    admin_config_values: _containers.MessageMap[str, ConfigValue]
    admin_runtime: AdminRuntimeConfig
    descriptor_version: int
    job_type: str
    updated_at: _timestamp_pb2.Timestamp
    updated_by: str
    worker_config_values: _containers.MessageMap[str, ConfigValue]
    def __init__(self, job_type: _Optional[str] = ..., descriptor_version: _Optional[int] = ..., admin_config_values: _Optional[_Mapping[str, ConfigValue]] = ..., worker_config_values: _Optional[_Mapping[str, ConfigValue]] = ..., admin_runtime: _Optional[_Union[AdminRuntimeConfig, _Mapping]] = ..., updated_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., updated_by: _Optional[str] = ...) -> None: ...

class Ping(_message.Message):
    __slots__ = ["nonce"]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    nonce: int
    def __init__(self, nonce: _Optional[int] = ...) -> None: ...

class Pong(_message.Message):
    __slots__ = ["nonce"]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    nonce: int
    def __init__(self, nonce: _Optional[int] = ...) -> None: ...

class PreviewRow(_message.Message):
    __slots__ = ["values"]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, values: _Optional[_Iterable[str]] = ...) -> None: ...

class RequestConfigSchema(_message.Message):
    __slots__ = ["force_refresh", "job_type"]
    FORCE_REFRESH_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    force_refresh: bool
    job_type: str
    def __init__(self, job_type: _Optional[str] = ..., force_refresh: bool = ...) -> None: ...

class RequestObjectPreview(_message.Message):
    __slots__ = ["format", "object_id", "row_limit"]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    OBJECT_ID_FIELD_NUMBER: _ClassVar[int]
    ROW_LIMIT_FIELD_NUMBER: _ClassVar[int]
    format: str
    object_id: _containers.RepeatedScalarFieldContainer[str]
    row_limit: int
    def __init__(self, object_id: _Optional[_Iterable[str]] = ..., format: _Optional[str] = ..., row_limit: _Optional[int] = ...) -> None: ...

class RunDetectionRequest(_message.Message):
    __slots__ = ["admin_config_values", "admin_runtime", "cluster_context", "detection_sequence", "job_type", "last_successful_run", "max_results", "request_id", "worker_config_values"]
    class AdminConfigValuesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    class WorkerConfigValuesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    ADMIN_CONFIG_VALUES_FIELD_NUMBER: _ClassVar[int]
    ADMIN_RUNTIME_FIELD_NUMBER: _ClassVar[int]
    CLUSTER_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    DETECTION_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    LAST_SUCCESSFUL_RUN_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    WORKER_CONFIG_VALUES_FIELD_NUMBER: _ClassVar[int]
    admin_config_values: _containers.MessageMap[str, ConfigValue]
    admin_runtime: AdminRuntimeConfig
    cluster_context: ClusterContext
    detection_sequence: int
    job_type: str
    last_successful_run: _timestamp_pb2.Timestamp
    max_results: int
    request_id: str
    worker_config_values: _containers.MessageMap[str, ConfigValue]
    def __init__(self, request_id: _Optional[str] = ..., job_type: _Optional[str] = ..., detection_sequence: _Optional[int] = ..., admin_runtime: _Optional[_Union[AdminRuntimeConfig, _Mapping]] = ..., admin_config_values: _Optional[_Mapping[str, ConfigValue]] = ..., worker_config_values: _Optional[_Mapping[str, ConfigValue]] = ..., cluster_context: _Optional[_Union[ClusterContext, _Mapping]] = ..., last_successful_run: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., max_results: _Optional[int] = ...) -> None: ...

class RunningWork(_message.Message):
    __slots__ = ["job_type", "kind", "progress_percent", "request_id", "stage", "state", "work_id"]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_PERCENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    WORK_ID_FIELD_NUMBER: _ClassVar[int]
    job_type: str
    kind: WorkKind
    progress_percent: float
    request_id: str
    stage: str
    state: JobState
    work_id: str
    def __init__(self, work_id: _Optional[str] = ..., kind: _Optional[_Union[WorkKind, str]] = ..., job_type: _Optional[str] = ..., state: _Optional[_Union[JobState, str]] = ..., progress_percent: _Optional[float] = ..., stage: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class StringList(_message.Message):
    __slots__ = ["values"]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, values: _Optional[_Iterable[str]] = ...) -> None: ...

class ValidationRule(_message.Message):
    __slots__ = ["error_message", "expression", "type"]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    error_message: str
    expression: str
    type: ValidationRuleType
    def __init__(self, type: _Optional[_Union[ValidationRuleType, str]] = ..., expression: _Optional[str] = ..., error_message: _Optional[str] = ...) -> None: ...

class ValueList(_message.Message):
    __slots__ = ["values"]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[ConfigValue]
    def __init__(self, values: _Optional[_Iterable[_Union[ConfigValue, _Mapping]]] = ...) -> None: ...

class ValueMap(_message.Message):
    __slots__ = ["fields"]
    class FieldsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ConfigValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ConfigValue, _Mapping]] = ...) -> None: ...
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    fields: _containers.MessageMap[str, ConfigValue]
    def __init__(self, fields: _Optional[_Mapping[str, ConfigValue]] = ...) -> None: ...

class WorkerAcknowledge(_message.Message):
    __slots__ = ["accepted", "message", "request_id"]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    accepted: bool
    message: str
    request_id: str
    def __init__(self, request_id: _Optional[str] = ..., accepted: bool = ..., message: _Optional[str] = ...) -> None: ...

class WorkerHeartbeat(_message.Message):
    __slots__ = ["detection_slots_total", "detection_slots_used", "execution_slots_total", "execution_slots_used", "metadata", "queued_jobs_by_type", "running_work", "worker_id"]
    class MetadataEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class QueuedJobsByTypeEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    DETECTION_SLOTS_TOTAL_FIELD_NUMBER: _ClassVar[int]
    DETECTION_SLOTS_USED_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_SLOTS_TOTAL_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_SLOTS_USED_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    QUEUED_JOBS_BY_TYPE_FIELD_NUMBER: _ClassVar[int]
    RUNNING_WORK_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    detection_slots_total: int
    detection_slots_used: int
    execution_slots_total: int
    execution_slots_used: int
    metadata: _containers.ScalarMap[str, str]
    queued_jobs_by_type: _containers.ScalarMap[str, int]
    running_work: _containers.RepeatedCompositeFieldContainer[RunningWork]
    worker_id: str
    def __init__(self, worker_id: _Optional[str] = ..., running_work: _Optional[_Iterable[_Union[RunningWork, _Mapping]]] = ..., detection_slots_used: _Optional[int] = ..., detection_slots_total: _Optional[int] = ..., execution_slots_used: _Optional[int] = ..., execution_slots_total: _Optional[int] = ..., queued_jobs_by_type: _Optional[_Mapping[str, int]] = ..., metadata: _Optional[_Mapping[str, str]] = ...) -> None: ...

class WorkerHello(_message.Message):
    __slots__ = ["address", "capabilities", "metadata", "protocol_version", "running_work", "worker_id", "worker_instance_id", "worker_version"]
    class MetadataEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_VERSION_FIELD_NUMBER: _ClassVar[int]
    RUNNING_WORK_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    WORKER_INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    WORKER_VERSION_FIELD_NUMBER: _ClassVar[int]
    address: str
    capabilities: _containers.RepeatedCompositeFieldContainer[JobTypeCapability]
    metadata: _containers.ScalarMap[str, str]
    protocol_version: str
    running_work: _containers.RepeatedCompositeFieldContainer[RunningWork]
    worker_id: str
    worker_instance_id: str
    worker_version: str
    def __init__(self, worker_id: _Optional[str] = ..., worker_instance_id: _Optional[str] = ..., address: _Optional[str] = ..., worker_version: _Optional[str] = ..., protocol_version: _Optional[str] = ..., capabilities: _Optional[_Iterable[_Union[JobTypeCapability, _Mapping]]] = ..., metadata: _Optional[_Mapping[str, str]] = ..., running_work: _Optional[_Iterable[_Union[RunningWork, _Mapping]]] = ...) -> None: ...

class WorkerObservations(_message.Message):
    __slots__ = ["job_type", "observations"]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    OBSERVATIONS_FIELD_NUMBER: _ClassVar[int]
    job_type: str
    observations: _containers.RepeatedCompositeFieldContainer[ObjectObservation]
    def __init__(self, job_type: _Optional[str] = ..., observations: _Optional[_Iterable[_Union[ObjectObservation, _Mapping]]] = ...) -> None: ...

class WorkerToAdminMessage(_message.Message):
    __slots__ = ["acknowledge", "config_schema_response", "detection_complete", "detection_proposals", "heartbeat", "hello", "job_completed", "job_log", "job_progress_update", "object_preview_response", "observations", "pong", "sent_at", "worker_id"]
    ACKNOWLEDGE_FIELD_NUMBER: _ClassVar[int]
    CONFIG_SCHEMA_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    DETECTION_COMPLETE_FIELD_NUMBER: _ClassVar[int]
    DETECTION_PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    HELLO_FIELD_NUMBER: _ClassVar[int]
    JOB_COMPLETED_FIELD_NUMBER: _ClassVar[int]
    JOB_LOG_FIELD_NUMBER: _ClassVar[int]
    JOB_PROGRESS_UPDATE_FIELD_NUMBER: _ClassVar[int]
    OBJECT_PREVIEW_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    OBSERVATIONS_FIELD_NUMBER: _ClassVar[int]
    PONG_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    acknowledge: WorkerAcknowledge
    config_schema_response: ConfigSchemaResponse
    detection_complete: DetectionComplete
    detection_proposals: DetectionProposals
    heartbeat: WorkerHeartbeat
    hello: WorkerHello
    job_completed: JobCompleted
    job_log: JobLogChunk
    job_progress_update: JobProgressUpdate
    object_preview_response: ObjectPreviewResponse
    observations: WorkerObservations
    pong: Pong
    sent_at: _timestamp_pb2.Timestamp
    worker_id: str
    def __init__(self, worker_id: _Optional[str] = ..., sent_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., hello: _Optional[_Union[WorkerHello, _Mapping]] = ..., heartbeat: _Optional[_Union[WorkerHeartbeat, _Mapping]] = ..., acknowledge: _Optional[_Union[WorkerAcknowledge, _Mapping]] = ..., config_schema_response: _Optional[_Union[ConfigSchemaResponse, _Mapping]] = ..., detection_proposals: _Optional[_Union[DetectionProposals, _Mapping]] = ..., detection_complete: _Optional[_Union[DetectionComplete, _Mapping]] = ..., job_progress_update: _Optional[_Union[JobProgressUpdate, _Mapping]] = ..., job_completed: _Optional[_Union[JobCompleted, _Mapping]] = ..., observations: _Optional[_Union[WorkerObservations, _Mapping]] = ..., object_preview_response: _Optional[_Union[ObjectPreviewResponse, _Mapping]] = ..., job_log: _Optional[_Union[JobLogChunk, _Mapping]] = ..., pong: _Optional[_Union[Pong, _Mapping]] = ...) -> None: ...

class WorkKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class JobPriority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class JobState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ConfigFieldType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ConfigWidget(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ValidationRuleType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ActivitySource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class LogStream(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
