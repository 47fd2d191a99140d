using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using CancelRequest = BlazorPluginAdmin.Wire.V1.CancelRequest;

namespace BlazorPluginAdmin.App.Tests.Services;

public sealed class JobServiceTests(ClientAdmin admin) : IClassFixture<ClientAdmin>
{
    [Fact]
    public async Task Submit_IsRun_AndGetShowsAllOfIt()
    {
        var submitted = await admin.SubmitAsync(new SubmitRequest
        {
            JobType = "told",
            ParametersJson = """{"says":"hello","times":"2","loud":"true","word":"hush"}""",
            Priority = 75,
            Summary = "says hello",
            Detail = "at length",
            Labels = { ["team"] = "a" },
            RequireLabels = { ["worker_id"] = "w-told" },
        });
        Assert.Equal(("told", "grpc", 75), (submitted.JobType, submitted.Origin, submitted.Priority));
        var ended = await admin.EndAsync(submitted.JobId);
        Assert.Equal((JobState.Succeeded, "w-told", "at length", "says hello"), (ended.State, ended.WorkerId, ended.Detail, ended.Summary));
        Assert.Equal((2L, true, "***"), (ended.Parameters["times"].Int64Value, ended.Parameters["loud"].BoolValue, ended.Parameters["word"].StringValue));
        var detail = (await admin.GetAsync($"/api/plugin/jobs/{submitted.JobId}/detail")).GetProperty("job").GetProperty("parameters");
        Assert.Equal("***", detail.GetProperty("word").GetProperty("string_value").GetString());
        Assert.Equal(("a", "w-told"), (ended.Labels["team"], ended.RequireLabels["worker_id"]));
        Assert.True(ended.Result.OutputValues["loud"].BoolValue);
        Assert.Equal((1, "succeeded"), (Assert.Single(ended.Attempts).Number, ended.Attempts[0].State));
        Assert.NotEmpty(ended.Activities);
    }

    [Fact]
    public async Task Failure_HasItsExitCodeAndClass()
    {
        var ended = await admin.EndAsync((await admin.RunAsync("fail")).JobId);
        Assert.Equal((JobState.Failed, 42, "permanent", "told so"), (ended.State, ended.ExitCode, ended.ErrorClass, ended.ErrorMessage));
    }

