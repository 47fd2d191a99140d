using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>The forms of a job type: edit, test, review, save. What a person typed is never overwritten by what arrives meanwhile.</summary>
public sealed partial class ConfigTab : LiveComponent
{
    private static readonly (string View, string Text)[] Views = [("form", "Form"), ("json", "JSON"), ("curl", "cURL")];

    private ConfigEdit? _edit;
    private ImmutableArray<ConfigChange> _changes = [];
    private ImmutableArray<ConfigEffect> _effects = [];
    private Detection? _test;
    private Asking _dialog;
    private DateTimeOffset? _draftAt;
    private string _target = "";
    private string _intro = "";
    private string _refusal = "";
    private string _reply = "";
    private bool _refused;
    private bool _busy;
    private bool _leaving;

    /// <summary>Changed since the draft was written; the first render looks for one instead.</summary>
    private bool _draftDue;
    private bool _draftSought;

    private enum Asking
    {
        Nothing,
        Review,
        Conflict,
        Leave,
    }

    [Parameter]
    [EditorRequired]
    public string JobType { get; set; } = "";

    [SupplyParameterFromQuery(Name = "as")]
    private string? As { get; set; }

    /// <summary>The version to compare with <see cref="With"/>, or with the one in force.</summary>
    [SupplyParameterFromQuery(Name = "version")]
    private string? Version { get; set; }

    [SupplyParameterFromQuery(Name = "with")]
    private string? With { get; set; }

    [Inject]
    private DraftStore Drafts { get; set; } = default!;

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    [Inject]
    private AdminOptions Options { get; set; } = default!;

    private JobTypeView? Type => Model.JobType(JobType);

    private string View => Views.Any(view => view.View == As) ? As! : "form";

    private int Dirty => _edit?.DirtyCount ?? 0;

