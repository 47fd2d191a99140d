using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Server.Core.Store;
using Google.Protobuf;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>One job at a time, and lists of them.</summary>
internal sealed class JobService(IAdmin admin, JobLogStore logs, Waits waits)
{
    private const int UsualPage = 50;
    private const int MostPage = 500;

    public async Task<V1.GetResponse> GetAsync(V1.GetRequest request, CallContext call) =>
        new() { Job = await FindAsync(request.JobId, request.Include, call.CancellationToken) ?? throw ClientErrors.NotFound("job", request.JobId) };

    public async Task<V1.ListResponse> ListAsync(V1.ListRequest request, CallContext call)
    {
        if (request.HasPageSize && request.PageSize is < 1 or > MostPage)
        {
            throw ClientErrors.Invalid("page_size", $"page_size is 1 to {MostPage}; left out it is {UsualPage}");
        }

        var filter = ClientFilter.Read(admin, request.Filter) with
        {
            Order = request.Order switch
            {
                V1.JobOrder.Updated => JobOrder.Updated,
                V1.JobOrder.Completed => JobOrder.Completed,
                V1.JobOrder.Queue => JobOrder.Queue,
                V1.JobOrder.Unspecified or V1.JobOrder.Created => JobOrder.Created,
                _ => throw ClientErrors.Invalid("order", "order is created, updated, completed or queue"),
            },
            Ascending = request.Ascending,
            Limit = request.HasPageSize ? request.PageSize : UsualPage,
        };
        var digest = Digest(request.Filter);
        var page = await PageAsync(filter, CursorOf(request.Cursor, digest), call.CancellationToken);
        var count = await admin.History.CountAsync(filter, request.CountExactly, call.CancellationToken);
        var reasons = admin.Reasons();
        return new V1.ListResponse
        {
            Jobs = { page.Items.Select(Newest).Select(job => ClientMapper.Job(job, reasons.Explain(job))) },
            NextCursor = page.Next is { } next ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{digest}{next}")) : "",
            Total = count.Total,
            TotalIsExact = count.IsExact,
        };
    }

    public async Task<V1.CancelResponse> CancelAsync(V1.CancelRequest request, CallContext call)
    {
        var id = new JobId(request.JobId);
        var wait = ClientMapper.Span(request.Wait, "wait") ?? TimeSpan.Zero;
        if (wait < TimeSpan.Zero || wait > Waits.Longest)
        {
            throw ClientErrors.Invalid("wait", $"wait is 0 s to {Waits.Longest.TotalSeconds} s");
        }

        var asked = admin.States.Current.Value.Jobs.GetValueOrDefault(id)?.Phase == JobPhase.Canceling;
        var job = await ActAsync(new CancelJob(ClientActor.Of(call), id, request.Reason, request.Force, ClientMapper.Span(request.Grace, "grace")), id, call.CancellationToken);
        job = await waits.EndAsync(job, wait, call.CancellationToken);
        return new V1.CancelResponse { Job = Shown(job), Outcome = Enum.Parse<V1.CancelOutcome>(CancelOutcomes.Of(job, asked).ToString()) };
    }

