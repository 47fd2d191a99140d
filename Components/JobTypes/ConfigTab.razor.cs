using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>The forms of a job type: edit, test, save. What a person typed is never overwritten by what arrives meanwhile.</summary>
public sealed partial class ConfigTab : LiveComponent
{
    private readonly Dictionary<string, string> _errors = new(StringComparer.Ordinal);
    private FormBuffer? _admin;
    private FormBuffer? _worker;
    private RuntimeSettings _runtime = new();
    private RuntimeSettings _savedRuntime = new();
    private Descriptor? _descriptor;
    private ImmutableArray<ConfigDocument> _versions = [];
    private ImmutableArray<ProposalTrace> _tested = [];
    private Detection? _test;
    private long _version = -1;
    private long _newer;
    private string _reply = "";
    private bool _refused;
    private bool _busy;

    [Parameter]
    [EditorRequired]
    public string JobType { get; set; } = "";

    [Inject]
    private IJSRuntime Script { get; set; } = default!;

    private JobTypeView? Type => Model.JobType(JobType);

    private int Changes => (_admin?.DirtyCount ?? 0) + (_worker?.DirtyCount ?? 0)
        + (_runtime.Enabled != _savedRuntime.Enabled ? 1 : 0) + RuntimeField.All.Count(number => number.Get(_runtime) != number.Get(_savedRuntime));

    protected override Task OnInitializedAsync() => ShowAsync();

    protected override Task OnModelAsync() => ShowAsync();

    /// <summary>A newer version replaces the edit copy only when nothing was typed; else the person is told.</summary>
    private async Task ShowAsync()
    {
        if (Type?.Descriptor is null || (Type.Config?.Version ?? 0) == _version && ReferenceEquals(Type.Descriptor, _descriptor))
        {
            return;
        }

        if (_version >= 0 && Changes > 0)
        {
            _newer = Type.Config?.Version ?? 0;
            return;
        }

        Reload();
        _versions = await Admin.History.ConfigVersionsAsync(JobType, 20, Gone);
    }

    private void Reload()
    {
        var config = Type?.Config;
        _descriptor = Type!.Descriptor!;
        _version = config?.Version ?? 0;
        _newer = 0;
        Follow(ref _admin, new FormBuffer(FormDefaults.AdminForm(_descriptor), FormKind.Admin, FormDefaults.Admin(_descriptor, config?.AdminValues ?? ConfigValues.Empty), FormPart.Config, idPrefix: "a-"));
        Follow(ref _worker, new FormBuffer(FormDefaults.WorkerForm(_descriptor), FormKind.Worker, FormDefaults.Worker(_descriptor, config?.WorkerValues ?? ConfigValues.Empty), FormPart.Config, idPrefix: "w-"));
        _savedRuntime = _runtime = RuntimePolicy.Overlay(config?.Runtime, _descriptor.RuntimeDefaults);
    }

    private void Follow(ref FormBuffer? place, FormBuffer buffer)
    {
        buffer.Changed += () => _ = InvokeAsync(() =>
        {
            _reply = "";
            StateHasChanged();
        });
        place = buffer;
    }

    private void Discard()
    {
        Reload();
        _errors.Clear();
        _reply = "";
    }

