using System.Text.Json;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.SeaweedFS;
using Google.Protobuf;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>Sample rows of what a worker described, and the plan inside a job's parameters.</summary>
public sealed class ObjectTests(Peers peers) : AcceptanceTests(peers)
{
    private const string Asked = """{"object_id":["bucket","t"],"format":"lance","row_limit":500}""";

    [Case(63)]
    [Fact]
    public async Task Preview_HasRowsAndTotal_OrSaysWhyNot()
    {
        var worker = await RustAsync("lance_compact");
        Assert.Equal("no worker has described this object as lance yet", Text(await Admin.PostAsync("observations/preview", Asked, 404), "error"));
        await DescribeAsync(worker);
        Assert.Equal("no worker has described this object as csv yet", Text(await Admin.PostAsync("observations/preview", Asked.Replace("lance", "csv", StringComparison.Ordinal), 404), "error"));

        var (asked, answer) = await AskAsync(worker, 200);
        await worker.SendAsync(new WorkerToAdminMessage
        {
            ObjectPreviewResponse = new ObjectPreviewResponse { RequestId = asked.RequestId, Success = true, Columns = { "id" }, Rows = { new PreviewRow { Values = { "7" } } }, TotalRows = 500 },
        });
        var rows = await answer;
        Assert.Equal((500L, "7"), (rows.GetProperty("total_rows").GetInt64(), rows.GetProperty("rows")[0].EnumerateArray().Single().GetString()));
        Assert.Equal(200, asked.RequestObjectPreview.RowLimit);

        (asked, answer) = await AskAsync(worker, 409);
        await worker.SendAsync(new WorkerToAdminMessage { ObjectPreviewResponse = new ObjectPreviewResponse { RequestId = asked.RequestId, ErrorMessage = "no such version" } });
        Assert.Equal($"worker {worker.Id} could not preview the object: no such version", Text(await answer, "error"));

        await worker.StopAsync();
        await Admin.UntilAsync(_ => Admin.SessionOf(worker) is null, "the worker is away");
        Assert.Equal($"worker {worker.Id} is not connected", Text(await Admin.PostAsync("observations/preview", Asked, 503), "error"));
    }

    /// <summary>A Go worker has no previews, and only says that it does not know the question.</summary>
    [Case(63)]
    [Fact]
    public async Task PreviewOfAGoWorker_EndsAfterItsTime()
    {
        var worker = await GoAsync("lance_compact");
        await DescribeAsync(worker);
        var (_, answer) = await AskAsync(worker, 503);
        await worker.SettleAsync();
        await Admin.PassAsync(TimeSpan.FromSeconds(31));
        Assert.Contains(worker.Id, Text(await answer, "error"), StringComparison.Ordinal);
    }

    [Case(42)]
    [Theory]
    [InlineData(Kind.Go)]
    [InlineData(Kind.Rust)]
    public async Task ErasureCodingJob_ShowsItsPlan_AndItsWorkerGetsTheBytesAsTheyWere(Kind kind)
    {
        var worker = await AnyAsync(kind, "erasure_coding");
        var plan = new TaskParams
        {
            TaskId = "ec-7",
            VolumeId = 7,
            Sources = { new TaskSource { Node = "10.0.0.1:8080", VolumeId = 7, DiskId = 2 } },
            Targets = { new TaskTarget { Node = "10.0.0.2:8080", VolumeId = 7, DiskId = 1, ShardIds = { 13, 0 } } },
            ErasureCodingParams = new ErasureCodingTaskParams { EncodeTsNs = 5 },
        }.ToByteString();
        await Admin.SubmitAsync("erasure_coding", "ec", $$$""","parameters":{"task_params_pb":{"bytes_value":"{{{plan.ToBase64()}}}"}}""");
        Assert.Equal(plan, (await worker.NextJobAsync()).Job.Parameters["task_params_pb"].BytesValue);
        var shown = (await Admin.GetAsync("jobs/ec/detail")).GetProperty("job").GetProperty("parameters").GetProperty("execution_plan");
        Assert.Equal((2, 1), (shown.GetProperty("sources")[0].GetProperty("disk_id").GetInt32(), shown.GetProperty("targets")[0].GetProperty("disk_id").GetInt32()));
        Assert.Equal(["D0", "P13"], Texts(shown.GetProperty("shard_assignments"), "label"));
    }

    private static Task DescribeAsync(ForeignWorker worker) => Task.WhenAll(
        worker.SendAsync(new WorkerToAdminMessage
        {
            Observations = new WorkerObservations { JobType = "lance_compact", Observations = { new ObjectObservation { ObjectId = { "bucket", "t" }, ObjectKind = "table", Format = "LANCE" } } },
        }),
        worker.SettleAsync());

    private async Task<(AdminToWorkerMessage Asked, Task<JsonElement> Answer)> AskAsync(ForeignWorker worker, int code)
    {
        var answer = Admin.PostAsync("observations/preview", Asked, code);
        return (await worker.NextAsync(Body.RequestObjectPreview), answer);
    }
}
