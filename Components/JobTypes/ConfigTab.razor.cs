using System.Data.Common;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>The forms of a job type, edited. What a person typed is never overwritten by what arrives meanwhile.</summary>
public sealed partial class ConfigTab : AddressedComponent
{
    private static readonly (string View, string Text)[] Views = [("form", "Form"), ("json", "JSON"), ("cli", "CLI"), ("curl", "cURL")];

    /// <summary>Those of an address that it reads.</summary>
    public static readonly IReadOnlyList<string> Parameters = ["as", "version", "with"];

    private ConfigEdit? _edit;
    private DraftKeeper<ConfigDraft>? _draft;
    private SaveFlow? _saving;
    private Detection? _test;
    private string _reply = "";
    private bool _refused;
    private bool _testing;

    /// <summary>A person is in the middle of a box whose text the server does not know yet.</summary>
    private bool _typing;
    private int _told = -1;
    private (ConfigEdit? Edit, long Version) _dated;

    [Parameter]
    [EditorRequired]
    public string JobType { get; set; } = "";

    /// <summary>Told how many changes are unsaved, whenever that changes.</summary>
    [Parameter]
    public EventCallback<int> OnUnsaved { get; set; }

    private string? As => Navigation.Said("as");

    /// <summary>The version to compare with <see cref="With"/>, or with the one in force.</summary>
    private string? Version => Navigation.Said("version");

    private string? With => Navigation.Said("with");

    /// <summary>A version to compare with means nothing without the one that is compared.</summary>
    private string NotUnderstood => string.Join(", ", new[] { ("as", As, View == As), ("version", Version, VersionsCard.IsVersion(Version)), ("with", With, VersionsCard.IsVersion(Version) && VersionsCard.IsVersion(With)) }
        .Where(part => !part.Item3 && !string.IsNullOrEmpty(part.Item2)).Select(part => $"{part.Item1}={part.Item2}"));

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    private JobTypeView? Type => Model.JobType(JobType);

    private string View => Views.Any(view => view.View == As) ? As! : "form";

    /// <summary>Others look at the same forms.</summary>
    private bool Edits => Who.May(Permission.ConfigEdit);

    private EventCallback<FieldSlot> Reveal => Who.May(Permission.ConfigSecrets) ? EventCallback.Factory.Create<FieldSlot>(this, RevealAsync) : default;

    private int Dirty => _edit?.DirtyCount ?? 0;

    /// <summary>What would be lost: a box being typed into counts, if nothing else does.</summary>
    private int Unsaved => Math.Max(Dirty, _typing ? 1 : 0);

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
        if (_told != Unsaved)
        {
            _told = Unsaved;
            await OnUnsaved.InvokeAsync(_told);
        }