    /// <summary>A version that was saved after the one this edit stands on.</summary>
    private ConfigDocument? Newer => Type?.Config is { } config && _edit is not null && config.Version > _edit.Version ? config : null;

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Show();
    }

    protected override Task OnModelAsync()
    {
        Show();
        return Task.CompletedTask;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        try
        {
            if (!_draftSought && _edit is not null)
            {
                _draftSought = true;
                await RestoreAsync();
            }
            else if (_draftDue && _edit is not null)
            {
                _draftDue = false;
                await (Dirty == 0 ? Drafts.ForgetAsync(JobType) : Drafts.KeepAsync(JobType, ConfigDraft.Of(_edit, Time.GetUtcNow())));
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone; what it kept is what it has.
        }
    }

    private string LinkTo(string view) => JobTypeLinks.To("configuration", JobType) + (view == "form" ? "" : $"&as={view}");

    /// <summary>Other forms and newer versions replace the edit copy at once only while nothing was typed; else it is laid over the new form, and a newer version waits to be merged.</summary>
    private void Show()
    {
        if (Type is not { Descriptor: { } descriptor } type)
        {
            return;
        }

        if (_edit is null || (Dirty == 0 && (Newer is not null || !_edit.IsOf(descriptor, type.CanDetect))))
        {
            Begin(new ConfigEdit(descriptor, type.Config, type.CanDetect));
        }
        else if (!_edit.IsOf(descriptor, type.CanDetect))
        {
            Begin(_edit.Over(descriptor, type.CanDetect));
        }
    }

    private void Begin(ConfigEdit edit)
    {
        foreach (var form in edit.Forms)
        {
            form.Changed += OnEdited;
        }

        _edit = edit;
    }

    private void OnEdited()
    {
        (_reply, _refused, _draftDue) = ("", false, true);
        StateHasChanged();
    }

    private async Task RestoreAsync()
    {
        if (await Drafts.FindAsync(JobType) is not { } draft)
        {
            return;
        }

        // A draft stands on the version it was begun on, so that what was saved since can be merged.
        var version = draft.Version == _edit!.Version ? _edit.Read : (await Admin.History.ConfigVersionsAsync(JobType, 1, Gone, draft.Version + 1)).FirstOrDefault();
        var edit = new ConfigEdit(_edit.Descriptor, version, Type?.CanDetect == true);
        draft.ApplyTo(edit);
        if (edit.DirtyCount > 0)
        {
            Begin(edit);
            _draftAt = draft.At;
            StateHasChanged();
        }
    }

    private void Discard()
    {
        var (edit, lost, count) = (_edit!, _edit!.Snapshot(), Dirty);
        edit.Discard();
        _draftAt = null;
        Toasts.Say($"{Words.Count(count, "change")} discarded.", () =>
        {
            edit.Apply(lost);
            return Task.FromResult<Refusal?>(null);
        });
        Show();
    }

    private async Task<bool> CheckAsync()
    {
        if (await _edit!.ReviewAsync())
        {
            return true;
        }

        Say("Some values are not valid; see the marked fields", refused: true);
        try
        {
            await (_edit.FirstInvalid?.FocusFirstErrorAsync() ?? ValueTask.CompletedTask);
        }
        catch (JSException)
        {
            // The search in the form hides the field, or another view is open; the summary on top names it.
        }

        return false;
    }

    private async Task ReviewAsync()
    {
        if (!await CheckAsync())
        {
            return;
        }

        if (Newer is not null)
        {
            _dialog = Asking.Conflict;
            return;
        }

        _changes = _edit!.Changes;
        if (_changes.IsEmpty)
        {
            Say("Nothing differs from what is saved", refused: false);
            return;
        }

        _effects = ConfigEffects.Of(Type!, _edit.Settings, _changes.Count(change => change.Form != FieldError.NameOf(FormKind.Runtime)), Time.GetUtcNow(), Options.FirstDetectionDelay);
        (_dialog, _refusal) = (Asking.Review, "");
    }

    private async Task SaveAsync(string reason)
    {
        _busy = true;
        var reply = await Admin.SendAsync(_edit!.Save(Actor.LocalUi, reason), Gone);
        _busy = false;
        if (reply.IsAccepted)
        {
            // The model follows within a moment; until then the edit already stands on what was saved.
            Begin(new ConfigEdit(_edit.Descriptor, reply.Value, Type?.CanDetect == true));
            (_draftAt, _draftDue) = (null, true);
            Close();
            Say($"Saved as version {reply.Value.Version}", refused: false);
        }
        else if (reply.Refusal.Code == RefusalCode.Conflict)
        {
            _dialog = Newer is null ? _dialog : Asking.Conflict;
            _refusal = reply.Refusal.Text;
        }
        else
        {
            _edit.Refuse(reply.Refusal.Fields);
            _refusal = reply.Refusal.Text;
            if (!reply.Refusal.Fields.IsEmpty)
            {
                Close();
                Say(reply.Refusal.Text, refused: true);
            }
        }
    }

    private Task MergeAsync(ImmutableArray<(string Form, string Name)> givenUp)
    {
        _edit!.Rebase(Newer, givenUp);
        Close();
        if (Dirty == 0)
        {
            Say($"Nothing of yours is left to save; version {_edit.Version} stands", refused: false);
            return Task.CompletedTask;
        }

        return ReviewAsync();
    }

    /// <summary>An older version becomes unsaved changes over today's; secrets stay as they are.</summary>
    private async Task RevertAsync(ConfigDocument older)
    {
        var edit = new ConfigEdit(_edit!.Descriptor, Type!.Config, Type.CanDetect);
        edit.Take(older);
        Begin(edit);
        _draftDue = true;
        _intro = $"The values of version {older.Version} become a new version. Secrets stay as they are now.";
        await ReviewAsync();
    }

    private void Imported() => Navigation.NavigateTo(LinkTo("form"));

    private async Task TestAsync()
    {
        if (!await CheckAsync())
        {
            return;
        }

        _busy = true;
        var reply = await Admin.SendAsync(new RequestDetection(Actor.LocalUi, JobType, DetectionMode.Test, Override: new ConfigOverride(Whole(_edit!.Admin), Whole(_edit.Worker))), Gone);
        _busy = false;
        _test = reply.Value;
        Say(reply.Refusal?.Text ?? "", !reply.IsAccepted);
    }

    /// <summary>With the defaults of whatever was not said, as a worker gets a config.</summary>
    private static ConfigValues Whole(FormBuffer form) => form.Form.Defaults.Overlay(form.Result());

    private async Task RefreshAsync()
    {
        var reply = await Admin.SendAsync(new RefreshSchema(Actor.LocalUi, JobType, Force: true), Gone);
        Toasts.Say(reply.Refusal, "Asked a worker for its newest form.");
    }

    private async Task SeenAsync() => Toasts.Say((await Admin.SendAsync(new AcceptForms(Actor.LocalUi, JobType), Gone)).Refusal, "Noted.");

    private async Task RevealAsync(FieldSlot slot) => Toasts.Say(
        (await Admin.SendAsync(new RevealField(Actor.LocalUi, JobType, slot.Buffer.Kind, slot.Field.Name), Gone)).Refusal, $"{slot.Field.Caption} is shown from now on.");

    private void AskBeforeLeaving(LocationChangingContext context)
    {
        var here = $"configuration?job={Uri.EscapeDataString(JobType)}";
        if (_leaving || Dirty == 0 || context.TargetLocation.Contains(here, StringComparison.Ordinal))
        {
            return;
        }

        context.PreventNavigation();
        (_target, _dialog) = (context.TargetLocation, Asking.Leave);
        StateHasChanged();
    }

    private async Task LeaveAsync()
    {
        _leaving = true;
        await Drafts.ForgetAsync(JobType);
        Navigation.NavigateTo(_target);
    }

    private void Close() => (_dialog, _intro, _refusal) = (Asking.Nothing, "", "");

    private void Say(string text, bool refused) => (_reply, _refused) = (text, refused);
}
