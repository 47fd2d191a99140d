using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Fields;

/// <summary>A text area for text of any size. It tells its text when it is left, never with every key.</summary>
public sealed partial class LargeText(IJSRuntime scripts) : StreamedBox(scripts)
{
    [Parameter]
    public string Value { get; set; } = "";

    [Parameter]
    public EventCallback<string> ValueChanged { get; set; }

    [Parameter]
    public bool Mono { get; set; }

    [Parameter]
    public int Rows { get; set; } = 4;

    [Parameter]
    public bool Required { get; set; }

    protected override string Attach => "attachArea";

    /// <summary>A browser's text area turns every line end into \n; text that came with \r\n gets them back.</summary>
    protected override Task TakeAsync(string text) =>
        ValueChanged.InvokeAsync(Value.Contains("\r\n", StringComparison.Ordinal) ? text.ReplaceLineEndings("\r\n") : text);
}
