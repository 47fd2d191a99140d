using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Store;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>One action on every job a filter finds, awaited. It is an operation of the admin: a caller that goes away does not stop it.</summary>
internal sealed class BulkService(IAdmin admin, TimeProvider time, WatchSeats seats)
{
    /// <summary>Jobs that are named in an answer.</summary>
    public const int Sampled = 20;

    /// <summary>People are asked why; a program need not say.</summary>
    public const string Unsaid = "no reason was given";

    private const int Page = 500;

    public async Task<V1.BulkResponse> RunAsync(V1.BulkRequest request, CallContext call)
    {
        var (found, done) = await BeginAsync(request, call);
        return done ?? Response(found.Length, await EndAsync(await StartAsync(request, found, call), call.CancellationToken));
    }

    public async Task WatchAsync(V1.BulkRequest request, ResponseWriter<V1.BulkResponse> responses, CallContext call)
    {
        using var seat = seats.Take(ClientActor.Of(call).Name ?? "");
        var (found, done) = await BeginAsync(request, call);
        if (done is not null)
        {
            await responses.WriteAsync(done);
            return;
        }

        await foreach (var operation in FollowAsync(await StartAsync(request, found, call), call.CancellationToken))
        {
            await responses.WriteAsync(Response(found.Length, operation));
        }
    }

    /// <summary>The jobs it is about, or the whole answer, where nothing is to be done.</summary>
    private async Task<(ImmutableArray<JobId> Found, V1.BulkResponse? Done)> BeginAsync(V1.BulkRequest request, CallContext call)
    {
        var action = ActionOf(request.Action);
        if (OperationTransitions.Problem(action, PriorityOf(request), LabelsOf(request)) is { } problem)
        {
            throw ClientErrors.Invalid(action == BulkAction.SetLabels ? "labels" : "priority", problem);
        }

        var found = await FindAsync(request.Filter, request.Limit, call.CancellationToken);
        if (found.IsEmpty)
        {
            return (found, new V1.BulkResponse { Ended = true });
        }

        if (!request.DryRun)
        {
            return (found, null);
        }

        var preview = await BulkPreview.ReadAsync(admin, action, "", found, time.GetUtcNow(), call.CancellationToken);
        var response = new V1.BulkResponse { Matched = found.Length, Changed = preview.WouldChange, Sample = { preview.Sample.Select(job => job.Id.Value) }, Ended = true };
        Add(response, preview.Skipped);
        return (found, response);
    }

    private static int PriorityOf(V1.BulkRequest request) => request.HasPriority || request.Action != V1.BulkAction.SetPriority
        ? request.Priority
        : throw ClientErrors.Invalid("priority", "SET_PRIORITY needs the priority, 0 to 100");

    private static ImmutableSortedDictionary<string, string> LabelsOf(V1.BulkRequest request) => request.Labels.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private async Task<BulkOperation> StartAsync(V1.BulkRequest request, ImmutableArray<JobId> found, CallContext call) => (await admin.SendAsync(
        new StartBulk(
            ClientActor.Of(call),
            ActionOf(request.Action),
            "",
            found,
            request.Reason.Length > 0 ? request.Reason : Unsaid,
            found.Length,
            PriorityOf(request),
            LabelsOf(request),
            ClientFilter.Words(request.Filter)),
        call.CancellationToken)).OrThrow();

    /// <summary>The jobs that match now, the oldest first.</summary>
    /// <param name="wanted">Must name some: an empty filter would be all jobs, which is more often forgotten than meant.</param>
    /// <param name="limit">1 to <see cref="BulkOperation.MostJobs"/>; 0: as many.</param>
    /// <exception cref="Grpc.Transport.RpcException">The filter or the limit is not valid.</exception>
    public async Task<ImmutableArray<JobId>> FindAsync(V1.JobFilter? wanted, int limit, CancellationToken cancellationToken)
    {
        if (limit is < 0 or > BulkOperation.MostJobs)
        {
            throw ClientErrors.Invalid("limit", $"limit is 1 to {BulkOperation.MostJobs}; left out it is {BulkOperation.MostJobs}");
        }

        if (wanted is null || wanted.Equals(new V1.JobFilter()))
        {
            throw ClientErrors.Invalid("filter", "say which jobs: by job_ids, or by at least one other criterion of the filter");
        }

        var left = limit == 0 ? BulkOperation.MostJobs : limit;
        var filter = ClientFilter.Read(admin, wanted) with { Order = JobOrder.Created, Ascending = true };
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

    /// <summary>The operation once it has ended.</summary>
    public async Task<BulkOperation> EndAsync(BulkOperation started, CancellationToken cancellationToken)
    {
        var last = started;
        await foreach (var operation in FollowAsync(started, cancellationToken))
        {
            last = operation;
        }

        return last;
    }

    /// <summary>The operation as it is, whenever it has come further, until it has ended. Who reads slowly sees it less often.</summary>
    private async IAsyncEnumerable<BulkOperation> FollowAsync(BulkOperation started, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var version = -1L;
        var told = started;
        yield return told;
        while (told.IsOpen)
        {
            (version, var state) = await admin.States.NewerAsync(version, cancellationToken);
            if (state.Operations.FirstOrDefault(operation => operation.Id == started.Id) is { } newest && !ReferenceEquals(newest, told))
            {
                yield return told = newest;
            }
        }
    }

    /// <summary>The operation as it ended, or as it is when the time is over.</summary>
    public async Task<BulkOperation> EndAsync(BulkOperation started, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        try
        {
            return await EndAsync(started, either.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return admin.States.Current.Value.Operations.FirstOrDefault(operation => operation.Id == started.Id) ?? started;
        }
    }

    private static V1.BulkResponse Response(long matched, BulkOperation operation)
    {
        var response = new V1.BulkResponse
        {
            Matched = matched,
            Changed = operation.Changed,
            Sample = { operation.ChangedJobs.Take(Sampled).Select(job => job.Value) },
            Failed = operation.Failed,
            Done = operation.Seen,
            OperationId = operation.Id,
            Ended = !operation.IsOpen,
        };
        Add(response, operation.Skipped);
        return response;
    }

    private static void Add(V1.BulkResponse response, ImmutableSortedDictionary<string, int> skipped)
    {
        foreach (var (why, count) in skipped)
        {
            response.Skipped[why] = count;
        }
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
