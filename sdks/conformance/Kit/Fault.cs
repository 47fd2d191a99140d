using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Conformance.Kit;

/// <summary>
/// What a broken SDK would have said: between the worker and the kit, one fault per group. The kit must name it
/// (<c>--fault</c>); without one everything is heard as it is.
/// </summary>
internal sealed class Fault(char group)
{
    public const string Groups = "ABCDEFG";

    public IEnumerable<WorkerToAdminMessage> Hear(WorkerToAdminMessage message)
    {
        switch (group)
        {
            case 'A' when message.JobCompleted is { } completed:
                completed.JobType = "";
                break;
            case 'C' when message.Hello is { } hello:
                hello.RunningWork.Clear();
                break;
            case 'D' when message.Pong is { } pong:
                pong.Nonce++;
                break;
            case 'E' when message.JobProgressUpdate is not null:
                return Enumerable.Repeat(message, 10);
            case 'F' when message.Acknowledge is { Message: "unsupported request body" } refusal:
                refusal.Accepted = true;
                break;
            case 'F' when message.Heartbeat is { } beat:
                foreach (var work in beat.RunningWork)
                {
                    work.RequestId = "never asked for";
                }

                break;
            case 'G' when message.JobCompleted is { } cut:
                cut.ErrorMessage = cut.ErrorMessage[..Math.Min(cut.ErrorMessage.Length, 1000)];
                break;
        }

        return [message];
    }

    /// <summary>Group B: the end of a session is told twice.</summary>
    public IEnumerable<WorkerEvent> Hear(WorkerEvent said) => group == 'B' && said.Name == "closed" ? [said, said] : [said];
}
