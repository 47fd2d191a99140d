using System.Net;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>
/// A page that fails before its circuit is up, or that there is none of, is said in plain HTML that needs no script. A failure carries the
/// id under which the log has the rest, never the text of the exception.
/// </summary>
public sealed partial class PageErrors(RequestDelegate next, ILogger<PageErrors> logger)
{
    private const string NotFound = "/not-found";

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Path == NotFound)
        {
            await WriteNotFoundAsync(http);
            return;
        }

        try
        {
            await next(http);
            if (http.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false })
            {
                await WriteNotFoundAsync(http);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            LogFailed(logger, exception, http.Request.Path, http.TraceIdentifier);
            var again = WebUtility.HtmlEncode($"{http.Request.PathBase}{http.Request.Path}{http.Request.QueryString}");
            await PlainPage.WriteAsync(http, StatusCodes.Status500InternalServerError, "Error", "Something went wrong here", $"""
                <p>The page could not be made. Workers and jobs are not touched by this. The log of the admin says more under <code>{WebUtility.HtmlEncode(http.TraceIdentifier)}</code>.</p>
                <p><a href="{again}">Try again</a> or go to <a href="{PlainPage.Root(http)}">the overview</a>.</p>
                """);
        }
    }

    private static Task WriteNotFoundAsync(HttpContext http) => PlainPage.WriteAsync(http, StatusCodes.Status404NotFound, "Not found", "Not found", """
        <p>There is no page at this address. It may have moved, or the link is incomplete.</p>
        <form class="actions" action="jobs" method="get" role="search"><label for="q">Search jobs</label><input id="q" class="plain-input" name="q" type="search"><button class="button">Search</button></form>
        <nav aria-label="Pages"><p><a href="">Overview</a> · <a href="plugin/configuration">Job types</a> · <a href="jobs">Jobs</a> · <a href="workers">Workers</a> · <a href="activity">Activity</a> · <a href="settings">Settings</a></p></nav>
        """);

    [LoggerMessage(41, LogLevel.Error, "The page {Path} failed; request {Request}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string path, string request);
}
