using BlazorPluginAdmin.App.Hosting;
using Microsoft.AspNetCore.WebUtilities;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>
/// Every refusal of the API is <c>{"error": …, "code": …}</c>, also those of routing and of the server. What nobody expected ends the
/// request with an id that the log has too, never with the text of the exception.
/// </summary>
public sealed partial class ApiErrors(RequestDelegate next, ILogger<ApiErrors> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // Nobody is there to read an answer.
        }
        catch (BadHttpRequestException exception) when (!http.Response.HasStarted)
        {
            var (status, error) = exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? BodyLimit.Refusal(http.Request) : (exception.StatusCode, exception.Message);
            await WriteAsync(http, status, error);
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            LogFailed(logger, exception, http.Request.Method, http.Request.Path, http.TraceIdentifier);
            await WriteAsync(http, StatusCodes.Status500InternalServerError, $"something went wrong here; the log of the admin says more under {http.TraceIdentifier}");
        }

        if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
        {
            var status = http.Response.StatusCode;
            await WriteAsync(http, status, status switch
            {
                StatusCodes.Status404NotFound => "no such route; /openapi/v1.json lists them",
                StatusCodes.Status405MethodNotAllowed => $"{http.Request.Method} is not for this address",
                _ => ReasonPhrases.GetReasonPhrase(status),
            });
        }
    }

    private static Task WriteAsync(HttpContext http, int status, string error)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new { error, code = WireJson.CodeOf(status) }, http.RequestAborted);
    }

    [LoggerMessage(40, LogLevel.Error, "{Method} {Path} failed; request {Request}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string method, string path, string request);
}
