using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using Google.Protobuf;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>The services of <c>pluginadmin.v1</c>, method by method.</summary>
internal static class ClientServices
{
    private static readonly ServiceDescriptor Jobs = V1.JobServiceReflection.Descriptor.Services.Single(service => service.Name == "JobService");
    private static readonly ServiceDescriptor JobTypes = V1.JobServiceReflection.Descriptor.Services.Single(service => service.Name == "JobTypeService");
    private static readonly ServiceDescriptor Workers = V1.JobServiceReflection.Descriptor.Services.Single(service => service.Name == "WorkerService");

    public static IEnumerable<ServiceDescriptor> Descriptors => [Jobs, JobTypes, Workers];

    public static void AddClientServices(this IServiceCollection services) => services
        .AddSingleton<SubmitService>()
        .AddSingleton<GroupService>()
        .AddSingleton<BulkService>()
        .AddSingleton<JobService>()
        .AddSingleton<JobEventService>()
        .AddSingleton<JobLogService>()
        .AddSingleton<JobTypeService>()
        .AddSingleton<WorkerService>();

    public static void MapClientServices(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var (submissions, jobs) = (services.GetRequiredService<SubmitService>(), services.GetRequiredService<JobService>());
        endpoints.MapGrpcUnary(Of<V1.SubmitRequest, V1.SubmitResponse>(Jobs, "Submit"), submissions.SubmitAsync);
        endpoints.MapGrpcUnary(Of<V1.RetryRequest, V1.RetryResponse>(Jobs, "Retry"), submissions.RetryAsync);
        endpoints.MapGrpcUnary(Of<V1.GetRequest, V1.GetResponse>(Jobs, "Get"), jobs.GetAsync);
        endpoints.MapGrpcUnary(Of<V1.ListRequest, V1.ListResponse>(Jobs, "List"), jobs.ListAsync);
        endpoints.MapGrpcUnary(Of<V1.CancelRequest, V1.CancelResponse>(Jobs, "Cancel"), jobs.CancelAsync);
        endpoints.MapGrpcUnary(Of<V1.UpdateRequest, V1.UpdateResponse>(Jobs, "Update"), jobs.UpdateAsync);
        endpoints.MapGrpcUnary(Of<V1.ExpireRequest, V1.ExpireResponse>(Jobs, "Expire"), jobs.ExpireAsync);
        endpoints.MapGrpcUnary(Of<V1.BulkRequest, V1.BulkResponse>(Jobs, "Bulk"), services.GetRequiredService<BulkService>().RunAsync);
        endpoints.MapGrpcServerStream(Of<V1.WatchEventsRequest, V1.JobEvent>(Jobs, "WatchEvents"), services.GetRequiredService<JobEventService>().WatchAsync);
        endpoints.MapGrpcServerStream(Of<V1.WatchLogsRequest, V1.LogChunk>(Jobs, "WatchLogs"), services.GetRequiredService<JobLogService>().WatchAsync);

        var groups = services.GetRequiredService<GroupService>();
        endpoints.MapGrpcUnary(Of<V1.SubmitGroupRequest, V1.SubmitGroupResponse>(Jobs, "SubmitGroup"), groups.SubmitAsync);
        endpoints.MapGrpcUnary(Of<V1.GetGroupRequest, V1.GetGroupResponse>(Jobs, "GetGroup"), groups.GetAsync);
        endpoints.MapGrpcUnary(Of<V1.CancelGroupRequest, V1.CancelGroupResponse>(Jobs, "CancelGroup"), groups.CancelAsync);

        var types = services.GetRequiredService<JobTypeService>();
        endpoints.MapGrpcUnary(Of<V1.ListJobTypesRequest, V1.ListJobTypesResponse>(JobTypes, "List"), types.ListAsync);
        endpoints.MapGrpcUnary(Of<V1.DescribeRequest, V1.DescribeResponse>(JobTypes, "Describe"), types.DescribeAsync);
        endpoints.MapGrpcUnary(Of<V1.GetConfigRequest, V1.GetConfigResponse>(JobTypes, "GetConfig"), types.GetConfigAsync);
        endpoints.MapGrpcUnary(Of<V1.SetConfigRequest, V1.SetConfigResponse>(JobTypes, "SetConfig"), types.SetConfigAsync);
        endpoints.MapGrpcUnary(Of<V1.DetectRequest, V1.DetectResponse>(JobTypes, "Detect"), types.DetectAsync);

        var workers = services.GetRequiredService<WorkerService>();
        endpoints.MapGrpcUnary(Of<V1.ListWorkersRequest, V1.ListWorkersResponse>(Workers, "List"), workers.ListAsync);
        endpoints.MapGrpcUnary(Of<V1.GetWorkerRequest, V1.GetWorkerResponse>(Workers, "Get"), workers.GetAsync);
        endpoints.MapGrpcUnary(Of<V1.DrainRequest, V1.DrainResponse>(Workers, "Drain"), workers.DrainAsync);
    }

    private static GrpcMethod<TRequest, TResponse> Of<TRequest, TResponse>(ServiceDescriptor service, string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => GrpcMethod.From<TRequest, TResponse>(service, name);
}
