using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Replies of the engine → HTTP.</summary>
public static class Replies
{
    public static IResult From<T>(Reply<T> reply, Func<T, IResult> accepted) => reply.IsAccepted ? accepted(reply.Value) : From(reply.Refusal);

    public static IResult From(Refusal refusal) => WireJson.Json(
        new
        {
            error = refusal.Fields.IsEmpty ? refusal.Text : string.Join("\n", refusal.Fields.Select(field => $"{field.Path}: {field.Message}")),
            code = ApiObjects.Snake(refusal.Code.ToString()),
            fields = refusal.Fields.IsEmpty ? null : refusal.Fields.Select(field => new { form = field.Form, path = field.Path, code = field.Code, message = field.Message }),
        },
        refusal.Code switch
        {
            RefusalCode.Invalid => StatusCodes.Status400BadRequest,
            RefusalCode.NotFound => StatusCodes.Status404NotFound,
            RefusalCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
            RefusalCode.Exhausted => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status409Conflict,
        });
}
