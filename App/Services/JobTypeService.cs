using System.Collections.Immutable;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Job types with their forms and configs, and detection on demand.</summary>
internal sealed class JobTypeService(IAdmin admin, Waits waits, WatchSeats seats)
{
    private const int MostProposals = 10_000;
    private static readonly TimeSpan UsualDetection = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LongestDetection = TimeSpan.FromMinutes(30);

    public Task<V1.ListJobTypesResponse> ListAsync(V1.ListJobTypesRequest request, CallContext call) => Task.FromResult(new V1.ListJobTypesResponse
    {
        JobTypes =
        {
            admin.Views.Current.Value.JobTypes.Select(type => new V1.JobType
            {
                JobType_ = type.Name,
                DisplayName = type.DisplayName,
                Description = type.Description,
                CanDetect = type.CanDetect,
                CanExecute = type.ExecutorCount > 0,
                Workers = type.Workers.Length,
                Pending = type.Counts.Pending,
                Active = type.Counts.Active,
                Enabled = type.Policy.Enabled,
                Paused = type.IsPaused,
                Lane = type.Rules.Lane,
            }),
        },
    });

    public async Task<V1.DescribeResponse> DescribeAsync(V1.DescribeRequest request, CallContext call)
    {
        var type = Known(request.JobType);
        if (request.ForceRefresh)
        {
            if (await waits.DescribedAsync(new RefreshSchema(ClientActor.Of(call), type.Name, Force: true), call.CancellationToken) is { } refusal)
            {
                throw ClientErrors.From(refusal);
            }

            type = Known(request.JobType);
        }

        return type.Descriptor is { } descriptor
            ? new V1.DescribeResponse { Descriptor_ = DescriptorMapper.ToWire(descriptor), ProvidedBy = type.DescribedBy?.Value ?? "" }
            : throw ClientErrors.From(new Refusal(RefusalCode.WrongState, $"no worker has described {type.Name} yet"));
    }

    public Task<V1.GetConfigResponse> GetConfigAsync(V1.GetConfigRequest request, CallContext call)
    {
        var type = Known(request.JobType);
        return Task.FromResult(new V1.GetConfigResponse { Config = ConfigApi.Config(admin, type.Name, SecretFields.Masked), Version = type.Config?.Version ?? 0 });
    }

    public async Task<V1.SetConfigResponse> SetConfigAsync(V1.SetConfigRequest request, CallContext call)
    {
        var type = Known(request.JobType);
        var given = Given(type, request);
        var before = type.Config;
        var (admins, workers, runtime) = (before?.AdminValues ?? ConfigValues.Empty, before?.WorkerValues ?? ConfigValues.Empty, RuntimeForm.Values(before?.Runtime));
        var secrets = SecretFields.Names(type.Descriptor?.AdminForm).Concat(SecretFields.Names(type.Descriptor?.WorkerForm)).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            switch (FormOf(type, name))
            {
                case FormKind.Admin or FormKind.Worker when SecretFields.IsMask(value) && secrets.Contains(name):
                    // Sent back as it was shown: it stays what it is.
                    given = given.Without(name);
                    break;
                case FormKind.Admin:
                    admins = admins.With(name, value);
                    break;
                case FormKind.Worker:
                    workers = workers.With(name, value);
                    break;
                case FormKind.Runtime:
                    runtime = runtime.With(name, value);
                    break;
                default:
                    throw ClientErrors.Invalid(name, $"{type.Name} has no setting {Components.Shared.Words.Visible(name)}; pluginctl describe-type {type.Name} lists them");
            }
        }

        // The engine checks and converts the values of both forms; of its own settings it takes numbers.
        var settings = FormValidator.Check(RuntimeForm.Of(type.Descriptor), FormKind.Runtime, runtime, FormPart.All);
        var beyond = settings.Accepted.Where(setting => setting.Value is ConfigValue.Int64 { Value: > int.MaxValue })
            .Select(setting => new FieldError(FieldError.NameOf(FormKind.Runtime), setting.Key, FieldErrorCodes.Max, $"{ConfigValueText.Short(setting.Value, 40)} is above {int.MaxValue}"));
        if (settings.Errors.AddRange(beyond) is { Length: > 0 } errors)
        {
            throw ClientErrors.From(new Refusal(RefusalCode.Invalid, "some settings are not valid", errors));
        }

