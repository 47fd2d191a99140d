using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Components.Layout;

/// <summary>A page that fails says so, with an id that the log has too; the rest of the dashboard goes on.</summary>
public sealed partial class PageErrorBoundary : ErrorBoundaryBase
{
    private string _id = "";

    [Inject]
    private ILogger<PageErrorBoundary> Logger { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    protected override Task OnErrorAsync(Exception exception)
    {
        _id = Time.GetUtcNow().ToString("yyyyMMdd-HHmmss-fff", System.Globalization.CultureInfo.InvariantCulture);
        LogFailed(Logger, exception, _id);
        return Task.CompletedTask;
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (CurrentException is null)
        {
            builder.AddContent(0, ChildContent);
            return;
        }

        builder.OpenElement(1, "div");
        builder.AddAttribute(2, "class", "banner banner-bad");
        builder.AddAttribute(3, "role", "alert");
        builder.AddContent(4, $"This page failed. The log has the reason under {_id}. ");
        builder.OpenElement(5, "button");
        builder.AddAttribute(6, "class", "button button-small");
        builder.AddAttribute(7, "onclick", EventCallback.Factory.Create(this, Recover));
        builder.AddContent(8, "Try again");
        builder.CloseElement();
        builder.CloseElement();
    }

    [LoggerMessage(100, LogLevel.Error, "A page failed; id {Id}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string id);
}
