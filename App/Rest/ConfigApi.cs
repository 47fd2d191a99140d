using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Schedules;
using Google.Protobuf;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>The config of a job type and its earlier versions. Secrets never leave: they are left out, and of a difference only that there is one is told.</summary>
public static class ConfigApi
{
    /// <summary>Versions in one answer; older ones by <c>before</c>.</summary>
    private const int Page = 50;

    public sealed record RevertBody(long? To, long? Version, string? Reason);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/job-types/{type}/config", (IAdmin admin, string type) => WireJson.Proto(Config(admin, type)));
        api.MapPut("/job-types/{type}/config", SaveAsync);
        api.MapGet("/job-types/{type}/config/versions", VersionsAsync);
        api.MapGet("/job-types/{type}/config/versions/{version}", async (IAdmin admin, string type, string version, CancellationToken cancellationToken) =>
            Queries.Number(version) is { } number && await VersionAsync(admin, type, number, cancellationToken) is { } document
                ? WireJson.Proto(Effective(admin.States.Current.Value.JobTypes.GetValueOrDefault(type)?.Descriptor, document, SecretFields.Without))
                : NotKept(type, version));
        api.MapGet("/job-types/{type}/config/diff", DiffAsync);
        api.MapPost("/job-types/{type}/config/revert", RevertAsync);
    }

    private static async Task<IResult> VersionsAsync(IAdmin admin, string type, string? before, CancellationToken cancellationToken)
    {
        var number = Queries.Number(before);
        if (number is null && !string.IsNullOrEmpty(before))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "before is the number of a version; left out the newest are shown");
        }

        return WireJson.Json(new
        {
            job_type = type,
            versions = (await admin.History.ConfigVersionsAsync(type, Page, cancellationToken, number ?? long.MaxValue)).Select(document => new
            {
                version = document.Version,
                descriptor_version = document.DescriptorVersion,
                saved_at = document.SavedAt,
                saved_by = document.SavedBy,
                via = document.Via,
                reason = document.Reason,
            }),
        });
    }

    private static async Task<IResult> DiffAsync(IAdmin admin, string type, string? from, string? to, CancellationToken cancellationToken)
    {
        if (Queries.Number(from) is not { } older || Queries.Number(to) is not { } newer)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "from and to are required: the numbers of two versions");
        }

        var (before, after) = (await VersionAsync(admin, type, older, cancellationToken), await VersionAsync(admin, type, newer, cancellationToken));
        if (before is null || after is null)
        {
            return NotKept(type, $"{(before is null ? older : newer)}");
        }

        return WireJson.Json(new
        {
            job_type = type,
            from = older,
            to = newer,
            changes = ConfigDiff.Between(admin.States.Current.Value.JobTypes.GetValueOrDefault(type)?.Descriptor, before, after).Select(change => new
            {
                form = ApiObjects.Snake(change.Form),
                name = change.Name,
                label = change.Label,
                before = change.BeforeText,
                after = change.AfterText,
                secret = change.IsSecret,
                note = change.Note,
            }),
        });
    }

    /// <summary>The values of an older version become a new one; secrets stay as they are now.</summary>
    private static async Task<IResult> RevertAsync(IAdmin admin, Caller caller, string type, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<RevertBody>(request, cancellationToken);
        if (problem is not null || body?.To is not { } to)
        {
            return problem ?? WireJson.Error(StatusCodes.Status400BadRequest, "to is required: the number of the version whose values are wanted again; version: the one you read, so that nothing newer is lost");
        }

        if (await VersionAsync(admin, type, to, cancellationToken) is not { } document)
        {
            return NotKept(type, $"{to}");
        }

        var descriptor = admin.States.Current.Value.JobTypes.GetValueOrDefault(type)?.Descriptor;
        var command = new SaveConfig(
            caller.By, type, body.Version, SecretFields.Without(descriptor?.AdminForm, document.AdminValues), SecretFields.Without(descriptor?.WorkerForm, document.WorkerValues), document.Runtime, body.Reason is { Length: > 0 } reason ? reason : $"back to version {to}");
        return Replies.From(await admin.SendAsync(command, cancellationToken), _ => WireJson.Proto(Config(admin, type)));
    }

    private static async Task<ConfigDocument?> VersionAsync(IAdmin admin, string type, long version, CancellationToken cancellationToken) =>
        version is < 1 or long.MaxValue ? null
        : (await admin.History.ConfigVersionsAsync(type, 1, cancellationToken, version + 1)) is [var found] && found.Version == version ? found : null;

    private static IResult NotKept(string type, string version) => WireJson.Error(StatusCodes.Status404NotFound, $"version {version} of the config of {type} is not kept");

    /// <summary>Descriptor defaults under saved values, nothing stored; an unknown type has an empty skeleton. Secrets are left out.</summary>
    /// <param name="hide">What to make of secrets where they are not to be left out.</param>
    internal static Wire.PersistedJobTypeConfig Config(IAdmin admin, string name, Func<FormSchema?, ConfigValues, ConfigValues>? hide = null)
    {
        var type = admin.States.Current.Value.JobTypes.GetValueOrDefault(name);
        if (type?.Config is null && type?.Descriptor is null)
        {
            return new Wire.PersistedJobTypeConfig { JobType = name, AdminRuntime = new Wire.AdminRuntimeConfig() };
        }

        var wire = Effective(type.Descriptor, type.Config ?? new ConfigDocument { JobType = name, Version = 0, SavedAt = DateTimeOffset.UnixEpoch, SavedBy = "" }, hide ?? SecretFields.Without);
        if (type.Config is null)
        {
            wire.UpdatedAt = null;
        }

        return wire;
    }

    private static Wire.PersistedJobTypeConfig Effective(Descriptor? descriptor, ConfigDocument saved, Func<FormSchema?, ConfigValues, ConfigValues> hide) => DescriptorMapper.ToWire(saved with
    {
        AdminValues = hide(descriptor?.AdminForm, FormDefaults.Admin(descriptor, saved.AdminValues)),
        WorkerValues = hide(descriptor?.WorkerForm, FormDefaults.Worker(descriptor, saved.WorkerValues)),
        Runtime = RuntimePolicy.Overlay(saved.Runtime, descriptor?.RuntimeDefaults),
    });

    private static async Task<IResult> SaveAsync(IAdmin admin, Caller caller, string type, string? version, HttpRequest request, CancellationToken cancellationToken)
    {
        var read = Queries.Number(version);
        if (read is null && !string.IsNullOrEmpty(version))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "version is the number of the version you read; left out, whatever is saved is replaced");
        }

        var (text, problem) = await Bodies.TextAsync(request, cancellationToken);
        if (text.Length == 0)
        {
            return problem ?? WireJson.Error(StatusCodes.Status400BadRequest, "the body is empty; send the config as JSON");
        }

        Wire.PersistedJobTypeConfig wire;
        try
        {
            wire = WireJson.Parse<Wire.PersistedJobTypeConfig>(text);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, $"the body is not a config: {exception.Message}");
        }

        if (type == "admin_script" && wire.AdminConfigValues.TryGetValue("script", out var script)
            && script.KindCase is Wire.ConfigValue.KindOneofCase.StringValue or Wire.ConfigValue.KindOneofCase.None && string.IsNullOrWhiteSpace(script.StringValue))
        {
            // An emptied script means the descriptor's, which stands in for a value that is not there.
            wire.AdminConfigValues.Remove("script");
        }

        return Replies.From(
            await admin.SendAsync(
                new SaveConfig(
                    caller.By,
                    type,
                    read,
                    ConfigValueMapper.ToCore(wire.AdminConfigValues),
                    ConfigValueMapper.ToCore(wire.WorkerConfigValues),
                    DescriptorMapper.ToCore(wire.AdminRuntime),
                    ""),
                cancellationToken),
            _ => WireJson.Proto(Config(admin, type)));
    }
}