        var saved = (await admin.SendAsync(
            new SaveConfig(
                ClientActor.Of(call),
                type.Name,
                request.HasExpectedVersion ? request.ExpectedVersion : before?.Version ?? 0,
                SecretFields.Without(type.Descriptor?.AdminForm, admins).Overlay(Only(given, admins)),
                SecretFields.Without(type.Descriptor?.WorkerForm, workers).Overlay(Only(given, workers)),
                RuntimeForm.Settings(settings.Accepted, type.Descriptor),
                ""),
            call.CancellationToken)).OrThrow();
        return new V1.SetConfigResponse
        {
            Version = saved.Version,
            Changes = { ConfigDiff.Between(type.Descriptor, before, saved).Select(change => new V1.ConfigChange { Form = ApiObjects.Snake(change.Form), Field = change.Name, Before = change.BeforeText, After = change.AfterText }) },
        };
    }

    public async Task<V1.DetectResponse> DetectAsync(V1.DetectRequest request, CallContext call)
    {
        var (asked, timeout) = await StartAsync(request, call);
        return await EndedAsync(await waits.RoundAsync(asked, timeout, call.CancellationToken), call.CancellationToken);
    }

    public async Task WatchDetectAsync(V1.DetectRequest request, ResponseWriter<V1.DetectResponse> responses, CallContext call)
    {
        using var seat = seats.Take(ClientActor.Of(call).Name ?? "");
        var (asked, timeout) = await StartAsync(request, call);
        ImmutableArray<Detection> last = [asked];
        await foreach (var round in waits.FollowRoundAsync(asked, timeout, call.CancellationToken))
        {
            last = round;
            await responses.WriteAsync(Response(round));
        }

        await responses.WriteAsync(await EndedAsync(last, call.CancellationToken));
    }

    /// <summary>The detection, and how long it may take.</summary>
    private async Task<(Detection Asked, TimeSpan Timeout)> StartAsync(V1.DetectRequest request, CallContext call)
    {
        var timeout = ClientMapper.Span(request.Timeout, "timeout") ?? UsualDetection;
        if (timeout <= TimeSpan.Zero || timeout > LongestDetection || request.MaxResults < 0)
        {
            throw ClientErrors.Invalid(request.MaxResults < 0 ? "max_results" : "timeout", $"timeout is up to {LongestDetection.TotalMinutes} minutes, max_results 0 or more");
        }

        var asked = (await admin.SendAsync(
            new RequestDetection(ClientActor.Of(call), Known(request.JobType).Name, request.Enqueue ? DetectionMode.Run : DetectionMode.Preview, request.MaxResults, timeout),
            call.CancellationToken)).OrThrow();
        return (asked, timeout);
    }

    private async Task<V1.DetectResponse> EndedAsync(ImmutableArray<Detection> round, CancellationToken cancellationToken)
    {
        var form = Known(round[0].JobType).Descriptor?.WorkerForm;
        var response = Response(round);
        response.Ended = true;
        foreach (var detection in round)
        {
            var proposals = await admin.History.ProposalsAsync(detection.Id, 0, MostProposals - response.Proposals.Count, cancellationToken);
            response.JobIds.AddRange(proposals.Where(trace => trace.Outcome == ProposalOutcome.Queued).Select(trace => trace.Job?.Value).OfType<string>());
            response.Proposals.AddRange(proposals.Select(trace => ApiObjects.WireProposal(trace.Proposal, form)));
        }

        return response;
    }

    /// <summary>The counts of all, and what the last of them does.</summary>
    private static V1.DetectResponse Response(ImmutableArray<Detection> round) => new()
    {
        DetectionId = round[0].Id.Value,
        Found = round.Sum(detection => detection.Counts.Found),
        Created = round.Sum(detection => detection.Counts.Queued),
        Duplicates = round.Sum(detection => detection.Counts.Suppressed + detection.Counts.Refreshed + detection.Counts.DuplicateInRun),
        ErrorMessage = Waits.ErrorOf(round),
        Stage = round[^1].Stage,
        Message = round[^1].Message,
    };

    private JobType Known(string name) => admin.States.Current.Value.JobTypes.GetValueOrDefault(name) ?? throw ClientErrors.NotFound("job type", name);

    private static FormKind? FormOf(JobType type, string name)
    {
        var descriptor = type.Descriptor ?? new Descriptor { JobType = type.Name };
        bool Has(FormSchema form) => form.Fields.Any(field => field.Name == name);
        return Has(FormDefaults.AdminForm(descriptor)) ? FormKind.Admin
            : Has(FormDefaults.WorkerForm(descriptor)) ? FormKind.Worker
            : Has(RuntimeForm.Of(descriptor)) ? FormKind.Runtime
            : null;
    }

    private static ConfigValues Only(ConfigValues given, ConfigValues of) => ConfigValues.From(given.Where(pair => of.ContainsKey(pair.Key)));

    private static ConfigValues Given(JobType type, V1.SetConfigRequest request)
    {
        var descriptor = type.Descriptor ?? new Descriptor { JobType = type.Name };
        if (request.ValuesJson.Length == 0)
        {
            return ClientValues.Read(request.Values, "values");
        }

        if (request.Values.Count > 0)
        {
            throw ClientErrors.Invalid("values_json", "values and values_json exclude each other");
        }

        // One object for all that is configured: a name stands in one of the forms.
        FormSchema[] forms = [FormDefaults.AdminForm(descriptor), FormDefaults.WorkerForm(descriptor), RuntimeForm.Of(type.Descriptor)];
        var all = FormSchema.Empty with { Sections = [.. forms.SelectMany(form => form.Sections)], Defaults = forms.Aggregate(ConfigValues.Empty, (values, form) => values.Overlay(form.Defaults)) };
        return ClientJson.Read(request.ValuesJson, "values_json", all, FormKind.Worker);
    }
}
