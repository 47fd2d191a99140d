using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>The workers, as the dashboard knows them.</summary>
internal sealed class WorkerService(IAdmin admin)
{
    public Task<V1.ListWorkersResponse> ListAsync(V1.ListWorkersRequest request, CallContext call) => Task.FromResult(new V1.ListWorkersResponse
    {
        Workers = { admin.Views.Current.Value.Workers.Where(view => request.IncludeDisconnected || view.Session is not null).OrderBy(view => view.Worker.Id).Select(Worker) },
    });

    public Task<V1.GetWorkerResponse> GetAsync(V1.GetWorkerRequest request, CallContext call) => Task.FromResult(new V1.GetWorkerResponse
    {
        Worker = Worker(admin.Views.Current.Value.Worker(new WorkerId(request.WorkerId)) ?? throw ClientErrors.NotFound("worker", request.WorkerId)),
    });

    public async Task<V1.DrainResponse> DrainAsync(V1.DrainRequest request, CallContext call)
    {
        var id = new WorkerId(request.WorkerId);
        if (!admin.States.Current.Value.Workers.ContainsKey(id))
        {
            throw ClientErrors.NotFound("worker", request.WorkerId);
        }

        var worker = (await admin.SendAsync(new DrainWorker(ClientActor.Of(call), id, request.Enabled, request.Reason), call.CancellationToken)).OrThrow();
        var view = admin.Views.Current.Value.Worker(id);
        return new V1.DrainResponse { Worker = Worker(view is null ? new WorkerView { Worker = worker } : view with { Worker = worker }) };
    }

    private static V1.Worker Worker(WorkerView view)
    {
        var worker = view.Worker;
        return new V1.Worker
        {
            WorkerId = worker.Id.Value,
            State = view.Session is null ? "disconnected" : ApiObjects.Snake(worker.Health.ToString()),
            Connected = view.Session is not null,
            Draining = worker.Draining,
            Generation = worker.Generation,
            Address = worker.Address,
            Version = worker.WorkerVersion,
            SlotsTotal = view.ExecutionTotal,
            SlotsUsed = view.ExecutionUsed,
            Labels = { worker.Labels },
            Detects = { worker.Capabilities.Values.Where(capability => capability.CanDetect).Select(capability => capability.JobType) },
            Executes = { worker.Capabilities.Values.Where(capability => capability.CanExecute).Select(capability => capability.JobType) },
            Jobs = { view.Running.Select(job => job.Id.Value) },
            ConnectedAt = ApiObjects.Stamp(worker.ConnectedAt),
            LastSeenAt = ApiObjects.Stamp(worker.LastSeenAt),
        };
    }
}
