using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Request bodies: empty is fine where a route says so, anything else must be JSON of the right shape.</summary>
public static class Bodies
{
    /// <summary>Another encoding would be taken for letters that nobody wrote.</summary>
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task<(T? Body, IResult? Problem)> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        var (text, problem) = await TextAsync(request, cancellationToken);
        if (text.Length == 0)
        {
            return (null, problem);
        }

        try
        {
            if (text.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
            {
                using var document = JsonDocument.Parse(text);
                if (!JsonText.IsText(document.RootElement))
                {
                    return (null, WireJson.Error(StatusCodes.Status400BadRequest, $"the body: {JsonText.NoText}"));
                }
            }

            return (JsonSerializer.Deserialize<T>(text, WireJson.Options), null);
        }
        catch (JsonException exception)
        {
            return (null, WireJson.Error(StatusCodes.Status400BadRequest, $"the body is not JSON of the expected shape{(exception.Path is { Length: > 1 } path ? $" at {path}" : "")}{(exception.LineNumber is { } line ? $", line {line + 1}" : "")}"));
        }
    }

    public static async Task<(string Text, IResult? Problem)> TextAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body, Strict);
        try
        {
            return ((await reader.ReadToEndAsync(cancellationToken)).Trim(), null);
        }
        catch (DecoderFallbackException)
        {
            return ("", WireJson.Error(StatusCodes.Status400BadRequest, "the body is not UTF-8"));
        }
    }
}
