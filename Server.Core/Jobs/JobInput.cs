using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What can happen to a job.</summary>
public abstract record JobInput
{
    private JobInput() { }

    /// <summary>Not-before or a back-off is over, or a person cut it short.</summary>
    public sealed record Due : JobInput;

    public sealed record Assign(RequestId RequestId, WorkerId Worker, SessionId Session, long Generation, string Instance, bool CanResume, TimeSpan Timeout, long ConfigVersion) : JobInput;

    /// <summary>Another member of its group has ended and leaves it room.</summary>
    public sealed record Release : JobInput;

    /// <summary>The worker said it takes the attempt.</summary>
    public sealed record Accept : JobInput;

    /// <summary>The worker does not do this job; another one may.</summary>
    public sealed record Refuse(string Text, bool OthersMayTakeIt) : JobInput;

    /// <summary>The worker has no room after all; for a moment it is not asked again, others are.</summary>
    public sealed record AtCapacity : JobInput;

    public sealed record NotSent : JobInput;

    public sealed record Progress(double Percent, string Stage, string Message) : JobInput;

    public sealed record Succeed(string Summary, long? ExitCode = null) : JobInput;

    /// <param name="TimedOut">The worker ended it by itself, because its time was over.</param>
    public sealed record Fail(string Error, bool Permanent, long? ExitCode = null, string ErrorClass = "", bool TimedOut = false) : JobInput;

    /// <summary>The stream ended; a grace of zero means that the attempt ended with it.</summary>
    public sealed record SessionLost(TimeSpan Grace) : JobInput;

    /// <summary>The same process came back and still works on the attempt.</summary>
    public sealed record Adopt(SessionId Session, long Generation, string Instance) : JobInput;

    /// <summary>The attempt is gone for good: grace over, not claimed, or given up by the worker.</summary>
    public sealed record Lose(string Why) : JobInput;

    public sealed record TimeOut : JobInput;

    /// <summary>The time that its submitter gave it for everything is over.</summary>
    public sealed record PassDeadline : JobInput;

    /// <summary>Asked to cancel; forced means that the lease is taken at once, else after the grace. Null: the usual one.</summary>
    public sealed record Cancel(string Reason, bool Forced, TimeSpan? Grace = null) : JobInput;

    /// <summary>The worker did not follow a cancel within the grace.</summary>
    public sealed record CancelOver : JobInput;

    /// <summary>A detection that sees everything no longer proposes it.</summary>
    public sealed record Supersede(string Why) : JobInput;

    /// <summary>Too late to start, or ended by a person as of no use any more.</summary>
    public sealed record Expire(string Reason) : JobInput;
}