        await DateSecretsAsync();
    }

    /// <summary>The form is there at once; since when its secrets are set follows from the versions before.</summary>
    private async Task DateSecretsAsync()
    {
        if (_edit is not { HasSecrets: true } edit || _dated == (edit, edit.Version))
        {
            return;
        }

        _dated = (edit, edit.Version);
        try
        {
            edit.DateSecrets(await Admin.History.ConfigVersionsAsync(JobType, SecretOrigins.MostVersions, Gone, edit.Version + 1));
            StateHasChanged();
        }
        catch (DbException)
        {
            // The form needs none of it; the list of versions below says what is wrong with the store.
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

        if (_edit is null || (Unsaved == 0 && (Newer is not null || !_edit.IsOf(descriptor, type.CanDetect))))
        {
            Begin(new ConfigEdit(descriptor, type.Config, type.CanDetect, Edits));
        }
        else if (!_typing && !_edit.IsOf(descriptor, type.CanDetect))
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
        _draft?.Note();
    }

    private void OnEdited()
    {
        _draft?.Note();
        Say("", refused: false);
    }

    /// <summary>What would draw the box anew waits until it is left.</summary>
    private void OnTyping(bool typing)
    {
        _typing = typing;
        Show();
    }

    /// <summary>A draft stands on the version it was begun on, so that what was saved since can be merged.</summary>
    private async Task RestoreAsync(ConfigDraft draft)
    {
        var version = draft.Version == _edit!.Version ? _edit.Read : (await Admin.History.ConfigVersionsAsync(JobType, 1, Gone, draft.Version + 1)).FirstOrDefault();
        var edit = new ConfigEdit(_edit.Descriptor, version, Type?.CanDetect == true, Edits);
        draft.ApplyTo(edit);
        if (edit.DirtyCount > 0)
        {
            Begin(edit);
        }
    }

    private void Discard()
    {
        var (edit, lost, count) = (_edit!, _edit!.Snapshot(), Dirty);
        if (count == 0)
        {
            return;
        }

        edit.Discard();
        Toasts.Say($"{Words.Count(count, "change")} discarded.", () =>
        {
            edit.Apply(lost);
            return Task.FromResult<Refusal?>(null);
        });
        Show();
    }

    /// <summary>The model follows within a moment; until then the edit already stands on what was saved.</summary>
    private void Saved(ConfigDocument saved)
    {
        Begin(new ConfigEdit(_edit!.Descriptor, saved, Type?.CanDetect == true, Edits));
        Say($"Saved as version {saved.Version}", refused: false);
    }

    /// <summary>An older version becomes unsaved changes over today's; secrets stay as they are. Changes of one's own come back when it is not saved.</summary>
    private async Task RevertAsync(ConfigDocument older)
    {
        var (mine, count) = (_edit!, Dirty);
        var edit = new ConfigEdit(mine.Descriptor, Type!.Config, Type.CanDetect, Edits);
        edit.Take(older);
        Begin(edit);
        var givenUp = count == 0 ? "" : $" {Words.Count(count, "unsaved change")} of yours {(count == 1 ? "is" : "are")} given up with it; Keep editing goes back to {(count == 1 ? "it" : "them")}.";
        var isAsked = await _saving!.ReviewAsync(edit, $"Revert {Words.Visible(Type.DisplayName)} to version {older.Version}", $"The values of version {older.Version} become a new version. Secrets stay as they are now.{givenUp}", count == 0 ? null : Back);
        if (!isAsked && count > 0)
        {
            Toasts.Say($"{Words.Count(count, "unsaved change")} made way for version {older.Version}.", () =>
            {
                Back();
                return Task.FromResult<Refusal?>(null);
            });
        }

        void Back()
        {
            Begin(mine);
            StateHasChanged();
        }
    }

    private void Imported() => Navigation.NavigateTo(LinkTo("form"));

    private async Task TestAsync()
    {
        if (!await _saving!.CheckAsync(_edit!))
        {
            return;
        }

        _testing = true;
        var reply = await Admin.SendAsync(new RequestDetection(Who.Actor, JobType, DetectionMode.Test, Override: new ConfigOverride(Whole(_edit!.Admin), Whole(_edit.Worker))), Gone);
        _testing = false;
        _test = reply.Value;
        Say(reply.Refusal?.Text ?? "", !reply.IsAccepted);
    }

    /// <summary>With the defaults of whatever was not said, as a worker gets a config.</summary>
    private static Server.Core.Forms.ConfigValues Whole(FormBuffer form) => form.Form.Defaults.Overlay(form.Result());

    private async Task RefreshAsync()
    {
        var reply = await Admin.SendAsync(new RefreshSchema(Who.Actor, JobType, Force: true), Gone);
        Toasts.Say(reply.Refusal, "Asked a worker for its newest form.");
    }

    private async Task SeenAsync() => Toasts.Say((await Admin.SendAsync(new AcceptForms(Who.Actor, JobType), Gone)).Refusal, "Noted.");

    private async Task RevealAsync(FieldSlot slot) => Toasts.Say(
        (await Admin.SendAsync(new RevealField(Who.Actor, JobType, slot.Buffer.Kind, slot.Field.Name), Gone)).Refusal, $"{slot.Field.Caption} is shown from now on.");

    private void Say(string text, bool refused)
    {
        (_reply, _refused) = (text, refused);
        StateHasChanged();
    }
}
