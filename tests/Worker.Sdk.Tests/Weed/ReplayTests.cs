using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>The admin's side of a recorded stream against a worker of the SDK that offers the recorded job types and does what the recorded worker did.</summary>
public sealed class ReplayTests(WeedMessages messages) : WeedTest(messages)
{
    private static readonly IReadOnlyList<AdminToWorkerMessage> Asked = [.. RecordedStream.Peer.Where(message => message.Hello is null)];

    [Fact]
    public async Task RecordedAdmin_IsAnswered_AsByItsOwnWorker()
    {
        var handlers = RecordedStream.Descriptors.Values.Select(descriptor => new RecordedHandler(descriptor)).ToList();
        await StartAdminAsync();
        await ConnectAsync(null, [.. handlers]);
        var ids = await Admin.ReplayAsync(RecordedStream.Fixture("recorded-worker.jsonl"));

        // One job of the recording never ends: what it says arrives, and it goes with the stream.
        var last = ids[Asked[^1].RequestId];
        await Admin.NextAsync(Body.JobProgressUpdate, message => message.JobProgressUpdate.RequestId == last);
        Assert.Equal(Asked.Count, Admin.Said.Count(message => message.Hello is null));
        foreach (var asked in Asked)
        {
            switch (asked.BodyCase)
            {
                case AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema:
                    var response = Assert.Single(Admin.Heard, message => message.ConfigSchemaResponse?.JobType == asked.RequestConfigSchema.JobType).ConfigSchemaResponse;
                    Assert.Equal(RecordedStream.Descriptors[response.JobType], response.JobTypeDescriptor);
                    break;
                case AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest:
                    AssertDetected(asked.RequestId, ids[asked.RequestId]);
                    break;
                case AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest:
                    AssertExecuted(asked.RequestId, ids[asked.RequestId]);
                    break;
                default:
                    Assert.Fail($"{asked.BodyCase} is not in the recording");
                    break;
            }
        }

        var running = handlers.Single(handler => handler.Descriptor.JobType == "volume_balance");
        await running.Started.Task.InTimeAsync("the start of the last job");
        await Admin.EndStreamsAsync();
        await running.Canceled.Task.InTimeAsync("the cancel of the last job");
    }

    private void AssertDetected(string recorded, string now)
    {
        AssertAccepted(now);
        var expected = Proposals(RecordedStream.Worker, recorded);
        var actual = Proposals(Admin.Heard, now);
        Assert.Equal(expected, actual);
        var end = Assert.Single(Admin.Heard, message => message.DetectionComplete?.RequestId == now).DetectionComplete;
        Assert.Equal((true, expected.Count), (end.Success, end.TotalProposals));
        AssertProgress(now, isExpected: RecordedStream.Worker.Any(message => message.JobProgressUpdate?.RequestId == recorded), "");
    }

    private void AssertExecuted(string recorded, string now)
    {
        AssertAccepted(now);
        var job = Admin.Said.Single(message => message.RequestId == now).ExecuteJobRequest.Job;
        AssertProgress(now, isExpected: true, job.JobId);
        var expected = RecordedStream.Worker.SingleOrDefault(message => message.JobCompleted?.RequestId == recorded)?.JobCompleted;
        var actual = Admin.Heard.SingleOrDefault(message => message.JobCompleted?.RequestId == now)?.JobCompleted;
        Assert.Equal(expected is null, actual is null);
        if (actual is not null)
        {
            Assert.Equal((job.JobId, job.JobType, expected!.Success), (actual.JobId, actual.JobType, actual.Success));
            Assert.Equal(expected.Result, actual.Result);
            Assert.NotNull(actual.CompletedAt);
        }
    }

    private void AssertAccepted(string request) =>
        Assert.True(Assert.Single(Admin.Heard, message => message.BodyCase == Body.Acknowledge && message.Acknowledge.RequestId == request).Acknowledge.Accepted);

    private void AssertProgress(string request, bool isExpected, string job)
    {
        var updates = Admin.Heard.Where(message => message.JobProgressUpdate?.RequestId == request).Select(message => message.JobProgressUpdate).ToList();
        Assert.Equal(isExpected, updates.Count > 0);
        Assert.All(updates, update => Assert.Equal((job, JobState.Running), (update.JobId, update.State)));
    }

    private static List<JobProposal> Proposals(IEnumerable<WorkerToAdminMessage> said, string request) =>
        [.. said.Where(message => message.DetectionProposals?.RequestId == request).SelectMany(message => message.DetectionProposals.Proposals)];

    /// <summary>Finds and does what the recorded worker found and did, detection by detection, job by job.</summary>
    private sealed class RecordedHandler(JobTypeDescriptor descriptor) : IJobHandler
    {
        private readonly Queue<string> _detections = new(Asked.Where(message => message.RunDetectionRequest?.JobType == descriptor.JobType).Select(message => message.RequestId));

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Canceled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JobTypeDescriptor Descriptor { get; } = descriptor;

        public async Task DetectAsync(DetectionContext context)
        {
            var recorded = _detections.Dequeue();
            foreach (var update in Updates(recorded))
            {
                context.Report(update.Stage, update.Message);
            }

            foreach (var proposal in Proposals(RecordedStream.Worker, recorded))
            {
                await context.ProposeAsync(new Proposal
                {
                    Id = proposal.ProposalId,
                    DedupeKey = proposal.DedupeKey,
                    Priority = proposal.Priority,
                    Summary = proposal.Summary,
                    Detail = proposal.Detail,
                    Parameters = Values(proposal.Parameters),
                    Labels = proposal.Labels,
                    NotBefore = proposal.NotBefore?.ToDateTimeOffset(),
                    ExpiresAt = proposal.ExpiresAt?.ToDateTimeOffset(),
                });
            }
        }

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            var recorded = Asked.First(message => message.ExecuteJobRequest?.Job.DedupeKey == context.Request.Job.DedupeKey).RequestId;
            foreach (var update in Updates(recorded))
            {
                context.Report(update.ProgressPercent, update.Stage, update.Message);
            }

            if (RecordedStream.Worker.SingleOrDefault(message => message.JobCompleted?.RequestId == recorded)?.JobCompleted is { } completed)
            {
                return JobOutcome.Succeeded(completed.Result.Summary, Values(completed.Result.OutputValues));
            }

            Started.SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.Canceled);
                return JobOutcome.Succeeded("never");
            }
            finally
            {
                Canceled.SetResult();
            }
        }

        private static IEnumerable<JobProgressUpdate> Updates(string request) =>
            RecordedStream.Worker.Where(message => message.JobProgressUpdate?.RequestId == request).Select(message => message.JobProgressUpdate);

        private static ValueSet Values(IEnumerable<KeyValuePair<string, ConfigValue>> values)
        {
            var set = new ValueSet();
            foreach (var (name, value) in values)
            {
                set[name] = Value.From(value);
            }

            return set;
        }
    }
}