    [Fact]
    public async Task SameKey_IsTheSameJob_OtherParametersAreRefused()
    {
        var request = new SubmitRequest { JobType = "told", ParametersJson = """{"says":"once"}""", IdempotencyKey = "k-1" };
        var first = await admin.CallAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request);
        var second = await admin.CallAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request);
        Assert.Equal((false, true, first.Job.JobId), (first.Existing, second.Existing, second.Job.JobId));
        await admin.EndAsync(first.Job.JobId);
        Assert.True((await admin.CallAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request)).Existing);
        request.ParametersJson = """{"says":"twice"}""";
        var (code, detail) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request);
        Assert.Equal((StatusCode.AlreadyExists, first.Job.JobId), (code, detail.ExistingJobId));
    }

    [Fact]
    public async Task DryRun_CreatesNothing_AndAnImpossibleWorkerIsSaidAtOnce()
    {
        var answer = await admin.CallAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Labels = { ["dry"] = "run" }, DryRun = true });
        Assert.Equal("", answer.Job.JobId);
        Assert.Empty((await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = new JobFilter { Labels = { ["dry"] = "run" } } })).Jobs);
        var (code, _) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", RequireLabels = { ["rack"] = "none" }, RequireWorker = true });
        Assert.Equal(StatusCode.Unavailable, code);
    }

    [Fact]
    public async Task Retry_MakesANewJob_WithTheChangesThatWereAsked()
    {
        var failed = await admin.EndAsync((await admin.RunAsync("fail")).JobId);
        var again = await admin.CallAsync<RetryRequest, RetryResponse>("JobService", "Retry", new RetryRequest { JobId = failed.JobId, Parameters = { ["says"] = new ConfigValue { StringValue = "well" } }, Priority = 80 });
        Assert.Equal((failed.JobId, 80), (again.RetryOf, again.Job.Priority));
        var ended = await admin.EndAsync(again.Job.JobId);
        Assert.Equal((JobState.Succeeded, "well"), (ended.State, ended.Parameters["says"].StringValue));
    }

    [Fact]
    public async Task Submit_ThatTheFormRefuses_NamesEachField()
    {
        var (code, detail) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", new SubmitRequest { JobType = "told", ParametersJson = """{"times":12}""" });
        Assert.Equal((StatusCode.InvalidArgument, "invalid"), (code, detail.Code));
        Assert.Equal(["says required", "times max"], detail.Fields.Select(field => $"{field.Field} {field.Rule}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"says":"a" """, "parameters_json")]
    [InlineData("[]", "parameters_json")]
    [InlineData("""{"says":"a","times":1.5}""", "times")]
    public async Task Submit_OfWhatCannotBeRead_NamesThePlace(string json, string field)
    {
        var (code, detail) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", new SubmitRequest { JobType = "told", ParametersJson = json });
        Assert.Equal((StatusCode.InvalidArgument, field), (code, Assert.Single(detail.Fields).Field));
    }

    [Fact]
    public async Task List_IsFiltered_Paged_AndCountsExactly()
    {
        var ids = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            ids.Add((await admin.SubmitAsync(new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Labels = { ["list"] = "paged" } })).JobId);
        }

        foreach (var id in ids)
        {
            await admin.EndAsync(id);
        }

        var request = new ListRequest { Filter = new JobFilter { Labels = { ["list"] = "paged" } }, PageSize = 2, Ascending = true, CountExactly = true };
        var seen = new List<string>();
        do
        {
            var page = await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", request);
            Assert.Equal((5, true), (page.Total, page.TotalIsExact));
            seen.AddRange(page.Jobs.Select(job => job.JobId));
            request.Cursor = page.NextCursor;
        }
        while (request.Cursor.Length > 0);

        Assert.Equal(ids, seen);
        var (code, detail) = await admin.RefusedAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest
        {
            Cursor = (await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { PageSize = 1 })).NextCursor,
            Filter = new JobFilter { States = { JobState.Failed } },
        });
        Assert.Equal((StatusCode.InvalidArgument, "cursor"), (code, Assert.Single(detail.Fields).Field));
    }

    [Theory]
    [InlineData(501)]
    [InlineData(-1)]
    public async Task List_OfAPageThatIsNone_IsRefused(int size)
    {
        var (code, _) = await admin.RefusedAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { PageSize = size });
        Assert.Equal(StatusCode.InvalidArgument, code);
    }

    [Fact]
    public async Task Cancel_AsksTheWorker_ThenSaysThatItHasEnded()
    {
        var job = await admin.RunAsync("wait");
        await admin.UntilAsync(state => state.Jobs.GetValueOrDefault(new Server.Core.Jobs.JobId(job.JobId)) is { State: Server.Core.Jobs.JobState.Running }, "it runs");
        var canceled = await admin.CallAsync<CancelRequest, CancelResponse>("JobService", "Cancel", new CancelRequest { JobId = job.JobId, Reason = "enough" });
        Assert.Equal(CancelOutcome.Requested, canceled.Outcome);
        Assert.Equal(JobState.Canceled, (await admin.EndAsync(job.JobId)).State);
        var (code, _) = await admin.RefusedAsync<CancelRequest, CancelResponse>("JobService", "Cancel", new CancelRequest { JobId = job.JobId });
        Assert.Equal(StatusCode.FailedPrecondition, code);
    }

    [Fact]
    public async Task Waiting_SaysWhy_AndCanBeChanged()
    {
        var job = await admin.SubmitAsync(new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", RequireLabels = { ["rack"] = "none" } });
        var known = (await admin.CallAsync<GetRequest, GetResponse>("JobService", "Get", new GetRequest { JobId = job.JobId })).Job;
        Assert.Equal("labels", known.Waiting.Code);
        Assert.Contains("rack", known.Waiting.Text, StringComparison.Ordinal);
        Assert.True(known.QueuePosition >= 1);
        var changed = (await admin.CallAsync<UpdateRequest, UpdateResponse>("JobService", "Update", new UpdateRequest { JobId = job.JobId, Priority = 90, SetLabels = { ["a"] = "b" }, ExpectedVersion = known.Version })).Job;
        Assert.Equal((90, "b"), (changed.Priority, changed.Labels["a"]));
        var (code, _) = await admin.RefusedAsync<UpdateRequest, UpdateResponse>("JobService", "Update", new UpdateRequest { JobId = job.JobId, Priority = 91, ExpectedVersion = known.Version });
        Assert.Equal(StatusCode.Aborted, code);
        await admin.CallAsync<ExpireRequest, ExpireResponse>("JobService", "Expire", new ExpireRequest { JobId = job.JobId, Reason = "over" });
        Assert.Equal((JobState.Failed, "expired"), ((await admin.EndAsync(job.JobId)).State, (await admin.EndAsync(job.JobId)).Reason));
    }

    [Fact]
    public async Task UnknownJob_IsNotFound_AndEchoedWithoutItsControls()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => admin.CallAsync<GetRequest, GetResponse>("JobService", "Get", new GetRequest { JobId = "no\u001b[31m such" + new string('x', 200) }));
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        Assert.DoesNotContain("\u001b", refused.Status.Detail, StringComparison.Ordinal);
        Assert.True(refused.Status.Detail.Length < 200);
    }
}
