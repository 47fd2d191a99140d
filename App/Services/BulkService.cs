using System.Collections.Immutable;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Store;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>One action on every job a filter finds, awaited. It is an operation of the admin: a caller that goes away does not stop it.</summary>
internal sealed class BulkService(IAdmin admin, TimeProvider time)
{
    private const int Page = 500;
    private const int Sampled = 20;

    public async Task<V1.BulkResponse> RunAsync(V1.BulkRequest request, CallContext call)
    {
        if (request.Limit is < 0 or > BulkOperation.MostJobs)
        {
            throw ClientErrors.Invalid("limit", $"limit is 1 to {BulkOperation.MostJobs}; left out it is {BulkOperation.MostJobs}");
        }

        var action = ActionOf(request.Action);
        var found = await FindAsync(request, call.CancellationToken);
        if (found.IsEmpty)
        {
            return new V1.BulkResponse();
        }

        if (request.DryRun)
        {
            var preview = await BulkPreview.ReadAsync(admin, action, "", found, time.GetUtcNow(), call.CancellationToken);
            return Response(found.Length, preview.WouldChange, preview.Sample.Select(job => job.Id), preview.Skipped);
        }

        var labels = request.Labels.ToImmutableSortedDictionary(StringComparer.Ordinal);
        var started = (await admin.SendAsync(
            new StartBulk(ClientActor.Of(call), action, "", found, request.Reason, found.Length, request.Priority, labels), call.CancellationToken)).OrThrow();
        var ended = await EndAsync(started.Id, call.CancellationToken);
        return Response(found.Length, ended.Changed, ended.ChangedJobs, ended.Skipped);
    }

    /// <summary>The oldest first, as many as were asked for.</summary>
    private async Task<ImmutableArray<JobId>> FindAsync(V1.BulkRequest request, CancellationToken cancellationToken)
    {
        var left = request.Limit == 0 ? BulkOperation.MostJobs : request.Limit;
        var filter = ClientFilter.Read(admin, request.Filter) with { Order = JobOrder.Created, Ascending = true };
        var found = ImmutableArray.CreateBuilder<JobId>();
        string? after = null;
        do
        {
            var page = await admin.History.JobsAsync(filter with { After = after, Limit = Math.Min(Page, left) }, cancellationToken);
            found.AddRange(page.Items.Select(job => job.Id));
            left -= page.Items.Length;
            after = page.Next;
        }
        while (after is not null && left > 0);

        return found.ToImmutable();
    }

    private async Task<BulkOperation> EndAsync(string id, CancellationToken cancellationToken)
    {
        var version = -1L;
        while (true)
        {
            (version, var state) = await admin.States.NewerAsync(version, cancellationToken);
            if (state.Operations.FirstOrDefault(operation => operation.Id == id) is { IsOpen: false } ended)
            {
                return ended;
            }
        }
    }

    private static V1.BulkResponse Response(long matched, long changed, IEnumerable<JobId> sample, ImmutableSortedDictionary<string, int> skipped)
    {
        var response = new V1.BulkResponse { Matched = matched, Changed = changed, Sample = { sample.Take(Sampled).Select(job => job.Value) } };
        foreach (var (why, count) in skipped)
        {
            response.Skipped[why] = count;
        }

        return response;
    }

    private static BulkAction ActionOf(V1.BulkAction action) => action switch
    {
        V1.BulkAction.Cancel => BulkAction.Cancel,
        V1.BulkAction.Retry => BulkAction.Retry,
        V1.BulkAction.Expire => BulkAction.Expire,
        V1.BulkAction.SetPriority => BulkAction.SetPriority,
        V1.BulkAction.SetLabels => BulkAction.SetLabels,
        _ => throw ClientErrors.Invalid("action", "action is cancel, retry, expire, set_priority or set_labels"),
    };
}
