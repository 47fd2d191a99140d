using System.Text.Json;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Request bodies: empty is fine where a route says so, anything else must be JSON of the right shape.</summary>
public static class Bodies
{
    public static async Task<(T? Body, IResult? Problem)> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        var text = await TextAsync(request, cancellationToken);
        if (text.Length == 0)
        {
            return (null, null);
        }

        try
        {
            return (JsonSerializer.Deserialize<T>(text, WireJson.Options), null);
        }
        catch (JsonException exception)
        {
            return (null, WireJson.Error(StatusCodes.Status400BadRequest, $"the body is not JSON of the expected shape{(exception.Path is { Length: > 1 } path ? $" at {path}" : "")}{(exception.LineNumber is { } line ? $", line {line + 1}" : "")}"));
        }
    }

    public static async Task<string> TextAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        return (await reader.ReadToEndAsync(cancellationToken)).Trim();
    }
}
