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
        var job = JsonNode.Parse("""{"job_type":"command","parameters":{"command":{"string_value":"sh"},"args":{"string_list":{"values":["-c"]}}},"labels":{}}""")!;
        job["summary"] = summary;
        job["parameters"]!["args"]!["string_list"]!["values"]!.AsArray().Add(script);
        foreach (var (key, value) in labels)
        {
            job["labels"]![key] = value;
        }

        var reply = await http.PostAsJsonAsync($"{address}/api/plugin/jobs/execute?async=true", new JsonObject { ["job"] = job });
        var body = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!["operation_id"]!.GetValue<string>();
    }

    public static async Task CancelAsync(string address, string job)
    {
        using var http = new HttpClient();
        using var reply = await http.PostAsJsonAsync($"{address}/api/plugin/jobs/{job}/cancel", new { force = true });
    }
}
