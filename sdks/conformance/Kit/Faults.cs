using System.Text.Json.Nodes;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;

namespace BlazorPluginAdmin.Conformance.Kit;

/// <summary>A fault for each case, of the kind that the case is there to find; and for what is looked at after every case.</summary>
internal static class Faults
{
    /// <summary>Each case has its own.</summary>
    public const string Each = "each";

    private static readonly Dictionary<string, Fault> Known = new()
    {
        ["A1"] = Says("protocol_version", said => said.Hello?.ProtocolVersion = "plugin.v0"),
        ["A2"] = Says("slots 0/1 and 0/2", said => said.Heartbeat?.ExecutionSlotsTotal += 1),
        ["A3"] = Says("default of late", said => said.ConfigSchemaResponse?.JobTypeDescriptor?.WorkerConfigForm?.DefaultValues.Remove("late")),
        ["A4"] = Says("has_more on all batches", said => said.DetectionProposals?.HasMore = false),
        ["A5"] = Returns("r-1", "the output", completed => completed.Result.OutputValues.Values.First(value => value.HasInt64Value).Int64Value++),
        ["A6"] = Says("job_type of the completion", said => said.JobCompleted?.JobType = ""),
        ["A7"] = Acknowledges("executor is at capacity", "a negative acknowledge", refusal => refusal.Message = "busy"),
        ["A8"] = Acknowledges("cancel target not found", "a refusal 'cancel target not found'", refusal => refusal.Accepted = true),
        ["A9"] = new("no success of the forced job") { Hear = said => said.JobCompleted is { RequestId: "r-3" } ? [Of("r-1", said), said] : [said] },
        ["A10"] = Acknowledges("unsupported request body", "a refusal 'unsupported request body'", refusal => refusal.Accepted = true),
        ["A11"] = new("completions") { Hear = said => said.JobCompleted is null ? [said] : [said, said.Clone()] },
        ["B1"] = new("at most 3 sockets more") { Measures = (number, measured) => measured with { Sockets = measured.Sockets + number * 10 } },
        ["B2"] = Closes("the reason", "StopRequested"),
        ["B3"] = Closes("the reason", "ConnectionLost"),
        ["B4"] = Tells("run", "reason", "StopRequested", "the reason of run"),
        ["B5"] = Answers("the command start to fail with Timeout", answer => Replace(answer, "Timeout", "Unreachable")),
        ["B6"] = Answers("the command start to fail with Unreachable", answer => Replace(answer, "Unreachable", "Timeout")),
        ["B7"] = Tells("start", "permanent", false, "a rejection for good"),
        ["B8"] = Answers("start to succeed or to fail as it may", answer => Replace(answer, "AlreadyStarted", "Internal")),
        ["B9"] = Tells("wait", "generation", 2.0, "the session Wait tells of"),
        ["B10"] = new("a log line with the exception of OnClose") { Happens = said => said.Name == "log" ? [] : [said] },
        ["B11"] = Tells("state", "heartbeat_interval_ms", 10_000.0, "HeartbeatInterval in the session"),
        ["B12"] = Tells("run_forever", "reason", "ConnectionLost", "the reason after AdminShutdown 'replaced'"),
        ["B13"] = Answers("the command start to fail with Unreachable", answer => Replace(answer, "Unreachable", "Timeout")),
        ["B14"] = Answers("the command run to fail with Canceled", answer => Replace(answer, "Canceled", "Internal")),
        ["B15"] = Tells("run_forever", "reason", "ConnectionLost", "the reason of run_forever"),
        ["B16"] = Closes("the reason of OnClose", "ConnectionLost"),
        ["B17"] = Tells("run_forever", "reason", "ConnectionLost", "the reason of run_forever"),
        ["B18"] = Closes("the reason of OnClose", "ConnectionLost"),
        ["C1"] = Says("running_work in hello", said => said.Hello?.RunningWork.Clear()),
        ["C2"] = Returns("r-1", "the late report to be marked", completed => completed.Result.OutputValues.Clear()),
        ["C3"] = Says("nothing claimed in hello", said => said.Hello?.RunningWork.Add(new RunningWork { WorkId = "job-r-1" })),
        ["C4"] = Says("the same completion again", said => said.JobCompleted?.JobType = "conf_fail"),
        ["C5"] = Says("as it was written", said => said.JobLog?.Data = ByteString.CopyFrom([.. said.JobLog.Data.Reverse()])),
        ["C6"] = new("the handler to be left alone") { Happens = said => said.IsHandler("begin", "r-1") ? [said, Phase("canceled", "r-1")] : [said] },
        ["D1"] = Says("a pong with the nonce", said => said.Pong?.Nonce += 1),
        ["D2"] = new("no pong while the loop is blocked") { Hear = said => said.Heartbeat is null ? [said] : [said, new WorkerToAdminMessage { WorkerId = said.WorkerId, SentAt = said.SentAt, Pong = new Pong { Nonce = 7 } }] },
        ["D3"] = Acknowledges("executor is at capacity", "a refusal 'executor is at capacity'", refusal => refusal.Accepted = true),
        ["D4"] = Says("a failure with a text", said => said.DetectionComplete?.Success = true),
        ["D5"] = Says("a heartbeat without draining", said => said.Heartbeat?.Metadata["draining"] = "true"),
        ["E1"] = new("KiB more than") { Measures = (number, measured) => measured with { Resident = measured.Resident + (number > 1 ? 128 * 1024 : 0) } },
        ["E2"] = new("messages in ") { Hear = said => Enumerable.Repeat(said, said.JobProgressUpdate is null ? 1 : 10) },
        ["E3"] = Returns("r-2", "an output blob_truncated", completed => completed.Result.OutputValues.Remove("blob_truncated")),
        ["E4"] = HasClosed("the reason"),
        ["E5"] = Returns("r-1", "a text that names the limit", completed => completed.ErrorMessage = "too large"),
        ["E6"] = HasClosed("the reason"),
        ["E7"] = Says("the detection to succeed", said => said.DetectionComplete?.Success = false),
        ["F1"] = Says("no field from 100 on", said => said.Heartbeat?.RunningWork.FirstOrDefault()?.RequestId = "never asked for"),
        ["F2"] = Says("success with enabled runtime defaults", said => said.ConfigSchemaResponse?.Success = false),
        ["F3"] = Says("job_completed of request env-1", said => said.JobCompleted?.RequestId = ""),
        ["F4"] = Returns("r-none", "count to be", completed => completed.Result.OutputValues["count"] = new ConfigValue()),
        ["F5"] = Says("detection_sequence in the handler", said => said.DetectionProposals?.Proposals[0].Parameters["sequence"] = new ConfigValue { DoubleValue = 1.79e18 }),
        ["F6"] = Says("no success of the cancelled detection", said => said.DetectionComplete?.Success = true),
        ["F7"] = new("attempt 2 of the obedient job to begin after attempt 1 ended") { Happens = said => said.IsHandler("canceled", "obedient-1") ? [said, Phase("begin", "obedient-2")] : [said] },
        ["F8"] = Closes("the reason of a stream that ended with", "AdminShutdown"),
        ["F9"] = IsSet("stream 1 of the worker", "address", _ => "127.0.0.1:1"),
        ["F10"] = IsSet("the status route to be asked at every start", "address", address => $"{address}.{int.Parse(address.Split(':')[1]) + 10_000}"),
        ["F11"] = HasClosed("the session to live"),
        ["F12"] = Acknowledges("unsupported request body", "a refusal 'unsupported request body'", refusal => refusal.Accepted = true),
        ["F13"] = new("a warning 'another worker may use this id'") { Happens = said => said.Name == "log" ? [] : [said] },
        ["F14"] = Says("a job without priority", said => said.JobCompleted?.Success = false),
        ["F15"] = Tells("state", "state", "Starting", "the state"),
        ["G1"] = HasClosed("the session to live"),
        ["G2"] = Says("hello metadata launch", said => said.Hello?.Metadata.Remove("launch")),
        ["G3"] = Returns("r-2", "the length of the text", completed => completed.ErrorMessage = completed.ErrorMessage[..1000]),
        ["G4"] = Answers("constructions of", answer => (answer.Json["constructed"] as JsonObject)?["conf_echo"] = 4),
        ["no-close"] = new("OnClose once for each session") { Happens = said => said.Name == "closed" ? [] : [said] },
        ["two-closes"] = new("OnClose once for each session") { Happens = said => said.Name == "closed" ? [said, said] : [said] },
        ["no-sender"] = Says("worker_id and sent_at in every envelope", said => said.WorkerId = ""),
        ["no-time"] = Says("job_type and completed_at in every completion", said => said.JobCompleted?.CompletedAt = null),
        ["no-state"] = Says("state RUNNING in every progress message", said => said.JobProgressUpdate?.State = JobState.Unspecified),
    };

