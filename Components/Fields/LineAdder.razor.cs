using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Fields;

/// <summary>
/// The box at the end of a list: Enter, leaving it or pasting lines hands its text over and empties it. The browser empties it itself,
/// so that a person who types faster than the connection neither loses a letter nor adds an item twice.
/// </summary>
public sealed partial class LineAdder(IJSRuntime scripts) : StreamedBox(scripts)
{
    [Parameter]
    public EventCallback<string> Lines { get; set; }

    protected override string Attach => "attachLine";

    protected override Task TakeAsync(string text) => Lines.InvokeAsync(text);
}
