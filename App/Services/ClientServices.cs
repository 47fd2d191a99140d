using System.Buffers;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>The services of <c>pluginadmin.v1</c>, method by method.</summary>
internal static class ClientServices
{
    private static readonly ServiceDescriptor Jobs = V1.JobServiceReflection.Descriptor.Services.Single(service => service.Name == "JobService");
    private static readonly ServiceDescriptor JobTypes = V1.JobServiceReflection.Descriptor.Services.Single(service => service.Name == "JobTypeService");
    private static readonly ServiceDescriptor Schedules = V1.JobServiceReflection.Descriptor.Services.Single(service => service.Name == "ScheduleService");
    private static readonly ServiceDescriptor Workers = V1.JobServiceReflection.Descriptor.Services.Single(service => service.Name == "WorkerService");

    /// <summary>Clients share their door with workers, who may send far more.</summary>
    private const int LargestMessage = 4 * 1024 * 1024;

    public static IEnumerable<ServiceDescriptor> Descriptors => [Jobs, JobTypes, Schedules, Workers];

    public static void AddClientServices(this IServiceCollection services) => services
        .AddSingleton<WatchSeats>()
        .AddSingleton(WatchRhythm.Default)
        .AddSingleton<SubmitService>()
        .AddSingleton<GroupService>()
        .AddSingleton<BulkService>()
        .AddSingleton<JobService>()
        .AddSingleton<JobEventService>()
        .AddSingleton<JobLogService>()
        .AddSingleton<JobTypeService>()
        .AddSingleton<ScheduleService>()
        .AddSingleton<WorkerService>();

    public static void MapClientServices(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var (submissions, jobs) = (services.GetRequiredService<SubmitService>(), services.GetRequiredService<JobService>());
        Unary(Of<V1.SubmitRequest, V1.SubmitResponse>(Jobs, "Submit"), submissions.SubmitAsync);
        Unary(Of<V1.RetryRequest, V1.RetryResponse>(Jobs, "Retry"), submissions.RetryAsync);
        Unary(Of<V1.ReleaseRequest, V1.ReleaseResponse>(Jobs, "Release"), submissions.ReleaseAsync);
        Unary(Of<V1.GetRequest, V1.GetResponse>(Jobs, "Get"), jobs.GetAsync);
        Unary(Of<V1.ListRequest, V1.ListResponse>(Jobs, "List"), jobs.ListAsync);
        Unary(Of<V1.CancelRequest, V1.CancelResponse>(Jobs, "Cancel"), jobs.CancelAsync);
        Unary(Of<V1.UpdateRequest, V1.UpdateResponse>(Jobs, "Update"), jobs.UpdateAsync);
        Unary(Of<V1.ExpireRequest, V1.ExpireResponse>(Jobs, "Expire"), jobs.ExpireAsync);
        var bulk = services.GetRequiredService<BulkService>();
        Unary(Of<V1.BulkRequest, V1.BulkResponse>(Jobs, "Bulk"), bulk.RunAsync);
        Watch(Of<V1.BulkRequest, V1.BulkResponse>(Jobs, "WatchBulk"), bulk.WatchAsync);
        Watch(Of<V1.WatchEventsRequest, V1.JobEvent>(Jobs, "WatchEvents"), services.GetRequiredService<JobEventService>().WatchAsync);
        Watch(Of<V1.WatchLogsRequest, V1.LogChunk>(Jobs, "WatchLogs"), services.GetRequiredService<JobLogService>().WatchAsync);

        var groups = services.GetRequiredService<GroupService>();
        Unary(Of<V1.SubmitGroupRequest, V1.SubmitGroupResponse>(Jobs, "SubmitGroup"), groups.SubmitAsync);
        Unary(Of<V1.GetGroupRequest, V1.GetGroupResponse>(Jobs, "GetGroup"), groups.GetAsync);
        Unary(Of<V1.CancelGroupRequest, V1.CancelGroupResponse>(Jobs, "CancelGroup"), groups.CancelAsync);

        var types = services.GetRequiredService<JobTypeService>();
        Unary(Of<V1.ListJobTypesRequest, V1.ListJobTypesResponse>(JobTypes, "List"), types.ListAsync);
        Unary(Of<V1.DescribeRequest, V1.DescribeResponse>(JobTypes, "Describe"), types.DescribeAsync);
        Unary(Of<V1.GetConfigRequest, V1.GetConfigResponse>(JobTypes, "GetConfig"), types.GetConfigAsync);
        Unary(Of<V1.SetConfigRequest, V1.SetConfigResponse>(JobTypes, "SetConfig"), types.SetConfigAsync);
        Unary(Of<V1.DetectRequest, V1.DetectResponse>(JobTypes, "Detect"), types.DetectAsync);
        Watch(Of<V1.DetectRequest, V1.DetectResponse>(JobTypes, "WatchDetect"), types.WatchDetectAsync);

        var schedules = services.GetRequiredService<ScheduleService>();
        Unary(Of<V1.SaveScheduleRequest, V1.SaveScheduleResponse>(Schedules, "Save"), schedules.SaveAsync);
        Unary(Of<V1.GetScheduleRequest, V1.GetScheduleResponse>(Schedules, "Get"), schedules.GetAsync);
        Unary(Of<V1.ListSchedulesRequest, V1.ListSchedulesResponse>(Schedules, "List"), schedules.ListAsync);
        Unary(Of<V1.DeleteScheduleRequest, V1.DeleteScheduleResponse>(Schedules, "Delete"), schedules.DeleteAsync);
        Unary(Of<V1.PauseScheduleRequest, V1.PauseScheduleResponse>(Schedules, "Pause"), schedules.PauseAsync);
        Unary(Of<V1.RunScheduleRequest, V1.RunScheduleResponse>(Schedules, "RunNow"), schedules.RunNowAsync);
        Unary(Of<V1.PreviewScheduleRequest, V1.PreviewScheduleResponse>(Schedules, "Preview"), schedules.PreviewAsync);

        var workers = services.GetRequiredService<WorkerService>();
        Unary(Of<V1.ListWorkersRequest, V1.ListWorkersResponse>(Workers, "List"), workers.ListAsync);
        Unary(Of<V1.GetWorkerRequest, V1.GetWorkerResponse>(Workers, "Get"), workers.GetAsync);
        Unary(Of<V1.DrainRequest, V1.DrainResponse>(Workers, "Drain"), workers.DrainAsync);

        void Unary<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, Func<TRequest, CallContext, Task<TResponse>> handler)
            where TRequest : class, IMessage<TRequest>, new()
            where TResponse : class, IMessage<TResponse> => endpoints.MapGrpcUnary(method, handler, Check(new TRequest().Descriptor));

        void Watch<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, Func<TRequest, ResponseWriter<TResponse>, CallContext, Task> handler)
            where TRequest : class, IMessage<TRequest>, new()
            where TResponse : class, IMessage<TResponse> => endpoints.MapGrpcServerStream(method, handler, Check(new TRequest().Descriptor));

        static Action<ReadOnlySequence<byte>> Check(MessageDescriptor type) => message =>
        {
            if (message.Length > LargestMessage)
            {
                throw ClientErrors.Invalid("", "a message may have 4 MiB");
            }

            if (WireText.Broken(message, type) is { } field)
            {
                throw ClientErrors.Invalid(field, $"{field} is not UTF-8");
            }
        };
    }

    private static GrpcMethod<TRequest, TResponse> Of<TRequest, TResponse>(ServiceDescriptor service, string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => GrpcMethod.From<TRequest, TResponse>(service, name);
}
