using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Earlier versions of a config: listed, read, compared, brought back. A secret is in none of the answers.</summary>
public sealed class ConfigApiTests(RunningAdmin admin) : IClassFixture<RunningAdmin>
{
    private const string Route = "/api/plugin/job-types/c-versions/config";

    [Fact]
    public async Task Versions_AreListed_Compared_AndBroughtBack_WithTodaysSecrets()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-versions");
        await worker.HelloAsync("c-versions");
        var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
        await worker.SendAsync(new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = asked.RequestId, JobType = "c-versions", Success = true, JobTypeDescriptor = Described() } });
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("c-versions") is { Config: not null }, "c-versions is described");
        await PutAsync("""{"worker_config_values":{"n":{"int64_value":"5"},"token":{"string_value":"first-secret"}}}""");
        await PutAsync("""{"worker_config_values":{"n":{"int64_value":"9007199254740993"},"token":{"string_value":"second-secret"}}}""");

        var list = await admin.GetAsync($"{Route}/versions");
        Assert.Equal([3L, 2, 1], list.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("version").GetInt64()));
        Assert.Equal(["admin", "admin", "plugin"], list.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("saved_by").GetString()));
        Assert.Equal([1L], (await admin.GetAsync($"{Route}/versions?before=2")).GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("version").GetInt64()));
        var second = await admin.GetAsync($"{Route}/versions/2");
        Assert.Equal("5", N(second));
        var diff = await admin.GetAsync($"{Route}/diff?from=2&to=3");
        Assert.Equal(
            [("n", "5", "9007199254740993"), ("token", "set", "replaced")],
            diff.GetProperty("changes").EnumerateArray().Select(change => (change.GetProperty("name").GetString()!, change.GetProperty("before").GetString()!, change.GetProperty("after").GetString()!)));

        await admin.PostAsync($"{Route}/revert", """{"to":2,"version":2}""", 409);
        var reverted = await admin.PostAsync($"{Route}/revert", """{"to":2,"version":3}""");
        Assert.Equal("5", N(reverted));
        var config = admin.Admin.States.Current.Value.JobTypes["c-versions"].Config!;
        Assert.Equal((4L, "back to version 2", "second-secret"), (config.Version, config.Reason, ((Server.Core.Forms.ConfigValue.Text)config.WorkerValues.Find("token")!).Value));
        foreach (var answer in (JsonElement[])[list, second, diff, reverted])
        {
            Assert.DoesNotContain("-secret", answer.GetRawText(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET", "versions/7", "", 404)]
    [InlineData("GET", "versions/9223372036854775807", "", 404)]
    [InlineData("GET", "versions/-1", "", 404)]
    [InlineData("GET", "versions?before=soon", "", 400)]
    [InlineData("GET", "versions?before=-1", "", 400)]
    [InlineData("GET", "versions?before=9223372036854775808", "", 400)]
    [InlineData("PUT", "?version=soon", "{}", 400)]
    [InlineData("PUT", "?version=-1", "{}", 400)]
    [InlineData("GET", "diff", "", 400)]
    [InlineData("GET", "diff?from=1&to=2", "", 404)]
    [InlineData("POST", "revert", "{}", 400)]
    [InlineData("POST", "revert", """{"to":7}""", 404)]
    public async Task WhatIsNotKept_OrNotSaid_IsRefused(string method, string path, string body, int code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"/api/plugin/job-types/c-none/config/{path}", UriKind.Relative));
        request.Content = body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await admin.Http.SendAsync(request);
        Assert.Equal(code, (int)response.StatusCode);
        Assert.DoesNotContain(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString(), (string[])["", "Bad Request"]);
    }

    private static JobTypeDescriptor Described() => new()
    {
        JobType = "c-versions",
        WorkerConfigForm = new ConfigForm
        {
            Sections =
            {
                new ConfigSection
                {
                    Fields =
                    {
                        new ConfigField { Name = "n", FieldType = ConfigFieldType.Int64 },
                        new ConfigField { Name = "token", FieldType = ConfigFieldType.String, Sensitive = true },
                    },
                },
            },
        },
    };

    private static string? N(JsonElement config) => config.GetProperty("worker_config_values").GetProperty("n").GetProperty("int64_value").GetString();

    private async Task PutAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await admin.Http.PutAsync(new Uri(Route, UriKind.Relative), content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
