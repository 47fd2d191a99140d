using BlazorPluginAdmin.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Layout;

/// <summary>Another page begins at its heading, for who reads it by ear; unless somebody was quicker and is at work in it already.</summary>
public sealed partial class HeadingFocus(IJSRuntime runtime)
{
    private readonly ScriptModule _script = new(runtime, "Layout/HeadingFocus", farewell: "stop");
    private Type? _shown;
    private bool _isNew;

    [Parameter]
    [EditorRequired]
    public RouteData? Route { get; set; }

    public ValueTask DisposeAsync() => _script.DisposeAsync();

    /// <summary>The same page at another address keeps the focus where it is.</summary>
    protected override void OnParametersSet()
    {
        if (_shown != Route?.PageType)
        {
            (_shown, _isNew) = (Route?.PageType, true);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isNew)
        {
            _isNew = false;
            await _script.CallAsync("place");
        }
    }
}
