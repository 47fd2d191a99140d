using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>The query as text, with suggestions while it is typed and its terms as chips below.</summary>
public sealed partial class QueryBox(IJSRuntime runtime)
{
    private readonly ScriptModule _script = new(runtime, "Explorer/QueryBox");
    private ElementReference _root;
    private ImmutableArray<Suggestion> _suggestions = [];
    private string _text = "";
    private string? _given;
    private bool _open;
    private int _chosen = -1;

    [Parameter]
    [EditorRequired]
    public string Text { get; set; } = "";

    [Parameter]
    [EditorRequired]
    public JobQuery Query { get; set; } = JobQuery.Empty;

    [Parameter]
    public ImmutableArray<QueryError> Errors { get; set; } = [];

    /// <summary>Asked for suggestions only.</summary>
    [Parameter]
    [EditorRequired]
    public Func<ReadModel> Model { get; set; } = () => ReadModel.Empty;

    [Parameter]
    public EventCallback<string> OnQuery { get; set; }

    private bool IsOpen => _open && !_suggestions.IsEmpty;

    /// <summary>Another address has another text; what is being typed stays.</summary>
    protected override void OnParametersSet()
    {
        if (_given != Text)
        {
            (_given, _text) = (Text, Text);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await _script.CallAsync("attach", _root);
        }
    }

    public ValueTask DisposeAsync() => _script.DisposeAsync();

    private void Open() => (_open, _chosen, _suggestions) = (true, -1, Suggestions.For(_text, Model()));

    private async Task OnKeyAsync(KeyboardEventArgs key)
    {
        switch (key.Key)
        {
            case "ArrowDown" when IsOpen:
                _chosen = (_chosen + 1) % _suggestions.Length;
                break;
            case "ArrowUp" when IsOpen:
                _chosen = (_chosen <= 0 ? _suggestions.Length : _chosen) - 1;
                break;
            case "Escape":
                _open = false;
                break;
            case "Tab" or "Enter" when IsOpen && _chosen >= 0:
                await TakeAsync(_suggestions[_chosen]);
                break;
            case "Enter":
                await GoAsync(_text);
                break;
        }
    }

    private async Task TakeAsync(Suggestion suggestion)
    {
        _text = suggestion.Text;
        Open();
        await _script.CallAsync("write", _root, _text);
    }

    private Task GoAsync(string text)
    {
        (_open, _text) = (false, text);
        return OnQuery.InvokeAsync(text);
    }
}
