using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Settings of lanes and cluster.</summary>
public static class LanesApi
{
    /// <summary>What is left out stays as it is.</summary>
    public sealed record LaneBody(bool? Serialise, bool? ClusterLock, int? IdleSleepSec);

    public sealed record PlacementBody(string? Lane, bool? Supersedes);

    public sealed record ClusterBody(
        IReadOnlyList<string>? MasterGrpcAddresses,
        IReadOnlyList<string>? FilerAddresses,
        IReadOnlyList<string>? VolumeGrpcAddresses,
        IReadOnlyList<string>? S3GrpcAddresses,
        IReadOnlyDictionary<string, string>? Metadata,
        bool? IgnorePresence);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPut("/lanes/{lane}", SaveAsync);
        api.MapDelete("/lanes/{lane}", async (IAdmin admin, Caller caller, string lane, CancellationToken cancellationToken) => Replies.From(
            await admin.SendAsync(new ResetLane(caller.By, lane), cancellationToken),
            settings => WireJson.Json(settings.Lanes.Select(Lane))));
        api.MapPut("/job-types/{type}/lane", PlaceAsync);
        api.MapDelete("/job-types/{type}/lane", async (IAdmin admin, Caller caller, string type, CancellationToken cancellationToken) => Replies.From(
            await admin.SendAsync(new PlaceJobType(caller.By, type, null), cancellationToken), rules => Placed(type, rules)));
        api.MapGet("/cluster", (IAdmin admin) => WireJson.Json(Cluster(admin.States.Current.Value.Cluster)));
        api.MapPut("/cluster", SaveClusterAsync);
    }

    private static async Task<IResult> SaveAsync(IAdmin admin, Caller caller, string lane, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<LaneBody>(request, cancellationToken);
        if (problem is not null || body is null or { Serialise: null, ClusterLock: null, IdleSleepSec: null })
        {
            return problem ?? WireJson.Error(StatusCodes.Status400BadRequest, "say what to change: serialise, cluster_lock, idle_sleep_sec");
        }

        var rules = admin.States.Current.Value.Lanes.Settings.Find(lane) ?? new LaneRules(lane);
        return Replies.From(
            await admin.SendAsync(
                new SaveLane(caller.By, rules with
                {
                    Serialise = body.Serialise ?? rules.Serialise,
                    ClusterLock = body.ClusterLock ?? rules.ClusterLock,
                    IdleSleepSeconds = body.IdleSleepSec ?? rules.IdleSleepSeconds,
                }),
                cancellationToken),
            saved => WireJson.Json(Lane(saved)));
    }

    private static async Task<IResult> PlaceAsync(IAdmin admin, Caller caller, string type, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<PlacementBody>(request, cancellationToken);
        if (problem is not null || body is null)
        {
            return problem ?? WireJson.Error(StatusCodes.Status400BadRequest, "say what to change: lane, supersedes");
        }

        var rules = admin.States.Current.Value.JobType(type).Rules;
        return Replies.From(
            await admin.SendAsync(new PlaceJobType(caller.By, type, new TypePlacement(body.Lane ?? rules.Lane, body.Supersedes ?? rules.Supersedes)), cancellationToken),
            placed => Placed(type, placed));
    }

    private static async Task<IResult> SaveClusterAsync(IAdmin admin, Caller caller, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<ClusterBody>(request, cancellationToken);
        if (problem is not null || body is null)
        {
            return problem ?? WireJson.Error(StatusCodes.Status400BadRequest, "say what to save: master_grpc_addresses, filer_addresses, volume_grpc_addresses, s3_grpc_addresses, metadata, ignore_presence");
        }

        var before = admin.States.Current.Value.Cluster.Settings;
        var settings = before with
        {
            Context = new ClusterContext
            {
                MasterGrpcAddresses = List(body.MasterGrpcAddresses, before.Context.MasterGrpcAddresses),
                FilerAddresses = List(body.FilerAddresses, before.Context.FilerAddresses),
                VolumeGrpcAddresses = List(body.VolumeGrpcAddresses, before.Context.VolumeGrpcAddresses),
                S3GrpcAddresses = List(body.S3GrpcAddresses, before.Context.S3GrpcAddresses),
                Metadata = body.Metadata?.ToImmutableSortedDictionary(StringComparer.Ordinal) ?? before.Context.Metadata,
            },
            IgnorePresence = body.IgnorePresence ?? before.IgnorePresence,
        };
        return Replies.From(await admin.SendAsync(new SaveClusterSettings(caller.By, settings), cancellationToken), saved => WireJson.Json(Cluster(saved)));
    }

    private static ImmutableArray<string> List(IReadOnlyList<string>? given, ImmutableArray<string> before) =>
        given is null ? before : [.. given.Select(address => address?.Trim() ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static object Lane(LaneRules lane) => new { lane = lane.Name, serialise = lane.Serialise, cluster_lock = lane.ClusterLock, idle_sleep_sec = lane.IdleSleepSeconds };

    private static IResult Placed(string type, TypeRules rules) => WireJson.Json(new { job_type = type, lane = rules.Lane, supersedes = rules.Supersedes });

    private static object Cluster(ClusterState cluster) => new
    {
        watched = cluster.IsWatched,
        context = Context(cluster.Context.Stamped()),
        settings = Context(cluster.Settings.Context),
        ignore_presence = cluster.Settings.IgnorePresence,
        problem = cluster.Missing ?? (cluster.Report?.Problem is { Length: > 0 } problem ? problem : null),
        looked_at = cluster.Report?.At,
        other_admin = cluster.OtherAdmin,
        @lock = SchedulerApi.Lock(cluster),
    };

    private static object Context(ClusterContext context) => new
    {
        master_grpc_addresses = context.MasterGrpcAddresses,
        filer_addresses = context.FilerAddresses,
        volume_grpc_addresses = context.VolumeGrpcAddresses,
        s3_grpc_addresses = context.S3GrpcAddresses,
        metadata = context.Metadata,
    };
}
