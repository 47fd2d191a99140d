using System.Text;
using System.Text.Unicode;
using BlazorPluginAdmin.Wire;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>What comes of work, as the protocol carries it, within its limits.</summary>
internal static class Results
{
    private const string LateMark = "late_report";
    private const int OutputsLimit = 1024 * 1024;
    private const int WorthNaming = 1024;
    private const int TextLimit = 16 * 1024;

    public static WorkerToAdminMessage Completed(ExecuteJobRequest request, JobOutcome outcome)
    {
        var completed = new JobCompleted
        {
            RequestId = request.RequestId,
            JobId = request.Job?.JobId ?? "",
            JobType = request.Job?.JobType ?? "",
            Success = outcome.Success,
            ErrorMessage = outcome.Success ? "" : Cut(outcome.Text),
            Result = new JobResult { Summary = outcome.Success ? Cut(outcome.Text) : "" },
            CompletedAt = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
        };
        outcome.Outputs.CopyTo(completed.Result.OutputValues);
        Shrink(completed.Result);
        return new WorkerToAdminMessage { JobCompleted = completed };
    }

    /// <summary>The lease was lost before the work ended; whoever reads it must know.</summary>
    public static void MarkLate(JobCompleted completed) => completed.Result.OutputValues[LateMark] = new ConfigValue { BoolValue = true };

    public static bool IsLate(JobCompleted completed) => completed.Result.OutputValues.ContainsKey(LateMark);

    public static WorkerToAdminMessage Ended(RunDetectionRequest request, int count, string error) => new()
    {
        DetectionComplete = new DetectionComplete
        {
            RequestId = request.RequestId,
            JobType = request.JobType,
            Success = error.Length == 0,
            ErrorMessage = Cut(error),
            TotalProposals = count,
        },
    };

    public static JobProposal Proposed(Proposal proposal, string jobType)
    {
        var wire = new JobProposal
        {
            ProposalId = proposal.Id,
            DedupeKey = proposal.DedupeKey,
            JobType = jobType,
            Priority = proposal.Priority,
            Summary = proposal.Summary,
            Detail = proposal.Detail,
            NotBefore = proposal.NotBefore is { } start ? Timestamp.FromDateTimeOffset(start) : null,
            ExpiresAt = proposal.ExpiresAt is { } end ? Timestamp.FromDateTimeOffset(end) : null,
        };
        proposal.Parameters.CopyTo(wire.Parameters);
        foreach (var (key, value) in proposal.Labels)
        {
            wire.Labels[key] = value;
        }

        return wire;
    }

    /// <summary>The largest values go first when all together are too large; what went is named.</summary>
    private static void Shrink(JobResult result)
    {
        foreach (var (name, value) in result.OutputValues.OrderByDescending(pair => pair.Value.CalculateSize()).TakeWhile(pair => pair.Value.CalculateSize() > WorthNaming).ToList())
        {
            if (result.CalculateSize() <= OutputsLimit)
            {
                return;
            }

            result.OutputValues.Remove(name);
            result.OutputValues[name + "_truncated"] = new ConfigValue { BoolValue = true };
        }

        if (result.CalculateSize() > OutputsLimit)
        {
            result.OutputValues.Clear();
            result.OutputValues["outputs_truncated"] = new ConfigValue { BoolValue = true };
        }
    }

    /// <summary>At most so many bytes as UTF-8, cut between characters.</summary>
    public static string Cut(string text, int most = TextLimit)
    {
        if (text.Length * 3 <= most || Encoding.UTF8.GetByteCount(text) <= most)
        {
            return text;
        }

        _ = Utf8.FromUtf16(text, new byte[most], out var fits, out _);
        return text[..fits];
    }
}
