using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>The way from unsaved changes to a new version: checked, merged with what others saved meanwhile, reviewed, sent.</summary>
public sealed partial class SaveFlow : ComponentBase
{
    private ConfigEdit? _edit;
    private ImmutableArray<ConfigChange> _changes = [];
    private ImmutableArray<ConfigEffect> _effects = [];
    private Asking _asking;
    private string _title = "";
    private string _intro = "";
    private string _refusal = "";
    private Action? _onKept;

    private enum Asking
    {
        Nothing,
        Review,
        Conflict,
    }

    [Parameter, EditorRequired]
    public JobTypeView Type { get; set; } = default!;

    /// <summary>A version that was saved after the one the edit stands on.</summary>
    [Parameter, EditorRequired]
    public ConfigDocument? Newer { get; set; }

    [Parameter]
    public EventCallback<ConfigDocument> OnSaved { get; set; }

    /// <summary>What came of it, beside the buttons.</summary>
    [Parameter, EditorRequired]
    public Action<string, bool> Say { get; set; } = default!;

    public bool IsBusy { get; private set; }

    /// <summary>Still newer than the edit, which may have taken it over since the last render.</summary>
    private ConfigDocument? Theirs => Newer is { } newer && newer.Version > _edit?.Version ? newer : null;

    [Inject]
    private IAdmin Admin { get; set; } = default!;

    [Inject]
    private AdminOptions Options { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <summary>Whether everything is valid; else the person is led to the first thing that is not.</summary>
    public async Task<bool> CheckAsync(ConfigEdit edit)
    {
        if (await edit.ReviewAsync())
        {
            return true;
        }

        Say("Some values are not valid; see the marked fields", true);
        try
        {
            await (edit.FirstInvalid?.FocusFirstErrorAsync() ?? ValueTask.CompletedTask);
        }
        catch (JSException)
        {
            // Another view is open; the summary on top of the form names it.
        }

        return false;
    }

    /// <param name="edit">What is to become a version.</param>
    /// <param name="title">What it does; empty: it saves changes.</param>
    /// <param name="intro">What the person should know of it first.</param>
    /// <param name="onKept">When the person goes back to editing instead.</param>
    /// <returns>The person is asked.</returns>
    public async Task<bool> ReviewAsync(ConfigEdit edit, string title = "", string intro = "", Action? onKept = null)
    {
        (_edit, _title, _intro) = (edit, title, intro);
        if (!await CheckAsync(edit))
        {
            return false;
        }

        if (Theirs is not null)
        {
            Merge(edit);
            return false;
        }

        _changes = edit.Changes;
        if (_changes.IsEmpty)
        {
            Say("Nothing differs from what is saved", false);
            return false;
        }

        _effects = ConfigEffects.Of(Type, edit.Settings, _changes.Count(change => change.Form != FieldError.NameOf(FormKind.Runtime)), Time.GetUtcNow(), Options.FirstDetectionDelay);
        (_asking, _refusal, _onKept) = (Asking.Review, "", onKept);
        StateHasChanged();
        return true;
    }

    /// <summary>Shows what others saved meanwhile, to choose where both changed the same.</summary>
    public void Merge(ConfigEdit edit)
    {
        (_edit, _asking) = (edit, Asking.Conflict);
        StateHasChanged();
    }

    private async Task SaveAsync(string reason)
    {
        IsBusy = true;
        var reply = await Admin.SendAsync(_edit!.Save(Who.Actor, reason), CancellationToken.None);
        IsBusy = false;
        if (reply.IsAccepted)
        {
            Close();
            await OnSaved.InvokeAsync(reply.Value);
            return;
        }

        _refusal = reply.Refusal.Text;
        if (reply.Refusal.Code == RefusalCode.Conflict)
        {
            _asking = Theirs is null ? _asking : Asking.Conflict;
            return;
        }

        _edit.Refuse(reply.Refusal.Fields);
        if (!reply.Refusal.Fields.IsEmpty)
        {
            Close();
            Say(reply.Refusal.Text, true);
        }
    }

    private Task MergeAsync(ImmutableArray<(string Form, string Name)> givenUp)
    {
        _edit!.Rebase(Theirs, givenUp);
        Close();
        if (_edit.DirtyCount > 0)
        {
            return ReviewAsync(_edit);
        }

        Say($"Nothing of yours is left to save; version {_edit.Version} stands", false);
        return Task.CompletedTask;
    }

    private void Keep()
    {
        var kept = _onKept;
        Close();
        kept?.Invoke();
    }

    private void Close() => (_asking, _intro, _refusal, _onKept) = (Asking.Nothing, "", "", null);
}
