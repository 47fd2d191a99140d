using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.App.Tests.Services;

/// <summary>The same streams over HTTP/1.</summary>
public sealed class JobWatchApiTests(ClientAdmin admin) : IClassFixture<ClientAdmin>
{
    [Fact]
    public async Task Logs_AreLinesOfJson_OrBytes_AndFollowedToTheEnd()
    {
        var job = await admin.RunAsync("one two wait three");
        using var follow = await admin.Http.GetAsync(new Uri($"/api/plugin/jobs/{job.JobId}/logs?follow=true", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await follow.Content.ReadAsStreamAsync());
        Assert.Equal("application/x-ndjson", follow.Content.Headers.ContentType?.MediaType);
        var text = "";
        while (!text.EndsWith("two\n", StringComparison.Ordinal))
        {
            text += Data(await lines.ReadLineAsync());
        }

        admin.Handler.Go();
        var rest = (await lines.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("one\ntwo\nthree\n", text + string.Concat(rest.Select(Data)));
        Assert.Contains("\"end_of_attempt\":true", rest[^1], StringComparison.Ordinal);
        Assert.Equal("two\nthree\n", await admin.Http.GetStringAsync(new Uri($"/api/plugin/jobs/{job.JobId}/logs?raw=true&tail=2", UriKind.Relative)));
        Assert.Equal("", await admin.Http.GetStringAsync(new Uri($"/api/plugin/jobs/{job.JobId}/logs?raw=true&from=9007199254740993", UriKind.Relative)));
    }

    [Theory]
    [InlineData("none/logs", 404)]
    [InlineData("none/logs?from=-1", 400)]
    [InlineData("none/logs?stream=both", 400)]
    [InlineData("none/logs?from=1&tail=1", 400)]
    public async Task Logs_OfWhatIsNotThere_AreRefused(string path, int code) => await admin.GetAsync($"/api/plugin/jobs/{path}", code);

    [Fact]
    public async Task Events_HaveNumbersToGoOnFrom()
    {
        var path = new Uri("/api/plugin/jobs/events?label=sse%3Ayes", UriKind.Relative);
        using var response = await admin.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("event: snapshot", (await NextAsync(events)).Event);
        var job = (await admin.SubmitAsync(new Wire.V1.SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Labels = { ["sse"] = "yes" } })).JobId;
        var first = await NextAsync(events);
        Assert.Equal(("event: state", job), (first.Event, JsonDocument.Parse(first.Data).RootElement.GetProperty("job").GetProperty("job_id").GetString()));
        await admin.EndAsync(job);

        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Last-Event-ID", first.Id);
        using var again = await admin.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var later = new StreamReader(await again.Content.ReadAsStreamAsync());
        Assert.True(long.Parse((await NextAsync(later)).Id, System.Globalization.CultureInfo.InvariantCulture) > long.Parse(first.Id, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string Data(string? line) =>
        line!.Length > 0 && JsonDocument.Parse(line).RootElement.TryGetProperty("data", out var data) ? System.Text.Encoding.UTF8.GetString(data.GetBytesFromBase64()) : "";

    private static async Task<(string Id, string Event, string Data)> NextAsync(StreamReader events)
    {
        var id = await events.ReadLineAsync();
        while (id!.StartsWith(':')) // A silent stream says that it is still there.
        {
            Assert.Equal("", await events.ReadLineAsync());
            id = await events.ReadLineAsync();
        }

        var (kind, data) = (await events.ReadLineAsync(), await events.ReadLineAsync());
        Assert.Equal("", await events.ReadLineAsync());
        return (id["id: ".Length..], kind!, data!["data: ".Length..]);
    }
}

/// <summary>Streams on which nothing happens, of an admin that is quicker to say so than others.</summary>
public sealed class SilentWatchTests(SilentWatchTests.QuickAdmin admin) : IClassFixture<SilentWatchTests.QuickAdmin>
{
    [Fact]
    public async Task SilentStreams_SayThatTheyAreStillThere_InWaysThatReadersPassOver()
    {
        var job = await admin.RunAsync("one wait two");
        using var logs = await OpenAsync($"/api/plugin/jobs/{job.JobId}/logs?follow=true");
        using var bytes = await OpenAsync($"/api/plugin/jobs/{job.JobId}/logs?follow=true&raw=true");
        using var events = await OpenAsync("/api/plugin/jobs/events");
        var first = "";
        while (first?.Length == 0)
        {
            first = await logs.ReadLineAsync();
        }

        Assert.StartsWith("{", first, StringComparison.Ordinal);
        Assert.Equal("", await logs.ReadLineAsync());
        Assert.Equal("", await logs.ReadLineAsync());
        while (await events.ReadLineAsync() is { } line && line != ": still here")
        {
            // What is open is told first.
        }

        admin.Handler.Go();
        Assert.Equal("one\ntwo\n", await bytes.ReadToEndAsync());
        var rest = (await logs.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(rest, line => JsonDocument.Parse(line).Dispose());
    }

    private async Task<StreamReader> OpenAsync(string path)
    {
        var response = await admin.Http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    public sealed class QuickAdmin : ClientAdmin
    {
        protected override void Configure(IServiceCollection services) => services.AddSingleton(new Rest.WatchRhythm(TimeSpan.FromMilliseconds(50)));
    }
}