    private void SetNumber(RuntimeField field, string? text)
    {
        _reply = "";
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            _errors.Remove(field.Name);
            _runtime = field.Set(_runtime, number);
        }
        else
        {
            _errors[field.Name] = $"'{text}' is not a whole number of 0 or more";
        }
    }

    private async Task<bool> ReviewAsync()
    {
        var admin = await _admin!.ReviewAsync();
        var worker = await _worker!.ReviewAsync();
        if (!admin || !worker)
        {
            await ShowFirstErrorAsync(admin ? _worker : _admin);
        }

        return admin && worker && _errors.Count == 0;
    }

    private static async Task ShowFirstErrorAsync(FormBuffer form)
    {
        try
        {
            await form.FocusFirstErrorAsync();
        }
        catch (JSException)
        {
            // The search in the form hides the field; the summary on top names it.
        }
    }

    private async Task SaveAsync()
    {
        _busy = true;
        if (!await ReviewAsync())
        {
            Say("Some values are not valid; see the marked fields", refused: true);
        }
        else
        {
            var reply = await Admin.SendAsync(new SaveConfig(Actor.LocalUi, JobType, _version, _admin!.Result(), _worker!.Result(), _runtime, ""), Gone);
            if (reply.IsAccepted)
            {
                await SavedAsync(reply.Value);
            }
            else
            {
                _admin.Refuse(reply.Refusal.Fields);
                _worker.Refuse(reply.Refusal.Fields);
                foreach (var error in reply.Refusal.Fields.Where(error => error.Form == "admin_runtime"))
                {
                    _errors[error.Field] = error.Message;
                }

                Say(reply.Refusal.Text, refused: true);
            }
        }

        _busy = false;
    }

    private async Task SavedAsync(ConfigDocument saved)
    {
        // The model follows within a moment; until then the buffers already stand on what was saved.
        _version = saved.Version;
        Follow(ref _admin, new FormBuffer(_admin!.Form, FormKind.Admin, FormDefaults.Admin(_descriptor, saved.AdminValues), FormPart.Config, idPrefix: "a-"));
        Follow(ref _worker, new FormBuffer(_worker!.Form, FormKind.Worker, FormDefaults.Worker(_descriptor, saved.WorkerValues), FormPart.Config, idPrefix: "w-"));
        _savedRuntime = _runtime;
        _versions = await Admin.History.ConfigVersionsAsync(JobType, 20, Gone);
        Say($"Saved as version {saved.Version}", refused: false);
    }

    private async Task TestAsync()
    {
        _busy = true;
        _test = null;
        if (await ReviewAsync())
        {
            var reply = await Admin.SendAsync(new RequestDetection(Actor.LocalUi, JobType, DetectionMode.Test, Override: new ConfigOverride(_admin!.Result(), _worker!.Result())), Gone);
            Say(reply.Refusal?.Text ?? "Testing; nothing is saved or queued", !reply.IsAccepted);
            if (reply.IsAccepted)
            {
                await FollowTestAsync(reply.Value);
            }
        }
        else
        {
            Say("Some values are not valid; see the marked fields", refused: true);
        }

        _busy = false;
    }

    private async Task FollowTestAsync(Detection test)
    {
        var version = -1L;
        while (true)
        {
            var (newest, state) = await Admin.States.NewerAsync(version, Gone);
            version = newest;
            if (!state.Detections.TryGetValue(test.Id, out var running))
            {
                _test = state.JobTypes[JobType].RecentDetections.FirstOrDefault(ended => ended.Id == test.Id) ?? test;
                _tested = await Admin.History.ProposalsAsync(test.Id, 0, 10, Gone);
                Say("Tested; nothing was saved or queued", refused: _test.Error.Length > 0);
                return;
            }

            _test = running;
        }
    }

    private async Task RefreshAsync()
    {
        var reply = await Admin.SendAsync(new RefreshSchema(Actor.LocalUi, JobType, Force: true), Gone);
        Say(reply.IsAccepted ? "Asked a worker for its newest form" : reply.Refusal.Text, !reply.IsAccepted);
    }

    private async Task ConfirmLeaveAsync(LocationChangingContext context)
    {
        var leaves = !context.TargetLocation.Contains($"plugin/configuration?job={Uri.EscapeDataString(JobType)}", StringComparison.Ordinal);
        if (leaves && Changes > 0 && !await Script.InvokeAsync<bool>("confirm", Gone, $"Leave without saving {Changes} change{(Changes == 1 ? "" : "s")}?"))
        {
            context.PreventNavigation();
        }
    }

    private void Say(string text, bool refused) => (_reply, _refused) = (text, refused);
}
