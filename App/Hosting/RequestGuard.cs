using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>
/// What every request on the HTTP port must be: for a host of ours (against DNS rebinding), from a page of ours (against
/// cross-site posts), with a method and a content type that the route takes. And what every answer says to the browser.
/// </summary>
public sealed class RequestGuard(RequestDelegate next, AppOptions options, IHostApplicationLifetime lifetime)
{
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public async Task InvokeAsync(HttpContext http)
    {
        SetHeaders(http);
        var (status, error) = lifetime.ApplicationStopping.IsCancellationRequested
            ? (StatusCodes.Status503ServiceUnavailable, "the admin is stopping") // A page that reconnects now would hold the stop up.
            : Refusal(http.Request);
        if (status != 0)
        {
            http.Response.StatusCode = status;
            await http.Response.WriteAsJsonAsync(new { error }, http.RequestAborted);
            return;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = BodyLimit.Of(http.Request);
        }

        await next(http);
    }

    private (int Status, string Error) Refusal(HttpRequest request)
    {
        if (!IsOurs(request.Host))
        {
            return (StatusCodes.Status421MisdirectedRequest, $"this admin does not answer for the host '{request.Host.Host}'; allow it with --public-host");
        }

        // Browsers write origin and host the same way, so that the texts can be compared; https may end at a proxy before us.
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0
            && !origin.Equals($"http://{request.Host.Value}", StringComparison.OrdinalIgnoreCase)
            && !origin.Equals($"https://{request.Host.Value}", StringComparison.OrdinalIgnoreCase))
        {
            return (StatusCodes.Status403Forbidden, "requests from pages of other origins are refused");
        }

        if (request.Headers["Sec-Fetch-Site"].ToString().Contains("cross-site", StringComparison.OrdinalIgnoreCase) && !IsNavigation(request))
        {
            return (StatusCodes.Status403Forbidden, "cross-site requests are refused");
        }

        if (!request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            return IsSafe(request.Method) || request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal) || request.Path.StartsWithSegments("/hubs", StringComparison.Ordinal)
                ? default
                : (StatusCodes.Status405MethodNotAllowed, $"{request.Method} is not for this address");
        }

        var changes = HttpMethods.IsPost(request.Method) || HttpMethods.IsPut(request.Method) || HttpMethods.IsPatch(request.Method) || HttpMethods.IsDelete(request.Method);
        if (!changes && !IsSafe(request.Method))
        {
            return (StatusCodes.Status405MethodNotAllowed, $"{request.Method} is not for this address");
        }

        if (request.ContentLength > BodyLimit.Of(request))
        {
            return BodyLimit.Refusal(request);
        }

        var hasBody = request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;
        return changes && (hasBody || request.ContentType is not null) && !request.HasJsonContentType()
            ? (StatusCodes.Status415UnsupportedMediaType, "send application/json")
            : default;
    }

    private bool IsOurs(HostString host)
    {
        var name = host.Host.Trim('[', ']');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out var address) && (IPAddress.IsLoopback(address) || address.Equals(options.Address)))
            || options.PublicHosts.Contains(host.Host, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A person followed a link from elsewhere: reading a page is harmless.</summary>
    private static bool IsNavigation(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate";

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    private static void SetHeaders(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Referrer-Policy"] = "same-origin";
        http.Response.OnStarting(() =>
        {
            // Assets say themselves how long they may be kept; everything else is about now.
            if (headers.CacheControl.Count == 0)
            {
                headers.CacheControl = "no-store";
            }

            return Task.CompletedTask;
        });
    }
}
