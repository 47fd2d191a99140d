using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf;

namespace BlazorPluginAdmin.Cli;

/// <summary>The calls the tool makes. Written out, because reading the generated descriptors would cost every start more than the call.</summary>
internal static class Calls
{
    public const string Jobs = "pluginadmin.v1.JobService";
    public const string JobTypes = "pluginadmin.v1.JobTypeService";
    public const string Schedules = "pluginadmin.v1.ScheduleService";
    public const string Workers = "pluginadmin.v1.WorkerService";

    public static GrpcMethod<SubmitRequest, SubmitResponse> Submit => Unary(Jobs, "Submit", SubmitRequest.Parser, SubmitResponse.Parser);

    public static GrpcMethod<SubmitGroupRequest, SubmitGroupResponse> SubmitGroup => Unary(Jobs, "SubmitGroup", SubmitGroupRequest.Parser, SubmitGroupResponse.Parser);

    public static GrpcMethod<GetRequest, GetResponse> Get => Unary(Jobs, "Get", GetRequest.Parser, GetResponse.Parser);

    public static GrpcMethod<ListRequest, ListResponse> List => Unary(Jobs, "List", ListRequest.Parser, ListResponse.Parser);

    public static GrpcMethod<CancelRequest, CancelResponse> Cancel => Unary(Jobs, "Cancel", CancelRequest.Parser, CancelResponse.Parser);

    public static GrpcMethod<RetryRequest, RetryResponse> Retry => Unary(Jobs, "Retry", RetryRequest.Parser, RetryResponse.Parser);

    public static GrpcMethod<BulkRequest, BulkResponse> WatchBulk => Stream(Jobs, "WatchBulk", BulkRequest.Parser, BulkResponse.Parser);

    public static GrpcMethod<GetGroupRequest, GetGroupResponse> GetGroup => Unary(Jobs, "GetGroup", GetGroupRequest.Parser, GetGroupResponse.Parser);

    public static GrpcMethod<CancelGroupRequest, CancelGroupResponse> CancelGroup => Unary(Jobs, "CancelGroup", CancelGroupRequest.Parser, CancelGroupResponse.Parser);

    public static GrpcMethod<WatchLogsRequest, LogChunk> WatchLogs => Stream(Jobs, "WatchLogs", WatchLogsRequest.Parser, LogChunk.Parser);

    public static GrpcMethod<WatchEventsRequest, JobEvent> WatchEvents => Stream(Jobs, "WatchEvents", WatchEventsRequest.Parser, JobEvent.Parser);

    public static GrpcMethod<ListJobTypesRequest, ListJobTypesResponse> ListJobTypes => Unary(JobTypes, "List", ListJobTypesRequest.Parser, ListJobTypesResponse.Parser);

    public static GrpcMethod<DescribeRequest, DescribeResponse> Describe => Unary(JobTypes, "Describe", DescribeRequest.Parser, DescribeResponse.Parser);

    public static GrpcMethod<GetConfigRequest, GetConfigResponse> GetConfig => Unary(JobTypes, "GetConfig", GetConfigRequest.Parser, GetConfigResponse.Parser);

    public static GrpcMethod<SetConfigRequest, SetConfigResponse> SetConfig => Unary(JobTypes, "SetConfig", SetConfigRequest.Parser, SetConfigResponse.Parser);

    public static GrpcMethod<DetectRequest, DetectResponse> WatchDetect => Stream(JobTypes, "WatchDetect", DetectRequest.Parser, DetectResponse.Parser);

    public static GrpcMethod<SaveScheduleRequest, SaveScheduleResponse> SaveSchedule => Unary(Schedules, "Save", SaveScheduleRequest.Parser, SaveScheduleResponse.Parser);

    public static GrpcMethod<GetScheduleRequest, GetScheduleResponse> GetSchedule => Unary(Schedules, "Get", GetScheduleRequest.Parser, GetScheduleResponse.Parser);

    public static GrpcMethod<ListSchedulesRequest, ListSchedulesResponse> ListSchedules => Unary(Schedules, "List", ListSchedulesRequest.Parser, ListSchedulesResponse.Parser);

    public static GrpcMethod<DeleteScheduleRequest, DeleteScheduleResponse> DeleteSchedule => Unary(Schedules, "Delete", DeleteScheduleRequest.Parser, DeleteScheduleResponse.Parser);

    public static GrpcMethod<PauseScheduleRequest, PauseScheduleResponse> PauseSchedule => Unary(Schedules, "Pause", PauseScheduleRequest.Parser, PauseScheduleResponse.Parser);

    public static GrpcMethod<RunScheduleRequest, RunScheduleResponse> RunSchedule => Unary(Schedules, "RunNow", RunScheduleRequest.Parser, RunScheduleResponse.Parser);

    public static GrpcMethod<PreviewScheduleRequest, PreviewScheduleResponse> PreviewSchedule => Unary(Schedules, "Preview", PreviewScheduleRequest.Parser, PreviewScheduleResponse.Parser);

    public static GrpcMethod<ListWorkersRequest, ListWorkersResponse> ListWorkers => Unary(Workers, "List", ListWorkersRequest.Parser, ListWorkersResponse.Parser);

    public static GrpcMethod<DrainRequest, DrainResponse> Drain => Unary(Workers, "Drain", DrainRequest.Parser, DrainResponse.Parser);

    private static GrpcMethod<TRequest, TResponse> Unary<TRequest, TResponse>(string service, string name, MessageParser<TRequest> request, MessageParser<TResponse> response)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => new(service, name, request, response, ClientStreaming: false, ServerStreaming: false);

    private static GrpcMethod<TRequest, TResponse> Stream<TRequest, TResponse>(string service, string name, MessageParser<TRequest> request, MessageParser<TResponse> response)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => new(service, name, request, response, ClientStreaming: false, ServerStreaming: true);
}
