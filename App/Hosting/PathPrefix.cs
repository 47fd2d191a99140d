namespace BlazorPluginAdmin.App.Hosting;

/// <summary>
/// The admin below a path of somebody else's address. A proxy that passes the path on as it is needs <c>--path-base</c>; one
/// that takes the prefix away says so in <c>X-Forwarded-Prefix</c>. Without either an address is meant as it is written.
/// </summary>
public sealed class PathPrefix(RequestDelegate next, AppOptions options)
{
    private const string Header = "X-Forwarded-Prefix";
    private const int Longest = 200;

    private readonly PathString _prefix = new(options.PathBase);

    public Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        if (_prefix.HasValue && request.Path.StartsWithSegments(_prefix, StringComparison.Ordinal, out var rest))
        {
            (request.PathBase, request.Path) = (_prefix, rest.HasValue ? rest : "/");
        }
        else if (request.Headers[Header] is [{ Length: > 0 } said] && Read(said) is { Length: > 0 } prefix)
        {
            request.PathBase = prefix;
        }

        return next(http);
    }

    /// <summary>Without slash at the end; empty for none, null for what is no plain path: it becomes part of pages.</summary>
    public static string? Read(string text)
    {
        var path = text.Trim().TrimEnd('/');
        return path.Length == 0 ? ""
            : path.Length <= Longest && path[0] == '/' && path.Split('/').Skip(1).All(IsSegment) ? path
            : null;
    }

    private static bool IsSegment(string segment) => segment.Length > 0 && segment is not ("." or "..") && segment.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_' or '.' or '~');
}