    public async Task<V1.UpdateResponse> UpdateAsync(V1.UpdateRequest request, CallContext call)
    {
        var id = new JobId(request.JobId);
        var labels = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, request.SetLabels).SetItems(request.RemoveLabels.Select(label => KeyValuePair.Create(label, "")));
        var command = new UpdateJob(ClientActor.Of(call), id, request.HasPriority ? request.Priority : null, labels.IsEmpty ? null : labels, request.HasExpectedVersion ? request.ExpectedVersion : null);
        return new V1.UpdateResponse { Job = Shown(await ActAsync(command, id, call.CancellationToken)) };
    }

    public async Task<V1.ExpireResponse> ExpireAsync(V1.ExpireRequest request, CallContext call)
    {
        var id = new JobId(request.JobId);
        return new V1.ExpireResponse { Job = Shown(await ActAsync(new ExpireJob(ClientActor.Of(call), id, request.Reason), id, call.CancellationToken)) };
    }

    private async Task<V1.Job?> FindAsync(string id, IReadOnlyCollection<V1.Include> include, CancellationToken cancellationToken)
    {
        if (await admin.History.JobAsync(new JobId(id), cancellationToken) is not { } record)
        {
            return null;
        }

        var wire = Shown(Newest(record.Job));
        ClientMapper.Add(wire, record, include, admin.States.Current.Value.JobTypes.GetValueOrDefault(record.Job.JobType)?.Descriptor?.WorkerForm);
        foreach (var attempt in wire.Attempts)
        {
            attempt.StdoutBytes = logs.KeptOf(record.Job.Id, attempt.Number, LogStream.Stdout);
            attempt.StderrBytes = logs.KeptOf(record.Job.Id, attempt.Number, LogStream.Stderr);
            attempt.DroppedBytes = logs.LimitOf(record.Job.Id, attempt.Number)?.Dropped ?? 0;
        }

        if (include.Contains(V1.Include.Activities))
        {
            var activities = await admin.History.ActivitiesAsync(new ActivityFilter { Job = record.Job.Id }, cancellationToken);
            wire.Activities.AddRange(activities.Reverse().Select(ClientMapper.Activity));
        }

        return wire;
    }

    /// <summary>A job that has ended is not the engine's any more; whether it ever was one, the store knows.</summary>
    private async Task<Job> ActAsync(Command<Job> command, JobId id, CancellationToken cancellationToken)
    {
        var reply = await admin.SendAsync(command, cancellationToken);
        if (reply.IsAccepted || reply.Refusal.Code is not (RefusalCode.NotFound or RefusalCode.WrongState))
        {
            return reply.OrThrow();
        }

        throw await admin.History.JobAsync(id, cancellationToken) switch
        {
            null => ClientErrors.NotFound("job", id.Value),
            { Job.IsTerminal: true } record => ClientErrors.From(new Refusal(RefusalCode.WrongState, $"job {id} has already ended ({record.Job.State.ToString().ToLowerInvariant()})")),
            _ => ClientErrors.From(reply.Refusal),
        };
    }

    private async Task<Page<Job>> PageAsync(JobFilter filter, string after, CancellationToken cancellationToken)
    {
        try
        {
            return await admin.History.JobsAsync(filter with { After = after }, cancellationToken);
        }
        catch (FormatException)
        {
            throw NoCursor();
        }
    }

    private V1.Job Shown(Job job) => ClientMapper.Job(job, job.State == JobState.Pending ? admin.Explain(job.Id) : null);

    /// <summary>Progress is newer in memory than on disk.</summary>
    private Job Newest(Job stored) => admin.States.Current.Value.Jobs.GetValueOrDefault(stored.Id) ?? stored;

    /// <summary>A cursor is a place in one list: it carries a digest of the filter it was made for.</summary>
    private static string Digest(V1.JobFilter? filter)
    {
        // Labels come in whatever order a client's map has at the moment.
        var sorted = filter?.Clone() ?? new V1.JobFilter();
        sorted.Labels.Clear();
        foreach (var (name, value) in (filter?.Labels ?? []).OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            sorted.Labels.Add(name, value);
        }

        return Convert.ToHexStringLower(SHA256.HashData(sorted.ToByteArray()))[..8];
    }

    private static string CursorOf(string given, string digest)
    {
        if (given.Length == 0)
        {
            return "";
        }

        // What is no Base64 at all throws there, "try" or not.
        var bytes = new byte[given.Length];
        return Base64Url.IsValid(given) && Base64Url.TryDecodeFromChars(given, bytes, out var length) && Encoding.UTF8.GetString(bytes, 0, length) is var text && text.Length > digest.Length && text.StartsWith(digest, StringComparison.Ordinal)
            ? text[digest.Length..]
            : throw NoCursor();
    }

    private static Grpc.Transport.RpcException NoCursor() => ClientErrors.Invalid("cursor", "this is no cursor of the list with that filter and order; begin without one");
}
