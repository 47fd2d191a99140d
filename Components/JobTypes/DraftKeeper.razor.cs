using BlazorPluginAdmin.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>
/// Keeps what a person changed and has not saved in the browser's session, and brings it back after a lost circuit: values through
/// <see cref="DraftStore"/>; the text of a box that was not left yet, of which the server does not know, by the script.
/// </summary>
public sealed partial class DraftKeeper(IJSRuntime runtime) : ComponentBase, IAsyncDisposable
{
    private readonly ScriptModule _script = new(runtime, "JobTypes/DraftKeeper");
    private DotNetObjectReference<DraftKeeper>? _self;
    private IJSObjectReference? _typing;
    private ConfigEdit? _followed;
    private DateTimeOffset? _restoredAt;

    /// <summary>Changed since the draft was written.</summary>
    private bool _due;

    [Parameter, EditorRequired]
    public ConfigEdit Edit { get; set; } = default!;

    /// <summary>A draft was found and is to be laid over the config.</summary>
    [Parameter]
    public EventCallback<ConfigDraft> OnFound { get; set; }

    /// <summary>A person types into a box, or has left it.</summary>
    [Parameter]
    public EventCallback<bool> OnTyping { get; set; }

    [Parameter]
    public EventCallback OnDiscard { get; set; }

    [Inject]
    private DraftStore Drafts { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private string JobType => Edit.Descriptor.JobType;

    [JSInvokable]
    public Task TypingAsync(bool typing) => OnTyping.InvokeAsync(typing);

    /// <summary>Nothing of it shall come back.</summary>
    public async Task ForgetAsync()
    {
        _due = false;
        await Drafts.ForgetAsync(JobType);
        await (_typing?.InvokeVoidAsync("forget") ?? ValueTask.CompletedTask);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Follow(null);
        _self?.Dispose();
        await _script.DisposeAsync();
        try
        {
            if (_typing is not null)
            {
                await _typing.InvokeVoidAsync("stop");
                await _typing.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone; what it kept is what it has.
        }
    }

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_followed, Edit))
        {
            return;
        }

        // Another edit copy stands on what was saved or merged, which the draft must follow; the first one has yet to look for its draft.
        _due = _followed is not null;
        Follow(Edit);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        try
        {
            if (firstRender)
            {
                await RestoreAsync();
            }
            else if (_due)
            {
                _due = false;
                await KeepAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // As above.
        }
    }

    private async Task RestoreAsync()
    {
        if (await Drafts.FindAsync(JobType) is { } draft)
        {
            await OnFound.InvokeAsync(draft);
            _restoredAt = draft.At;
        }

        _self = DotNetObjectReference.Create(this);
        _typing = await _script.CallAsync<IJSObjectReference>("keepTyping", JobType, _self);
        if (_typing is null)
        {
            return;
        }

        if (await _typing.InvokeAsync<long>("restore") is > 0 and var typed)
        {
            _restoredAt ??= DateTimeOffset.FromUnixTimeMilliseconds(typed);
        }

        StateHasChanged();
    }

    private async Task KeepAsync()
    {
        if (Edit.DirtyCount == 0)
        {
            _restoredAt = null;
            await Drafts.ForgetAsync(JobType);
        }
        else
        {
            await Drafts.KeepAsync(JobType, ConfigDraft.Of(Edit, Time.GetUtcNow()));
        }

        // Boxes that were left are in the draft now, or as they were before.
        await (_typing?.InvokeVoidAsync("settle") ?? ValueTask.CompletedTask);
    }

    private void Follow(ConfigEdit? edit)
    {
        foreach (var form in _followed?.Forms ?? [])
        {
            form.Changed -= Note;
        }

        foreach (var form in edit?.Forms ?? [])
        {
            form.Changed += Note;
        }

        _followed = edit;
    }

    private void Note()
    {
        _due = true;
        StateHasChanged();
    }
}
