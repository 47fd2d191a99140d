using BlazorPluginAdmin.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Components.Layout;

/// <summary>A page that fails says so; the rest of the dashboard goes on.</summary>
public sealed partial class PageErrorBoundary
{
    [Parameter]
    public string Title { get; set; } = "This page failed";

    /// <summary>For what stands over a page; a page has nothing to close.</summary>
    [Parameter]
    public EventCallback OnClose { get; set; }

    [Inject]
    private ILogger<PageErrorBoundary> Logger { get; set; } = default!;

    protected override void Log(Exception exception) => LogFailed(Logger, exception, Id);

    [LoggerMessage(100, LogLevel.Error, "A page failed; id {Id}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string id);
}
