using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.App.Tests.Services;

/// <summary>What a client may send, and what it is told when it may not.</summary>
public sealed class ClientInputTests(ClientAdmin admin) : IClassFixture<ClientAdmin>
{
    /// <summary>Nothing of a submission is cut off in silence.</summary>
    [Fact]
    public async Task TooManyParameters_OrNestedTooDeep_AreRefused()
    {
        var many = new SubmitRequest { JobType = "told", Parameters = { Enumerable.Range(0, 513).ToDictionary(n => $"p{n}", n => new ConfigValue { Int64Value = n }) } };
        var deep = new ConfigValue { StringValue = "x" };
        for (var n = 0; n < 18; n++)
        {
            deep = new ConfigValue { MapValue = new ValueMap { Fields = { ["a"] = deep } } };
        }

        await RefusedAsync(many, "parameters", "at most 512");
        await RefusedAsync(new SubmitRequest { JobType = "told", Parameters = { ["says"] = deep } }, "parameters.says.a", "nested deeper than 16");
    }

    [Fact]
    public async Task LabelThatContradictsWhatIsRequired_IsRefused() =>
        await RefusedAsync(new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Labels = { ["require.site"] = "a" }, RequireLabels = { ["site"] = "b" } }, "require_labels", "another site");

    /// <summary>A job under a name nobody wrote would be found by nobody. The id is the first field, which a wrapper has too, as bytes.</summary>
    [Fact]
    public async Task TextThatIsNotUtf8_IsRefused()
    {
        var (code, detail) = await admin.RefusedAsync<BytesValue, SubmitResponse>(
            new GrpcMethod<BytesValue, SubmitResponse>("pluginadmin.v1.JobService", "Submit", BytesValue.Parser, SubmitResponse.Parser, false, false), new BytesValue { Value = ByteString.CopyFrom(0x74, 0xFF) });
        Assert.Equal(StatusCode.InvalidArgument, code);
        Assert.Equal(("job_type", "job_type is not UTF-8"), (Assert.Single(detail.Fields).Field, detail.Fields[0].Message));
    }

    [Fact]
    public async Task NulInAText_IsRefused() =>
        await RefusedAsync(new SubmitRequest { JobType = "told", ParametersJson = """{"says":"a\u0000b"}""" }, "says", "NUL");

    [Theory]
    [InlineData("""{"says":"\ud800"}""")]
    [InlineData("""{"\udfff":1}""")]
    public async Task HalfOfASurrogatePair_IsRefused(string json) =>
        await RefusedAsync(new SubmitRequest { JobType = "told", ParametersJson = json, IdempotencyKey = "half" }, "parameters_json", "surrogate");

    /// <summary>Maps of other languages come in another order every time.</summary>
    [Fact]
    public async Task Cursor_IsGood_WhateverTheOrderOfTheLabels()
    {
        for (var n = 0; n < 2; n++)
        {
            await admin.SubmitAsync(new SubmitRequest { JobType = "told", ParametersJson = """{"says":"x"}""", Labels = { ["one"] = "1", ["two"] = "2" }, RequireLabels = { ["rack"] = "none" } });
        }

        var first = await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = new JobFilter { Labels = { ["one"] = "1", ["two"] = "2" } }, PageSize = 1 });
        var second = await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = new JobFilter { Labels = { ["two"] = "2", ["one"] = "1" } }, PageSize = 1, Cursor = first.NextCursor });
        Assert.NotEqual(Assert.Single(first.Jobs).JobId, Assert.Single(second.Jobs).JobId);
    }

    [Theory]
    [InlineData("!")]
    [InlineData("a")]
    [InlineData("größer")]
    [InlineData("AAAA")]
    public async Task CursorThatIsNone_IsRefused(string cursor)
    {
        var (code, detail) = await admin.RefusedAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Cursor = cursor });
        Assert.Equal((StatusCode.InvalidArgument, "cursor"), (code, Assert.Single(detail.Fields).Field));
    }

    public static TheoryData<string, string, string> OddFilters => new()
    {
        { """{"states":["JOB_STATE_UNSPECIFIED"]}""", "states", "pending, assigned, running, succeeded, failed, canceled" },
        { """{"states":[17]}""", "states", "pending, assigned, running, succeeded, failed, canceled" },
        { """{"notStates":[17]}""", "not_states", "pending, assigned, running, succeeded, failed, canceled" },
        { """{"phases":["waiting"]}""", "phases", "there is no phase 'waiting'; there are none, queued, scheduled, backoff" },
        { """{"reasons":["timout"]}""", "reasons", "there is no reason 'timout'; there are none, error, timeout, worker_lost" },
        { """{"origins":["browser"]}""", "origins", "there is no origin 'browser'; there are detection, ui, cli" },
        { """{"waitingCodes":["no_worker"]}""", "waiting_codes", "there is no waiting code 'no_worker'; there are not_before, backoff" },
        { """{"minPriority":-1}""", "min_priority", "0 to 100" },
        { """{"maxPriority":101}""", "max_priority", "0 to 100" },
        { """{"minPriority":75,"maxPriority":25}""", "min_priority", "above max_priority 25" },
        { """{"createdAfter":"2026-01-02T00:00:00Z","createdBefore":"2026-01-01T00:00:00Z"}""", "created_after", "later than created_before" },
        { """{"completedAfter":"2026-01-02T00:00:00Z","completedBefore":"2026-01-01T00:00:00Z"}""", "completed_after", "later than completed_before" },
        { """{"jobTypes":["told",""]}""", "job_types", "empty" },
        { """{"jobIds":[""]}""", "job_ids", "empty" },
        { """{"labels":{"":"a"}}""", "labels", "empty" },
    };

    /// <summary>Such a filter would find nothing, and who cleans up by it would think that there is nothing to clean up.</summary>
    [Theory]
    [MemberData(nameof(OddFilters))]
    public async Task FilterThatNoJobCanMatch_IsRefused_AndSaysWhatThereIs(string json, string field, string says)
    {
        var filter = JobFilter.Parser.ParseJson(json);
        var list = await admin.RefusedAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = filter });
        var bulk = await admin.RefusedAsync<BulkRequest, BulkResponse>("JobService", "Bulk", new BulkRequest { Action = BulkAction.Cancel, Filter = filter, DryRun = true });
        foreach (var (code, detail) in ((StatusCode, ErrorDetail)[])[list, bulk])
        {
            var wrong = Assert.Single(detail.Fields);
            Assert.Equal((StatusCode.InvalidArgument, "filter", field), (code, wrong.Form, wrong.Field));
            Assert.Contains(says, wrong.Message, StringComparison.Ordinal);
        }

        if (field != "waiting_codes")
        {
            using var call = admin.Watch(new WatchEventsRequest { Filter = filter });
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.MoveNextAsync(CancellationToken.None));
            Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        }
    }

    /// <summary>What is not known may come yet.</summary>
    [Theory]
    [InlineData("""{"jobTypes":["unheard"]}""")]
    [InlineData("""{"workerId":"unheard"}""")]
    [InlineData("""{"groupId":"unheard"}""")]
    [InlineData("""{"labels":{"unheard":"a"}}""")]
    [InlineData("""{"jobIds":["unheard"]}""")]
    [InlineData("""{"submittedBy":"unheard"}""")]
    public async Task FilterForWhatIsNotKnown_FindsNothing(string json) =>
        Assert.Empty((await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", new ListRequest { Filter = JobFilter.Parser.ParseJson(json) })).Jobs);

    private async Task RefusedAsync(SubmitRequest request, string field, string why)
    {
        var (code, detail) = await admin.RefusedAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request);
        Assert.Equal(StatusCode.InvalidArgument, code);
        Assert.StartsWith(field, Assert.Single(detail.Fields).Field, StringComparison.Ordinal);
        Assert.Contains(why, detail.Fields[0].Message, StringComparison.Ordinal);
    }
}
