using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>How the jobs of a type are queued and given out. Written whole: what is left out is as if nobody had changed it.</summary>
public static class DispatchApi
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record DispatchBody(
        string? Strategy,
        int? QueueLimit,
        double? SubmitRate,
        int? SubmitBurst,
        int? DefaultPriority,
        double? AgeingPerMinute,
        string? QueueTtl,
        Dictionary<string, string>? RequireLabels,
        long? ExpectedVersion,
        string? Reason);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/job-types/{type}/dispatch", (IAdmin admin, string type) => admin.States.Current.Value.JobTypes.TryGetValue(type, out var known)
            ? WireJson.Json(Settings(type, known.Dispatch, known.Config?.Version ?? 0))
            : WireJson.Error(StatusCodes.Status404NotFound, $"job type {type} is not known"));
        api.MapPut("/job-types/{type}/dispatch", SaveAsync);
    }

    private static async Task<IResult> SaveAsync(IAdmin admin, string type, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<DispatchBody>(request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (body is null)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "a body with the settings is required; {} takes all of them back");
        }

        TimeSpan? ttl = null;
        if (body.QueueTtl is { Length: > 0 } text)
        {
            if (!DurationText.TryParse(text, out var read) || Math.Abs(read.Seconds) > 1_000_000_000)
            {
                return WireJson.Error(StatusCodes.Status400BadRequest, "queue_ttl is a duration like 30s, 10m or 2h");
            }

            ttl = TimeSpan.FromSeconds(read.Seconds);
        }

        var defaults = DispatchSettings.Default;
        var settings = new DispatchSettings
        {
            Strategy = body.Strategy is null ? defaults.Strategy : StrategyOf(body.Strategy),
            QueueLimit = body.QueueLimit,
            SubmitRate = body.SubmitRate,
            SubmitBurst = body.SubmitBurst,
            DefaultPriority = body.DefaultPriority ?? defaults.DefaultPriority,
            AgeingPerMinute = body.AgeingPerMinute ?? defaults.AgeingPerMinute,
            QueueTtl = ttl,
            RequireLabels = body.RequireLabels?.ToImmutableSortedDictionary(label => label.Key, label => label.Value ?? "", StringComparer.Ordinal) ?? defaults.RequireLabels,
        };
        return Replies.From(
            await admin.SendAsync(new SaveDispatch(Actor.LocalRest, type, body.ExpectedVersion, settings, body.Reason ?? ""), cancellationToken),
            config => WireJson.Json(Settings(type, config.Dispatch ?? defaults, config.Version)));
    }

    /// <summary>One that there is not comes back as one that is refused.</summary>
    private static DispatchStrategy StrategyOf(string text)
    {
        foreach (var strategy in Enum.GetValues<DispatchStrategy>())
        {
            if (ApiObjects.Snake(strategy.ToString()) == text)
            {
                return strategy;
            }
        }

        return (DispatchStrategy)(-1);
    }

    private static object Settings(string type, DispatchSettings settings, long version) => new
    {
        job_type = type,
        config_version = version,
        strategy = ApiObjects.Snake(settings.Strategy.ToString()),
        queue_limit = settings.QueueLimit,
        submit_rate = settings.SubmitRate,
        submit_burst = settings.SubmitBurst,
        default_priority = settings.DefaultPriority,
        ageing_per_minute = settings.AgeingPerMinute,
        queue_ttl = settings.QueueTtl is { } ttl ? DurationText.Format(ConfigValue.Duration.From(ttl)) : null,
        require_labels = settings.RequireLabels,
    };
}