    /// <summary>Of a case, or of what is looked at after every case; null: there is none of that name.</summary>
    public static Fault? Named(string name) => Known.GetValueOrDefault(name);

    private static Fault Says(string names, Action<WorkerToAdminMessage> change) => new(names)
    {
        Hear = said =>
        {
            change(said);
            return [said];
        },
    };

    private static Fault Acknowledges(string message, string names, Action<WorkerAcknowledge> change) => Says(names, said =>
    {
        if (said.Acknowledge is { } acknowledge && acknowledge.Message == message)
        {
            change(acknowledge);
        }
    });

    private static Fault Returns(string request, string names, Action<JobCompleted> change) => Says(names, said =>
    {
        if (said.JobCompleted is { } completed && completed.RequestId == request)
        {
            change(completed);
        }
    });

    private static Fault Answers(string names, Action<Answer> change) => new(names) { Answers = change };

    private static Fault Tells(string command, string member, JsonNode value, string names) => Answers(names, answer =>
    {
        if (answer.Do == command && answer.Json[member] is not null)
        {
            answer.Json[member] = value.DeepClone();
        }
    });

    private static Fault IsSet(string names, string option, Func<string, string> change) => new(names) { IsSet = options => options[option] = change(options[option]!.GetValue<string>()) };

    /// <summary>Another reason for the end of each session.</summary>
    private static Fault Closes(string names, string reason) => new(names)
    {
        Happens = said =>
        {
            if (said.Name == "closed")
            {
                said.Json["reason"] = reason;
            }

            return [said];
        },
    };

    /// <summary>A session that ended before it began: what lives for long need not be waited for.</summary>
    private static Fault HasClosed(string names) => new(names)
    {
        Happens = said => said.Name == "ready" ? [said, new WorkerEvent("closed", new JsonObject { ["event"] = "closed", ["reason"] = "Replaced", ["generation"] = 1 })] : [said],
    };

    private static WorkerEvent Phase(string phase, string request) => new("handler", new JsonObject { ["event"] = "handler", ["phase"] = phase, ["request_id"] = request });

    private static WorkerToAdminMessage Of(string request, WorkerToAdminMessage completion)
    {
        var other = completion.Clone();
        other.JobCompleted.RequestId = request;
        return other;
    }

    private static void Replace(Answer answer, string error, string other)
    {
        if (answer.Error == error)
        {
            answer.Json["error"] = other;
        }
    }
}
