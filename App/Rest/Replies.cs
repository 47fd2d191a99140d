using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Replies of the engine → HTTP.</summary>
public static class Replies
{
    public static IResult From<T>(Reply<T> reply, Func<T, IResult> accepted) => reply.IsAccepted ? accepted(reply.Value) : From(reply.Refusal);

    public static async Task<IResult> FromAsync<T>(Reply<T> reply, Func<T, Task<IResult>> accepted) => reply.IsAccepted ? await accepted(reply.Value) : From(reply.Refusal);

    public static IResult From(Refusal refusal) => refusal.RetryAfter is { } after ? new Later(Plain(refusal), after) : Plain(refusal);

    private static IResult Plain(Refusal refusal) => WireJson.Json(
        new
        {
            error = refusal.Fields.IsEmpty ? refusal.Text : string.Join("\n", refusal.Fields.Select(field => $"{field.Path}: {field.Message}")),
            code = ApiObjects.Snake(refusal.Code.ToString()),
            fields = refusal.Fields.IsEmpty ? null : refusal.Fields.Select(field => new { form = field.Form, path = field.Path, code = field.Code, message = field.Message }),
            retry_after = refusal.RetryAfter?.TotalSeconds,
            existing_job_id = refusal.ExistingJob?.Value,
        },
        refusal.Code switch
        {
            RefusalCode.Invalid => StatusCodes.Status400BadRequest,
            RefusalCode.PermissionDenied => StatusCodes.Status403Forbidden,
            RefusalCode.NotFound => StatusCodes.Status404NotFound,
            RefusalCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
            RefusalCode.Exhausted => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status409Conflict,
        });

    /// <summary>The header counts whole seconds; the body is exact.</summary>
    private sealed class Later(IResult refusal, TimeSpan after) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = Math.Ceiling(after.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
            return refusal.ExecuteAsync(httpContext);
        }
    }
}
