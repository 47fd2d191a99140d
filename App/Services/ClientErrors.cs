using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Refusals → statuses; code, fields and all go along as an <see cref="ErrorDetail"/>.</summary>
internal static class ClientErrors
{
    /// <summary>The trailer that holds the <see cref="ErrorDetail"/>.</summary>
    public const string Trailer = "pluginadmin-error-bin";

    public static T OrThrow<T>(this Reply<T> reply) => reply.IsAccepted ? reply.Value : throw From(reply.Refusal);

    public static RpcException Invalid(string field, string text, string form = "request") =>
        From(new Refusal(RefusalCode.Invalid, text, [new(form, field, "invalid", text)]));

    /// <summary>What a client said comes back short and printable, as it may be a thing that is no id at all.</summary>
    public static RpcException NotFound(string what, string id) =>
        From(new Refusal(RefusalCode.NotFound, $"{what} {Components.Shared.Words.Visible(id.Length > 128 ? id[..128] : id)} is not known"));

    public static RpcException From(Refusal refusal)
    {
        var detail = new ErrorDetail { Code = ApiObjects.Snake(refusal.Code.ToString()), Message = refusal.Text };
        detail.Fields.AddRange(refusal.Fields.Select(field => new FieldError { Form = field.Form, Field = field.Path, Rule = field.Code, Message = field.Message }));
        detail.RetryAfter = refusal.RetryAfter is { } pause ? Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(pause) : null;
        detail.ExistingJobId = refusal.ExistingJob?.Value ?? "";
        var text = refusal.Fields.IsEmpty ? refusal.Text : string.Join("; ", refusal.Fields.Select(field => field.Message));
        return new RpcException(new Status(CodeOf(refusal.Code), text), new Metadata { { Trailer, detail.ToByteArray() } });
    }

    private static StatusCode CodeOf(RefusalCode code) => code switch
    {
        RefusalCode.Invalid => StatusCode.InvalidArgument,
        RefusalCode.PermissionDenied => StatusCode.PermissionDenied,
        RefusalCode.NotFound => StatusCode.NotFound,
        RefusalCode.AlreadyExists => StatusCode.AlreadyExists,
        RefusalCode.Conflict => StatusCode.Aborted,
        RefusalCode.Exhausted => StatusCode.ResourceExhausted,
        RefusalCode.Unavailable => StatusCode.Unavailable,
        _ => StatusCode.FailedPrecondition,
    };
}
