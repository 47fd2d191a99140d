using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>An idempotency key within the names its caller uses.</summary>
public readonly record struct SubmitKey(string Caller, string Key);

/// <summary>
/// The keys of all open jobs, and of the newest ended ones. Older ones only the store knows, so a submission looks there before it is
/// queued, off the engine's thread; the ended ones kept here are those that may have ended since that look. The engine decides last.
/// </summary>
/// <param name="Ended">Keys of ended jobs, oldest first, with the sequence of their end.</param>
/// <param name="LastEnded">Sequence of the newest end.</param>
public sealed record SubmitKeys(ImmutableDictionary<SubmitKey, JobId> Open, ImmutableDictionary<SubmitKey, Job> Finished, ImmutableQueue<(SubmitKey Key, JobId Job)> Ended, int EndedCount, long LastEnded)
{
    private const int Kept = 4096;

    public static readonly SubmitKeys Empty = new(ImmutableDictionary<SubmitKey, JobId>.Empty, ImmutableDictionary<SubmitKey, Job>.Empty, [], 0, 0);

    /// <summary>Everything that ended after the given sequence is still here.</summary>
    public bool KnowsAllSince(long sequence) => sequence >= LastEnded - EndedCount;

    public SubmitKeys With(Job job)
    {
        if (job.SubmitKey is not { } key)
        {
            return this;
        }

        if (!job.IsTerminal)
        {
            return Open.TryGetValue(key, out var holder) && holder == job.Id ? this : this with { Open = Open.SetItem(key, job.Id) };
        }

        var (finished, ended, count) = (Finished.SetItem(key, job with { Payload = null }), Ended.Enqueue((key, job.Id)), EndedCount + 1);
        if (count > Kept)
        {
            ended = ended.Dequeue(out var oldest);
            finished = finished.TryGetValue(oldest.Key, out var kept) && kept.Id == oldest.Job ? finished.Remove(oldest.Key) : finished;
            count = Kept;
        }

        return new SubmitKeys(Open.Remove(key), finished, ended, count, LastEnded + 1);
    }

    public SubmitKeys WithRange(IEnumerable<Job> open) =>
        this with { Open = Open.SetItems(open.Where(job => job.SubmitKey is not null).Select(job => KeyValuePair.Create(job.SubmitKey!.Value, job.Id))) };

    /// <summary>People deleted these ended jobs, and their keys with them.</summary>
    public SubmitKeys Without(Func<Job, bool> deleted) => Finished.Values.Any(deleted)
        ? this with { Finished = Finished.RemoveRange(Finished.Where(pair => deleted(pair.Value)).Select(pair => pair.Key)) }
        : this;
}

/// <summary>What the store said of a submission's key, and as of when.</summary>
/// <param name="Digest">Of what is submitted now; see <see cref="IsOf"/>.</param>
/// <param name="LastEnded"><see cref="SubmitKeys.LastEnded"/> before the store was asked.</param>
public sealed record KeyLookup(string Digest, long LastEnded, Job? Found)
{
    private const char Written = '.';
    private const char Group = '/';

    /// <summary>
    /// The job was made of the same submission: of the same values, or of the same text, which a form that has changed since reads as
    /// other values or not at all.
    /// </summary>
    public bool IsOf(Job job)
    {
        var ((values, text, group), (itsValues, itsText, itsGroup)) = (Parts(Digest), Parts(job.IdempotencyDigest));
        return group == itsGroup && ((values.Length > 0 && values == itsValues) || (text.Length > 0 && text == itsText));
    }

    /// <summary>The same submission, ready for the engine. One without a key comes back as it is.</summary>
    public static async Task<SubmitJob> FillAsync(SubmitJob command, AdminState state, IAdminHistory history, CancellationToken cancellationToken)
    {
        if (command.IdempotencyKey.Length == 0)
        {
            return command;
        }

        var found = await history.SubmittedAsync(new SubmitKey(command.By.Name, command.IdempotencyKey), cancellationToken);
        return command with { Lookup = new KeyLookup(DigestOf(command), state.SubmitKeys.LastEnded, found) };
    }

    /// <summary>The same for a group; its size is part of what is submitted.</summary>
    public static async Task<SubmitGroup> FillAsync(SubmitGroup command, AdminState state, IAdminHistory history, CancellationToken cancellationToken)
    {
        var template = await FillAsync(command.Template with { By = command.By }, state, history, cancellationToken);
        return command with
        {
            Template = template.Lookup is { } lookup ? template with { Lookup = lookup with { Digest = $"{lookup.Digest}{Group}{command.Parallel}/{command.MaxRunning}/{(int)command.FailPolicy}" } } : template,
        };
    }

    /// <summary>Type and parameters as given: a default that changed meanwhile does not make a repetition a mistake.</summary>
    private static string DigestOf(SubmitJob command) =>
        (command.Unread.IsEmpty ? Hash(command.JobType, ConfigValueJson.Write(command.Payload.Parameters)) : "")
        + (command.Written is { } written ? Written + Hash(command.JobType, JsonText.Canonical(written)) : "");

    private static string Hash(string jobType, string parameters) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{jobType}\n{parameters}")).AsSpan(0, 16));

    private static (string Values, string Text, string Group) Parts(string digest)
    {
        var end = digest.IndexOf(Group, StringComparison.Ordinal);
        var (head, group) = end < 0 ? (digest, "") : (digest[..end], digest[end..]);
        var dot = head.IndexOf(Written, StringComparison.Ordinal);
        return dot < 0 ? (head, "", group) : (head[..dot], head[(dot + 1)..], group);
    }
}
