using System.Net.Http.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Workers that do what a test says, each with a job type of its own, and what people ask of such an admin.</summary>
internal sealed class ScriptedWorkers(AdminProcess admin) : IDisposable
{
    private readonly List<ScriptedWorker> _workers = [];
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"{admin.Address}/api/plugin/") };

    /// <summary>A worker named w-TYPE that has said all an admin wants to know.</summary>
    /// <param name="describes">Not when the admin knows the type's forms already.</param>
    /// <param name="place">Called before the type may begin to detect.</param>
    public async Task<ScriptedWorker> OfferAsync(string type, AdminRuntimeDefaults? runtime = null, bool executes = true, int slots = 4, bool describes = true, Func<Task>? place = null)
    {
        var worker = new ScriptedWorker($"127.0.0.1:{admin.GrpcPort}", $"w-{type}");
        _workers.Add(worker);
        await worker.SendAsync(new WorkerToAdminMessage
        {
            Hello = new WorkerHello
            {
                WorkerId = worker.Id,
                WorkerInstanceId = "i-1",
                ProtocolVersion = "plugin.v1",
                Capabilities = { new JobTypeCapability { JobType = type, CanDetect = !executes || runtime?.Enabled == true, CanExecute = executes, MaxDetectionConcurrency = 1, MaxExecutionConcurrency = 8 } },
            },
        });
        if (describes)
        {
            var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
            await (place?.Invoke() ?? Task.CompletedTask);
            await worker.SendAsync(new WorkerToAdminMessage
            {
                ConfigSchemaResponse = new ConfigSchemaResponse
                {
                    RequestId = asked.RequestId,
                    JobType = type,
                    Success = true,
                    JobTypeDescriptor = new JobTypeDescriptor { JobType = type, DisplayName = type, DescriptorVersion = 1, AdminRuntimeDefaults = runtime ?? new AdminRuntimeDefaults { GlobalExecutionConcurrency = 8, PerWorkerExecutionConcurrency = 8 } },
                },
            });
        }

        await worker.BeatAsync(new WorkerHeartbeat { ExecutionSlotsTotal = slots });
        return worker;
    }

    /// <summary>The id of a new job.</summary>
    public async Task<string> SubmitAsync(string type, string summary, Action<JsonObject>? change = null)
    {
        var job = new JsonObject { ["job_type"] = type, ["summary"] = summary };
        change?.Invoke(job);
        using var reply = await _http.PostAsJsonAsync("jobs/execute?async=true", new JsonObject { ["job"] = job });
        var body = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!["operation_id"]!.GetValue<string>();
    }

    /// <summary>The id of the last job of a new group.</summary>
    public async Task<string> SubmitGroupAsync(string type, string summary, int jobs, int atOnce)
    {
        using var reply = await _http.PostAsJsonAsync("groups", new JsonObject { ["template"] = new JsonObject { ["job_type"] = type, ["summary"] = summary }, ["parallel"] = jobs, ["max_running"] = atOnce });
        var body = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, body);
        var group = await _http.GetFromJsonAsync<JsonObject>($"groups/{JsonNode.Parse(body)!["group_id"]!.GetValue<string>()}");
        return group!["job_ids"]![jobs - 1]!.GetValue<string>();
    }

    public async Task PostAsync(string path, JsonObject body)
    {
        using var reply = await _http.PostAsJsonAsync(path, body);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
    }

    public async Task PutAsync(string path, JsonObject body)
    {
        using var reply = await _http.PutAsJsonAsync(path, body);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
    }

    public static JsonObject Labels(string name, string value) => new() { [name] = value };

    public void Dispose()
    {
        _workers.ForEach(worker => worker.Dispose());
        _http.Dispose();
    }
}
