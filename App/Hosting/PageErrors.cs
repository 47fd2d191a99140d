using System.Net;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>
/// A page that fails before its circuit is up is said in plain HTML that needs no script. It carries the id under which the log has
/// the rest, never the text of the exception.
/// </summary>
public sealed partial class PageErrors(RequestDelegate next, ILogger<PageErrors> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            LogFailed(logger, exception, http.Request.Path, http.TraceIdentifier);
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            http.Response.ContentType = "text/html; charset=utf-8";
            var root = WebUtility.HtmlEncode($"{http.Request.PathBase}/");
            await http.Response.WriteAsync(
                $"""
                <!DOCTYPE html>
                <html lang="en">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Error · Plugin Admin</title>
                <link rel="stylesheet" href="{root}css/tokens.css"><link rel="stylesheet" href="{root}css/site.css"></head>
                <body><main class="main"><h1>Something went wrong here</h1>
                <p>The page could not be made. Workers and jobs are not touched by this. The log of the admin says more under <code>{WebUtility.HtmlEncode(http.TraceIdentifier)}</code>.</p>
                <p><a href="">Try again</a> or go to <a href="{root}">the overview</a>.</p></main></body>
                </html>
                """,
                http.RequestAborted);
        }
    }

    [LoggerMessage(41, LogLevel.Error, "The page {Path} failed; request {Request}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string path, string request);
}
