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

    /// <summary>What is asked for by a parameter of its own is a value, whatever a query would make of it.</summary>
    [Fact]
    public async Task Parameters_AreValues_NotQueries()
    {
        await PostAsync("/api/plugin/jobs/execute?async=true", new { job = new { job_type = "my_type", labels = new Dictionary<string, string> { ["require.x"] = "y", ["note"] = "a b \"c\" state:failed" } } }, 202);
        Assert.Equal(1, (await _admin.GetAsync($"/api/plugin/jobs/count?label={Uri.EscapeDataString("note=a b \"c\" state:failed")}")).GetProperty("total").GetInt32());

        // Given twice, labels must both be there, and of types one.
        Assert.Equal(1, (await _admin.GetAsync("/api/plugin/jobs/count?label=require.x=y&label=note&job_type=none&job_type=my_type")).GetProperty("total").GetInt32());
        Assert.Equal(0, (await _admin.GetAsync("/api/plugin/jobs/count?label=note&label=set&job_type=my_type")).GetProperty("total").GetInt32());
        Assert.Equal(1, (await _admin.GetAsync("/api/plugin/jobs/count?label=note")).GetProperty("total").GetInt32());
        Assert.Equal(0, (await _admin.GetAsync($"/api/plugin/jobs/count?worker={Uri.EscapeDataString("w-1 -state:failed")}")).GetProperty("total").GetInt32());
        Assert.Equal(0, (await _admin.GetAsync($"/api/plugin/jobs/count?group={Uri.EscapeDataString("g type:my_type")}")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task ParameterThatMeansNothing_IsRefused_AndSaysWhatThereIs()
    {
        foreach (var (path, says) in ((string, string)[])
        [
            ("jobs?state=done", "state is pending"),
            ("jobs?sate=failed", "there is no parameter sate; did you mean state?"),
            ("jobs?waiting_codes=paused", "there is no parameter waiting_codes; jobs are asked for by q, phase"),
            ("jobs/count?prio=1", "there is no parameter prio"),
            ("jobs/export?types=a", "there is no parameter types"),
            ("jobs/events?since=1h", "there is no parameter since"),
            ("jobs?label==x", "a label has a name"),
            ("jobs?reason=timout", "did you mean timeout"),
            ("jobs?phase=asleep", "phase is one of queued"),
            ("jobs?origin=browser", "origin is one of detection"),
            ("jobs?order=newest", "order is updated, created, completed, queue"),
            ("jobs?ascending=yes", "ascending is true or false"),
            ("jobs?limit=0", "limit is 1 to 500"),
            ("jobs?q=priority:90..10", "is no priority"),
            ("jobs?q=created:2026-01-03..2026-01-02", "is no time"),
            ("jobs/count?exactly=2", "exactly is true or false"),
            ("jobs/count?state=done", "state is pending"),
            ("jobs/export?format=xml", "format is csv or json"),
            ("jobs/export?reason=timout", "did you mean timeout"),
            ("jobs/events?state=done", "state is pending"),
            ("jobs/events?progress=on", "progress is true or false"),
            ("jobs/events?activities=on", "activities is true or false"),
            ("activities?severity=worse", "severity is normal, warning or bad"),
            ("activities?since=soon", "since and until are"),
            ("activities?until=2026-13-01", "since and until are"),
            ("activities?since=2026-01-03&until=2026-01-02", "since is later than until"),
            ("activities/export?severity=worse", "severity is normal, warning or bad"),
            ("activities/export?format=xml", "format is csv or json"),
        ])
        {
            Assert.Contains(says, (await _admin.GetAsync($"/api/plugin/{path}", 400)).GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task BulkFilterThatMeansNothing_IsRefused_AndTouchesNothing()
    {
        foreach (var (filter, says) in ((string, string)[])
        [
            ("""{"states":["done"]}""", "pending, assigned, running"),
            ("""{"states":"failed"}""", "states is a list"),
            ("""{"reasons":"timeout"}""", "reasons is a list of texts"),
            ("""{"sates":["failed"]}""", "sates"),
            ("""{"states":["failed"],"states":[]}""", "not JSON of the expected shape"),
            ("""{"text":"a","text":"b"}""", "not JSON of the expected shape"),
            ("""{"reasons":["timout"]}""", "there is no reason 'timout'"),
            ("""{"waiting_codes":["no_worker"]}""", "there is no waiting code 'no_worker'"),
            ("""{"min_priority":"high"}""", "min_priority is a number"),
            ("""{"max_priority":101}""", "0 to 100"),
            ("""{"created_after":"yesterday"}""", "created_after is an instant like"),
            ("""{"job_types":["my_type"],"group_id":""}""", "group_id is empty"),
            ("""{"job_types":["my_type"],"workerId":""}""", "workerId is empty"),
        ])
        {
            var refused = await _admin.PostAsync("/api/plugin/jobs/bulk", $$"""{"action":"cancel","filter":{{filter}}}""", 400);
            Assert.Contains(says, refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(30, (await _admin.GetAsync("/api/plugin/jobs/count?state=pending")).GetProperty("total").GetInt32());
    }

    /// <summary>Of all misunderstandings the one that acts where only a look was asked for.</summary>
    [Fact]
    public async Task DryRunThatCannotBeRead_DoesNothing()
    {
        Assert.Contains("dry_run is true or false", (await _admin.PostAsync("/api/plugin/jobs/bulk?dry_run=yes", """{"action":"cancel","q":"type:my_type","reason":"r"}""", 400)).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(30, (await _admin.GetAsync("/api/plugin/jobs/count?state=pending")).GetProperty("total").GetInt32());
    }

    /// <summary>Neither may replace the other, and together they would be read as one or the other.</summary>
    [Theory]
    [InlineData("state", "failed", "pending")]
    [InlineData("phase", "queued", "blocked")]
    [InlineData("reason", "timeout", "lost")]
    [InlineData("origin", "cli", "rest")]
    [InlineData("worker", "w-1", "w-2")]
    [InlineData("group", "g-1", "g-2")]
    public async Task ParameterThatTheQueryHasToo_IsRefused(string key, string inQuery, string beside)
    {
        var error = (await _admin.GetAsync($"/api/plugin/jobs?q={key}:{inQuery}&{key}={beside}", 400)).GetProperty("error").GetString();
        Assert.Equal($"{key} is in q too; ask for it there, or as a parameter", error);
        Assert.Equal(0, (await _admin.GetAsync($"/api/plugin/jobs?q=-{key}:{inQuery}&{key}={inQuery}")).GetArrayLength());
    }

    [Fact]
    public async Task Cursor_IsAPlaceInOneList()
    {
        using var answer = await _admin.Http.GetAsync(new Uri("/api/plugin/jobs?q=label.set:a&order=created&limit=8", UriKind.Relative));
        var cursor = answer.Headers.GetValues("X-Next-Cursor").Single();
        Assert.Equal(12, (await _admin.GetAsync($"/api/plugin/jobs?q=label.set:a&order=created&limit=20&cursor={cursor}")).GetArrayLength());
        foreach (var other in (string[])["q=label.set:b&order=created", "q=label.set:a&order=created&state=pending", "q=label.set:a&order=updated", "order=created"])
        {
            Assert.Contains("begin without one", (await _admin.GetAsync($"/api/plugin/jobs?{other}&cursor={cursor}", 400)).GetProperty("error").GetString(), StringComparison.Ordinal);
        }
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
        await PostAsync("/api/plugin/jobs/bulk", new { action = "cancel", q = "label.set:a", reason = "why", dryRun = true }, 400);
        await PostAsync("/api/plugin/jobs/bulk", new { action = "set_priority", q = "label.set:a", reason = "why" }, 400);
        var started = await PostAsync("/api/plugin/jobs/bulk?async=true", new { action = "cancel", q = "label.set:a", reason = "not wanted" }, 202);
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
        Assert.Contains("bulk cancel of jobs that match label.set:a is done: 20 matched, 20 changed, 0 skipped, 0 failed; not wanted", timeline);
    }

    [Fact]
    public async Task Bulk_OfPickedJobs_ChangesThose_AndRetriesAsNewJobs()
    {
        var ids = (await _admin.GetAsync("/api/plugin/jobs?q=label.set:b&limit=3")).EnumerateArray().Select(job => job.GetProperty("job_id").GetString()!).ToList();
        await RunAsync(new { action = "set_labels", job_ids = ids, reason = "sorted", labels = new Dictionary<string, string> { ["set"] = "c" } }, 3);
        await PostAsync("/api/plugin/jobs/bulk", new { action = "set_priority", q = "label.set:c", reason = "urgent", priority = "higher" }, 400);
        await RunAsync(new { action = "set_priority", q = "label.set:c", reason = "urgent", priority = 90 }, 3);
        await RunAsync(new { action = "set_priority", q = "label.set:c", reason = "less so", priority = "high" }, 3);
        Assert.Equal(3, (await _admin.GetAsync("/api/plugin/jobs/count?q=priority:75%20label.set:c")).GetProperty("total").GetInt32());
        await RunAsync(new { action = "expire", q = "label.set:c", reason = "too late" }, 3);
        await RunAsync(new { action = "retry", q = "label.set:c", reason = "once more" }, 3);
        Assert.Equal(3, (await _admin.GetAsync("/api/plugin/jobs/count?q=label.set:c%20state:pending")).GetProperty("total").GetInt32());
        await RunAsync(new { action = "delete", q = "label.set:c", reason = "tidy" }, 3);
        Assert.Equal(3, (await _admin.GetAsync("/api/plugin/jobs/count?q=label.set:c")).GetProperty("total").GetInt32());
    }

    /// <summary>The filter of the contract, as JSON: counts once it is done, of the jobs that matched when it was asked.</summary>
    [Fact]
    public async Task Bulk_ByFilter_AnswersWithTheCounts()
    {
        var some = new { job_types = (string[])["my_type"], labels = new Dictionary<string, string> { ["set"] = "a" }, states = (string[])["pending"] };
        var preview = await PostAsync("/api/plugin/jobs/bulk", new { action = "retry", filter = some, dry_run = true });
        Assert.Equal((20, 0), (preview.GetProperty("matched").GetInt32(), preview.GetProperty("changed").GetInt32()));

        var five = await PostAsync("/api/plugin/jobs/bulk", new { action = "cancel", filter = some, limit = 5 });
        Assert.Equal((5, 5, 5, "done"), (five.GetProperty("matched").GetInt32(), five.GetProperty("changed").GetInt32(), five.GetProperty("sample").GetArrayLength(), five.GetProperty("state").GetString()));
        Assert.Equal("done", (await _admin.GetAsync($"/api/plugin/operations/{five.GetProperty("operation_id").GetString()}")).GetProperty("state").GetString());
        var rest = await PostAsync("/api/plugin/jobs/bulk", new { action = "cancel", filter = some });
        Assert.Equal((15, 15), (rest.GetProperty("matched").GetInt32(), rest.GetProperty("changed").GetInt32()));
        var none = await PostAsync("/api/plugin/jobs/bulk", new { action = "cancel", filter = some });
        Assert.Equal((0, 0), (none.GetProperty("matched").GetInt32(), none.GetProperty("changed").GetInt32()));
        var ended = await PostAsync("/api/plugin/jobs/bulk", new { action = "cancel", filter = new { states = (string[])["JOB_STATE_CANCELED"] } });
        Assert.Equal((0, 20), (ended.GetProperty("changed").GetInt32(), ended.GetProperty("skipped").GetProperty("has ended").GetInt32()));
        Assert.Equal(10, (await _admin.GetAsync("/api/plugin/jobs/count?state=pending")).GetProperty("total").GetInt32());
        Assert.True((await PostAsync("/api/plugin/jobs/bulk?async=true", new { action = "cancel", filter = new { job_types = (string[])["my_type"] } }, 202)).TryGetProperty("operation_id", out _));
    }

    [Theory]
    [InlineData("""{"action":"cancel","filter":{"job_typs":["my_type"]}}""", "job_typs")]
    [InlineData("""{"action":"cancel","filter":{"states":["done"]}}""", "states has pending")]
    [InlineData("""{"action":"cancel","filter":{"created_after":"yesterday"}}""", "filter cannot be read")]
    [InlineData("""{"action":"cancel","filter":["my_type"]}""", "one JSON object")]
    [InlineData("""{"action":"cancel","filter":{},"q":"state:pending","reason":"r"}""", "one of filter, q and job_ids")]
    [InlineData("""{"action":"cancel","filter":{}}""", "at least one other criterion")]
    [InlineData("""{"action":"cancel","filter":{"states":[]}}""", "at least one other criterion")]
    [InlineData("""{"action":"cancel","filter":{},"limit":0}""", "1 to 10000")]
    [InlineData("""{"action":"cancel","filter":{},"limit":10001}""", "1 to 10000")]
    public async Task Bulk_OfAFilterThatIsNone_IsRefused_AndChangesNothing(string body, string says)
    {
        var refused = await _admin.PostAsync("/api/plugin/jobs/bulk", body, 400);
        Assert.Contains(says, refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("invalid", refused.GetProperty("code").GetString());
        Assert.Equal(30, (await _admin.GetAsync("/api/plugin/jobs/count?state=pending")).GetProperty("total").GetInt32());
    }

    private async Task RunAsync(object body, int changed)
    {
        var done = await PostAsync("/api/plugin/jobs/bulk", body);
        Assert.Equal((changed, "done"), (done.GetProperty("changed").GetInt32(), done.GetProperty("state").GetString()));
    }

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
