using System.Text.Json;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;
using Google.Protobuf;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Job types with their forms and configs, and detection on demand.</summary>
internal sealed class JobTypeService(IAdmin admin, Waits waits)
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
            (await admin.SendAsync(new RefreshSchema(ClientActor.Of(call), type.Name, Force: true), call.CancellationToken)).OrThrow();
        }

        return type.Descriptor is { } descriptor
            ? new V1.DescribeResponse { Descriptor_ = DescriptorMapper.ToWire(descriptor), ProvidedBy = admin.Views.Current.Value.JobType(type.Name)?.Workers.Select(worker => worker.Value).FirstOrDefault() ?? "" }
            : throw ClientErrors.From(new Refusal(RefusalCode.WrongState, $"no worker has described {type.Name} yet"));
    }

    public Task<V1.GetConfigResponse> GetConfigAsync(V1.GetConfigRequest request, CallContext call)
    {
        var type = Known(request.JobType);
        return Task.FromResult(new V1.GetConfigResponse { Config = ConfigApi.Config(admin, type.Name), Version = type.Config?.Version ?? 0 });
    }

    public async Task<V1.SetConfigResponse> SetConfigAsync(V1.SetConfigRequest request, CallContext call)
    {
        var type = Known(request.JobType);
        var given = Given(type, request);
        var before = type.Config;
        var (admins, workers, runtime) = (before?.AdminValues ?? ConfigValues.Empty, before?.WorkerValues ?? ConfigValues.Empty, RuntimeForm.Values(before?.Runtime));
        foreach (var (name, value) in given)
        {
            switch (FormOf(type, name))
            {
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

        var saved = (await admin.SendAsync(
            new SaveConfig(
                ClientActor.Of(call),
                type.Name,
                request.HasExpectedVersion ? request.ExpectedVersion : before?.Version ?? 0,
                SecretFields.Without(type.Descriptor?.AdminForm, admins).Overlay(Only(given, admins)),
                SecretFields.Without(type.Descriptor?.WorkerForm, workers).Overlay(Only(given, workers)),
                RuntimeForm.Settings(runtime, type.Descriptor),
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
        var timeout = ClientMapper.Span(request.Timeout, "timeout") ?? UsualDetection;
        if (timeout <= TimeSpan.Zero || timeout > LongestDetection || request.MaxResults < 0)
        {
            throw ClientErrors.Invalid(request.MaxResults < 0 ? "max_results" : "timeout", $"timeout is up to {LongestDetection.TotalMinutes} minutes, max_results 0 or more");
        }

        var asked = (await admin.SendAsync(
            new RequestDetection(ClientActor.Of(call), Known(request.JobType).Name, request.Enqueue ? DetectionMode.Run : DetectionMode.Preview, request.MaxResults, timeout),
            call.CancellationToken)).OrThrow();
        // The engine ends a detection at its timeout; the wait is a little longer, so that it sees that end.
        var ended = await waits.DetectionAsync(asked.Id, withJobs: false, timeout + TimeSpan.FromSeconds(5), call.CancellationToken) ?? asked;
        var proposals = await admin.History.ProposalsAsync(ended.Id, 0, MostProposals, call.CancellationToken);
        return new V1.DetectResponse
        {
            DetectionId = ended.Id.Value,
            Found = ended.Counts.Found,
            Created = ended.Counts.Queued,
            Duplicates = ended.Counts.Suppressed + ended.Counts.Refreshed + ended.Counts.DuplicateInRun,
            ErrorMessage = ended.Error,
            Proposals = { proposals.Select(trace => ApiObjects.WireProposal(trace.Proposal)) },
        };
    }

    private JobType Known(string name) => admin.States.Current.Value.JobTypes.GetValueOrDefault(name) ?? throw ClientErrors.NotFound("job type", name);

    private static FormKind? FormOf(JobType type, string name) =>
        type.Descriptor is { } descriptor && FormDefaults.AdminForm(descriptor).Fields.Any(field => field.Name == name) ? FormKind.Admin
        : type.Descriptor is { } known && FormDefaults.WorkerForm(known).Fields.Any(field => field.Name == name) ? FormKind.Worker
        : RuntimeForm.Of(type.Descriptor).Fields.Any(field => field.Name == name) ? FormKind.Runtime
        : null;

    private static ConfigValues Only(ConfigValues given, ConfigValues of) => ConfigValues.From(given.Where(pair => of.ContainsKey(pair.Key)));

    private static ConfigValues Given(JobType type, V1.SetConfigRequest request)
    {
        if (request.ValuesJson.Length == 0)
        {
            return ConfigValueMapper.ToCore(request.Values);
        }

        if (request.Values.Count > 0)
        {
            throw ClientErrors.Invalid("values_json", "values and values_json exclude each other");
        }

        return ClientJson.Read(request.ValuesJson, "values_json", name => FormOf(type, name) switch
        {
            FormKind.Admin => FormDefaults.AdminForm(type.Descriptor!),
            FormKind.Worker => FormDefaults.WorkerForm(type.Descriptor!),
            FormKind.Runtime => RuntimeForm.Of(type.Descriptor),
            _ => null,
        });
    }
}
