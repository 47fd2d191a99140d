using BlazorPluginAdmin.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>
/// Asks before a form is left with changes, keeps what a person wrote and has not sent in the browser's session, and brings it back
/// after a reload or a lost circuit: what the server knows through <see cref="DraftStore"/>; the text of a box that was not left yet,
/// of which the server does not know, by the script.
/// </summary>
public sealed partial class DraftKeeper<TDraft>(IJSRuntime runtime) : ComponentBase, IAsyncDisposable
{
    private readonly ScriptModule _script = new(runtime, "Forms/DraftKeeper");
    private DotNetObjectReference<DraftKeeper<TDraft>>? _self;
    private IJSObjectReference? _typing;
    private LeaveGuard? _guard;
    private DateTimeOffset? _restoredAt;
    private Task _keeping = Task.CompletedTask;

    /// <summary>The form whose draft was looked for; what is written counts for it once <see cref="_isBegun"/>.</summary>
    private string? _form;
    private bool _isBegun;
    private bool _isTyping;

    /// <summary>Changed since the draft was written.</summary>
    private bool _due;

    /// <summary>Says which form it is. When it changes, what is written goes along.</summary>
    [Parameter, EditorRequired]
    public string Form { get; set; } = "";

    /// <summary>As in <see cref="LeaveGuard.What"/>.</summary>
    [Parameter, EditorRequired]
    public string What { get; set; } = "";

    /// <summary>How many are unsaved.</summary>
    [Parameter, EditorRequired]
    public int Changes { get; set; }

    /// <summary>The changes as they are now, without secrets.</summary>
    [Parameter, EditorRequired]
    public Func<TDraft> Write { get; set; } = default!;

    /// <summary>A draft was found and is to be laid over the form, which is drawn anew before boxes are typed into again.</summary>
    [Parameter, EditorRequired]
    public EventCallback<TDraft> Restore { get; set; }

    /// <summary>A person types into a box, or has left it.</summary>
    [Parameter]
    public EventCallback<bool> OnTyping { get; set; }

    [Parameter]
    public EventCallback OnDiscard { get; set; }

    /// <summary>Where its boxes are, as a selector, on a page with several forms of which each keeps its own; empty: fields of a described form or of a job.</summary>
    [Parameter]
    public string Within { get; set; } = "";

    [Inject]
    private DraftStore Drafts { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <summary>What would be lost: a box being typed into counts, if nothing else does.</summary>
    private int Unsaved => Math.Max(Changes, _isTyping ? 1 : 0);

    [JSInvokable]
    public Task TypingAsync(bool typing)
    {
        _isTyping = typing;
        StateHasChanged();
        return OnTyping.InvokeAsync(typing);
    }

    /// <summary>Something of the form is written differently.</summary>
    public void Note()
    {
        _due = true;
        StateHasChanged();
    }

    /// <summary>It is sent: nobody is asked, and nothing of it shall come back.</summary>
    public Task ReleaseAsync() => _guard!.ReleaseAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _self?.Dispose();
        // A draft that is still being written ends without it.
        var typing = _typing;
        _typing = null;
        await _script.DisposeAsync();
        try
        {
            if (typing is not null)
            {
                await typing.InvokeVoidAsync("stop");
                await typing.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone; what it kept is what it has.
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        try
        {
            if (_form != Form)
            {
                await BeginAsync(_form);
            }
            else if (_due && _isBegun && _keeping.IsCompleted)
            {
                await (_keeping = KeepAsync());
            }
        }
        catch (JSDisconnectedException)
        {
            // As above.
        }
    }

    private async Task BeginAsync(string? before)
    {
        (_form, _isBegun) = (Form, false);
        if (before is not null)
        {
            _isTyping = false;
            await ForgetAsync(before);
            await (_typing?.InvokeVoidAsync("stop") ?? ValueTask.CompletedTask);
        }

        if (await Drafts.FindAsync<TDraft>(Form) is { } draft)
        {
            await Restore.InvokeAsync(draft.Content);
            _restoredAt = draft.At;
        }

        _self ??= DotNetObjectReference.Create(this);
        _typing = await _script.CallAsync<IJSObjectReference>("keepTyping", Form, _self, Within);
        if (_typing is not null && await _typing.InvokeAsync<long>("restore") is > 0 and var typed)
        {
            _restoredAt ??= DateTimeOffset.FromUnixTimeMilliseconds(typed);
        }

        _isBegun = true;
        _due |= before is not null;
        StateHasChanged();
    }

    /// <summary>One after the other, and of what was typed meanwhile only the last.</summary>
    private async Task KeepAsync()
    {
        while (_due)
        {
            _due = false;
            if (Changes == 0)
            {
                _restoredAt = null;
                await Drafts.ForgetAsync(Form);
            }
            else
            {
                await Drafts.KeepAsync(Form, new Draft<TDraft>(Time.GetUtcNow(), Write()));
            }

            // Boxes that were left are in the draft now, or as they were before.
            await (_typing?.InvokeVoidAsync("settle") ?? ValueTask.CompletedTask);
        }
    }

    private Task ForgetAsync() => ForgetAsync(Form);

    private async Task ForgetAsync(string form)
    {
        try
        {
            _due = false;
            await _keeping;
            await Drafts.ForgetAsync(form);
            await (_typing?.InvokeVoidAsync("forget") ?? ValueTask.CompletedTask);
        }
        catch (JSDisconnectedException)
        {
            // As above.
        }
    }
}
