using System.Globalization;
using System.Net.Http.Json;

namespace BlazorPluginAdmin.Samples.DemoFleet;

/// <summary>People and programs who ask for jobs over the HTTP API: some now, some for later, one that no worker can take.</summary>
internal sealed class Visitors(Uri admin, TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = admin };
    private readonly Random _random = new(7);

    /// <summary>Until it is cancelled. An admin that does not answer is tried again with the next visit.</summary>
    public async Task VisitAsync(CancellationToken cancellationToken)
    {
        await InsistAsync("transcode", "Master of the gala, needs an H100", new Dictionary<string, string> { ["require.gpu"] = "h100", ["env"] = "demo" }, null, cancellationToken);
        await InsistAsync("report", "Report of the quarter", new Dictionary<string, string> { ["env"] = "demo" }, time.GetUtcNow().AddHours(2), cancellationToken);
        for (var n = 1; ; n++)
        {
            var report = _random.Next(3) == 0;
            await AskAsync(
                report ? "report" : "thumbnail",
                report ? string.Create(CultureInfo.InvariantCulture, $"Report {n} for sales") : string.Create(CultureInfo.InvariantCulture, $"Preview for upload {n}"),
                new Dictionary<string, string> { ["env"] = "demo", ["team"] = report ? "sales" : "web" },
                null,
                cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(.3 + (2 * _random.NextDouble())), time, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A type is not known before the first worker that offers it.</summary>
    private async Task InsistAsync(string type, string summary, Dictionary<string, string> labels, DateTimeOffset? notBefore, CancellationToken cancellationToken)
    {
        while (!await AskAsync(type, summary, labels, notBefore, cancellationToken))
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        }
    }

    private async Task<bool> AskAsync(string type, string summary, Dictionary<string, string> labels, DateTimeOffset? notBefore, CancellationToken cancellationToken)
    {
        try
        {
            var job = new { job_type = type, summary, labels, scheduled_at = notBefore, parameters = new Dictionary<string, object> { ["object"] = new { string_value = summary } } };
            using var response = await _http.PostAsJsonAsync(new Uri("api/plugin/jobs/execute?async=true", UriKind.Relative), new { job, timeout_seconds = 600 }, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // The next visit finds it again.
            return false;
        }
    }
}
