using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Jobs over REST meet the form their type brought for them.</summary>
public sealed class SubmissionApiTests(RunningAdmin admin) : IClassFixture<RunningAdmin>
{
    [Fact]
    public async Task Execute_WithParametersTheFormRefuses_NamesEachField()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-form");
        await worker.HelloAsync("formed");
        var asked = await worker.NextAsync(Body.RequestConfigSchema);
        var hours = new ConfigField { Name = "hours", Label = "Hours", FieldType = ConfigFieldType.Int64, MaxValue = new ConfigValue { Int64Value = 24 } };
        var path = new ConfigField { Name = "path", Label = "Path", FieldType = ConfigFieldType.String, Required = true };
        await worker.SendAsync(new WorkerToAdminMessage
        {
            ConfigSchemaResponse = new ConfigSchemaResponse
            {
                RequestId = asked.RequestId,
                JobType = "formed",
                Success = true,
                JobTypeDescriptor = new JobTypeDescriptor
                {
                    JobType = "formed",
                    WorkerConfigForm = new ConfigForm { Sections = { new ConfigSection { SectionId = "job", Fields = { path, hours } } }, DefaultValues = { ["hours"] = new ConfigValue { Int64Value = 1 } } },
                },
            },
        });
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("formed") is { Descriptor: not null }, "the form is known");

        var refused = await admin.PostAsync("/api/plugin/jobs/execute?async=true", """{"job":{"job_type":"formed","parameters":{"hours":{"int64_value":"30"},"hour":{"int64_value":"3"}}}}""", 400);
        Assert.Equal("invalid", refused.GetProperty("code").GetString());
        Assert.Equal(
            ["hour unknown", "hours max", "path required"],
            refused.GetProperty("fields").EnumerateArray().Select(field => $"{field.GetProperty("path").GetString()} {field.GetProperty("code").GetString()}").Order(StringComparer.Ordinal));
        Assert.Contains("hours: 30 is above 24", refused.GetProperty("error").GetString(), StringComparison.Ordinal);

        await admin.PostAsync("/api/plugin/jobs/execute?async=true", """{"job":{"job_type":"formed","parameters":{"path":{"string_value":"/a"}}}}""", 202);
        var job = (await worker.NextAsync(Body.ExecuteJobRequest)).ExecuteJobRequest.Job;
        Assert.Equal((1L, "/a"), (job.Parameters["hours"].Int64Value, job.Parameters["path"].StringValue));
    }
}
