using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Jobs that somebody else submits while a page is open.</summary>
public static class Jobs
{
    /// <summary>The id of a new job that runs a shell script.</summary>
    public static async Task<string> SubmitAsync(string address, string summary, string script, params (string Key, string Value)[] labels)
    {
        using var http = new HttpClient();
        return await SubmitAsync(http, address, summary, script, labels);
    }

    /// <summary>The id of a new job that runs until it is cancelled, however long the test takes.</summary>
    public static async Task<string> GoOnAsync(string address, string summary, params (string Key, string Value)[] labels)
    {
        using var http = new HttpClient();
        var job = new { job_type = "command", summary, attempt_timeout = "1h", parameters = new { command = "sh", args = (string[])["-c", "echo started; sleep 6000"] }, labels = labels.ToDictionary(label => label.Key, label => label.Value) };
        using var reply = await http.PostAsJsonAsync($"{address}/api/plugin/jobs", job);
        var body = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!["job_id"]!.GetValue<string>();
    }

    /// <summary>So many jobs that nobody can run, numbered in their summaries.</summary>
    public static async Task FillAsync(string address, int count, string summary, params (string Key, string Value)[] labels)
    {
        const int AtOnce = 32;
        using var http = new HttpClient();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            for (var n = Interlocked.Increment(ref next); n <= count; n = Interlocked.Increment(ref next))
            {
                await SubmitAsync(http, address, $"{summary} {n:0000}", "true", [("require.gpu", "yes"), .. labels]);
            }
        }));
    }

    public static async Task CancelAsync(string address, string job)
    {
        using var http = new HttpClient();
        using var reply = await http.PostAsJsonAsync($"{address}/api/plugin/jobs/{job}/cancel", new { force = true });
    }

    private static async Task<string> SubmitAsync(HttpClient http, string address, string summary, string script, (string Key, string Value)[] labels)
    {
        var job = JsonNode.Parse("""{"job_type":"command","parameters":{"command":{"string_value":"sh"},"args":{"string_list":{"values":["-c"]}}},"labels":{}}""")!;
        job["summary"] = summary;
        job["parameters"]!["args"]!["string_list"]!["values"]!.AsArray().Add(script);
        foreach (var (key, value) in labels)
        {
            job["labels"]![key] = value;
        }

        using var reply = await http.PostAsJsonAsync($"{address}/api/plugin/jobs/execute?async=true", new JsonObject { ["job"] = job });
        var body = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!["operation_id"]!.GetValue<string>();
    }
}
