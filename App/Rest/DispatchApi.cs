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
        string? DetectorScope,
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
            ? WireJson.Json(Settings(type, known.Descriptor, known.Config))
            : WireJson.Error(StatusCodes.Status404NotFound, $"job type {type} is not known"));
        api.MapPut("/job-types/{type}/dispatch", SaveAsync);
    }

    private static async Task<IResult> SaveAsync(IAdmin admin, Caller caller, string type, HttpRequest request, CancellationToken cancellationToken)
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

        // What has its place in the form of the type is left to it when nothing is said.
        var known = admin.States.Current.Value.JobTypes.GetValueOrDefault(type);
        var inForm = DispatchFields.InForm(known?.Descriptor);
        DispatchSettings Unsaid(string name) => known is not null && inForm.Contains(name) ? known.Dispatch : DispatchSettings.Default;
        var settings = new DispatchSettings
        {
            Strategy = body.Strategy is null ? Unsaid("strategy").Strategy : StrategyOf(body.Strategy),
            DetectorScope = body.DetectorScope is null ? Unsaid("detector_scope").DetectorScope : DispatchFields.ScopeOf(body.DetectorScope) ?? (DetectorScope)(-1),
            QueueLimit = body.QueueLimit ?? Unsaid("queue_limit").QueueLimit,
            SubmitRate = body.SubmitRate ?? Unsaid("submit_rate").SubmitRate,
            SubmitBurst = body.SubmitBurst ?? Unsaid("submit_burst").SubmitBurst,
            DefaultPriority = body.DefaultPriority ?? Unsaid("default_priority").DefaultPriority,
            AgeingPerMinute = body.AgeingPerMinute ?? Unsaid("ageing_per_minute").AgeingPerMinute,
            QueueTtl = body.QueueTtl is null ? Unsaid("queue_ttl").QueueTtl : ttl,
            RequireLabels = body.RequireLabels?.ToImmutableSortedDictionary(label => label.Key, label => label.Value ?? "", StringComparer.Ordinal) ?? Unsaid("require_labels").RequireLabels,
        };
        return Replies.From(
            await admin.SendAsync(new SaveDispatch(caller.By, type, body.ExpectedVersion, settings, body.Reason ?? ""), cancellationToken),
            config => WireJson.Json(Settings(type, admin.States.Current.Value.JobTypes.GetValueOrDefault(type)?.Descriptor, config)));
    }

    /// <summary>One that there is not comes back as one that is refused.</summary>
    private static DispatchStrategy StrategyOf(string text) => DispatchFields.StrategyOf(text) ?? (DispatchStrategy)(-1);

    private static object Settings(string type, Descriptor? descriptor, ConfigDocument? config)
    {
        var settings = DispatchFields.Resolve(descriptor, config);
        return new
        {
            job_type = type,
            config_version = config?.Version ?? 0,
            strategy = DispatchFields.NameOf(settings.Strategy),
            detector_scope = DispatchFields.NameOf(settings.DetectorScope),
            queue_limit = settings.QueueLimit,
            submit_rate = settings.SubmitRate,
            submit_burst = settings.SubmitBurst,
            default_priority = settings.DefaultPriority,
            ageing_per_minute = settings.AgeingPerMinute,
            queue_ttl = settings.QueueTtl is { } ttl ? DurationText.Format(ConfigValue.Duration.From(ttl)) : null,
            require_labels = settings.RequireLabels,
            sources = DispatchFields.Names.ToDictionary(name => name, name => ApiObjects.Snake(DispatchFields.SourceOf(name, descriptor, config).ToString())),
        };
    }
}
