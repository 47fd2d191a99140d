using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli;

/// <summary>Ends a verb with a text for the person and an exit code for the script.</summary>
internal sealed class ToolException(int exitCode, string code, string message) : Exception(message)
{
    private const string Trailer = "pluginadmin-error-bin";

    public int ExitCode { get; } = exitCode;

    /// <summary>A word for programs.</summary>
    public string Code { get; } = code;

    public IReadOnlyList<FieldError> Fields { get; private init; } = [];

    /// <summary>The connection is gone or the admin is starting; another try may succeed.</summary>
    public bool IsLostConnection { get; private init; }

    /// <summary>The admin answers, but the caller has as many streams open as it may have.</summary>
    public bool IsCrowded { get; private init; }

    public static ToolException Usage(string message) => new(ExitCodes.Usage, "usage", message);

    public static ToolException From(RpcException refused, Uri address)
    {
        var detail = refused.Trailers.GetBytes(Trailer) is { } bytes ? ErrorDetail.Parser.ParseFrom(bytes) : null;

        // What jobs there are to be is said by the tool's own options: those words are wrong, not a job.
        if (refused.StatusCode == StatusCode.InvalidArgument && detail is { Fields.Count: > 0 } && detail.Fields.All(field => field.Form == "filter"))
            return Usage(detail.Message);
        var exitCode = ExitCodes.Of(refused.StatusCode, detail is not null);
        var text = detail is { Message.Length: > 0 } ? detail.Message : refused.Status.Detail;
        return new ToolException(exitCode, detail is { Code.Length: > 0 } ? detail.Code : Word(refused.StatusCode), Sentence(refused.StatusCode, exitCode, text, address) + Wait(detail))
        {
            Fields = detail?.Fields ?? (IReadOnlyList<FieldError>)[],
            IsLostConnection = refused.StatusCode == StatusCode.Unavailable && detail is null,
            IsCrowded = refused.StatusCode == StatusCode.ResourceExhausted && detail is not null,
        };
    }

    private static string Sentence(StatusCode status, int exitCode, string text, Uri address) => status switch
    {
        StatusCode.Unimplemented => $"the admin at {address.Authority} does not know this call; it may be older than this tool",
        StatusCode.DeadlineExceeded => $"the admin at {address.Authority} did not answer in time; --call-timeout gives it longer",
        StatusCode.Unavailable when exitCode == ExitCodes.Unreachable => $"cannot reach the admin at {address.Authority}: {text}",
        _ => text.Length > 0 ? text : Word(status),
    };

    private static string Wait(ErrorDetail? detail) => detail?.RetryAfter is { } pause ? $" (try again in {Text.DurationText.Write(pause.ToTimeSpan())})" : "";

    private static string Word(StatusCode status) => string.Concat(
        status.ToString().Select((letter, index) => char.IsUpper(letter) && index > 0 ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
