using System.Net.Http.Json;
using System.Text.Json;
using BlazorPluginAdmin.App.Rest;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Lists by query, their export, and what is done to many jobs at once.</summary>
public sealed class JobListsApiTests : IAsyncLifetime
{
    private readonly RunningAdmin _admin = new();
    private ScriptedWorker? _worker;

    public async Task InitializeAsync()
    {
        await _admin.InitializeAsync();

        // It knows the type and takes no job, so that all of them wait.
        _worker = new ScriptedWorker(_admin.GrpcAddress);
        await _worker.HelloAsync("my_type");
        await _admin.ViewsAsync(model => model.JobTypes.Length == 1);
        for (var n = 0; n < 30; n++)
        {
            await PostAsync("/api/plugin/jobs/execute?async=true", new { job = new { job_type = "my_type", summary = n == 7 ? "=1+1, \"seven\"" : $"number {n}", labels = new Dictionary<string, string> { ["require.x"] = "y", ["set"] = n < 20 ? "a" : "b" } } }, 202);
        }
    }

    public async Task DisposeAsync()
    {
        _worker!.Dispose();
        await _admin.DisposeAsync();
        _admin.Dispose();
    }

    [Fact]
    public async Task Lists_FollowTheQuery_PageByPage()
    {
        var seen = new List<string>();
        var next = "/api/plugin/jobs?q=label.set:a&order=created&limit=8";
        while (next is not null)
        {
            using var answer = await _admin.Http.GetAsync(new Uri(next, UriKind.Relative));
            seen.AddRange((await answer.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Select(job => job.GetProperty("summary").GetString()!));
            next = answer.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal(Enumerable.Range(0, 20).Reverse().Select(n => n == 7 ? "=1+1, \"seven\"" : $"number {n}"), seen);
        var count = await _admin.GetAsync("/api/plugin/jobs/count?q=label.set:b&job_type=my_type");
        Assert.Equal((10, true, 10), (count.GetProperty("total").GetInt32(), count.GetProperty("is_exact").GetBoolean(), count.GetProperty("by_state").GetProperty("pending").GetInt32()));
        using var wrong = await _admin.Http.GetAsync(new Uri("/api/plugin/jobs?q=sate:failed", UriKind.Relative));
        Assert.Equal(400, (int)wrong.StatusCode);
        Assert.Equal("state", (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("fields")[0].GetProperty("instead").GetString());
    }

    [Fact]
    public async Task Exports_HaveTheFilteredRows_AndNoFormula()
    {
        var csv = (await _admin.Http.GetStringAsync(new Uri("/api/plugin/jobs/export?q=label.set:a&order=created", UriKind.Relative))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(21, csv.Length);
        Assert.StartsWith("job_id,job_type,state", csv[0], StringComparison.Ordinal);
        Assert.Contains(csv, line => line.Contains(",\"'=1+1, \"\"seven\"\"\",", StringComparison.Ordinal));
        var json = await _admin.GetAsync("/api/plugin/jobs/export?format=json&q=label.set:b");
        Assert.Equal(10, json.GetArrayLength());
        Assert.Equal(0, (await _admin.GetAsync("/api/plugin/jobs/export?format=json&q=type:unheard")).GetArrayLength());
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@x", "'@x")]
    [InlineData("\tx", "\"'\tx\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData(-5, "-5")]
    [InlineData(null, "")]
    public void CsvCell_IsTextAndNothingElse(object? value, string cell) => Assert.Equal(cell, Csv.Cell(value));

    [Fact]
    public async Task Bulk_TellsFirst_ThenWorksUntilItIsDone()
    {
        var preview = await PostAsync("/api/plugin/jobs/bulk?dry_run=1", new { action = "cancel", q = "label.set:a" });
        Assert.Equal((20, 20, 20, 5), (preview.GetProperty("matched").GetInt32(), preview.GetProperty("would_change").GetInt32(), preview.GetProperty("by_type").GetProperty("my_type").GetInt32(), preview.GetProperty("sample").GetArrayLength()));
        Assert.Equal(30, (await _admin.GetAsync("/api/plugin/jobs/count?state=pending")).GetProperty("total").GetInt32());

        await PostAsync("/api/plugin/jobs/bulk", new { action = "cancel", q = "label.set:a" }, 400);
        await PostAsync("/api/plugin/jobs/bulk", new { action = "nonsense", q = "", reason = "why" }, 400);
        await PostAsync("/api/plugin/jobs/bulk", new { action = "cancel", reason = "why" }, 400);
        var started = await PostAsync("/api/plugin/jobs/bulk", new { action = "cancel", q = "label.set:a", reason = "not wanted" }, 202);
        var done = await DoneAsync(started.GetProperty("operation_id").GetString()!);
        Assert.Equal(("done", 20, 0), (done.GetProperty("state").GetString(), done.GetProperty("changed").GetInt32(), done.GetProperty("failed").GetInt32()));
        Assert.Equal(20, (await _admin.GetAsync("/api/plugin/jobs/count?state=canceled")).GetProperty("total").GetInt32());
        Assert.Equal(10, (await _admin.GetAsync("/api/plugin/jobs/count?state=pending")).GetProperty("total").GetInt32());

        // The same jobs again: nothing is left to cancel, and that is said.
        var again = await PostAsync("/api/plugin/jobs/bulk", new { action = "cancel", q = "label.set:a", dry_run = true });
        Assert.Equal((0, 20), (again.GetProperty("would_change").GetInt32(), again.GetProperty("skipped").GetProperty("has ended").GetInt32()));
        var stopped = await _admin.Http.DeleteAsync(new Uri($"/api/plugin/operations/{started.GetProperty("operation_id").GetString()}", UriKind.Relative));
        Assert.Equal(409, (int)stopped.StatusCode);
        var timeline = (await _admin.GetAsync("/api/plugin/activities")).EnumerateArray().Select(line => line.GetProperty("message").GetString()!).ToList();
        Assert.Contains("bulk cancel of jobs that match label.set:a is done: 20 changed, 0 skipped, 0 failed", timeline);
    }

    [Fact]
    public async Task Bulk_OfPickedJobs_ChangesThose_AndRetriesAsNewJobs()
    {
        var ids = (await _admin.GetAsync("/api/plugin/jobs?q=label.set:b&limit=3")).EnumerateArray().Select(job => job.GetProperty("job_id").GetString()!).ToList();
        await RunAsync(new { action = "set_labels", job_ids = ids, reason = "sorted", labels = new Dictionary<string, string> { ["set"] = "c" } }, 3);
        await RunAsync(new { action = "set_priority", q = "label.set:c", reason = "urgent", priority = 90 }, 3);
        Assert.Equal(3, (await _admin.GetAsync("/api/plugin/jobs/count?q=priority:90%20label.set:c")).GetProperty("total").GetInt32());
        await RunAsync(new { action = "expire", q = "label.set:c", reason = "too late" }, 3);
        await RunAsync(new { action = "retry", q = "label.set:c", reason = "once more" }, 3);
        Assert.Equal(3, (await _admin.GetAsync("/api/plugin/jobs/count?q=label.set:c%20state:pending")).GetProperty("total").GetInt32());
        await RunAsync(new { action = "delete", q = "label.set:c", reason = "tidy" }, 3);
        Assert.Equal(3, (await _admin.GetAsync("/api/plugin/jobs/count?q=label.set:c")).GetProperty("total").GetInt32());
    }

    private async Task RunAsync(object body, int changed) =>
        Assert.Equal(changed, (await DoneAsync((await PostAsync("/api/plugin/jobs/bulk", body, 202)).GetProperty("operation_id").GetString()!)).GetProperty("changed").GetInt32());

    private async Task<JsonElement> DoneAsync(string operation)
    {
        await _admin.ViewsAsync(model => model.Operations.Any(known => known.Id == operation && !known.IsOpen));
        return await _admin.GetAsync($"/api/plugin/operations/{operation}");
    }

    private async Task<JsonElement> PostAsync(string path, object body, int status = 200)
    {
        using var answer = await _admin.Http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }
}
