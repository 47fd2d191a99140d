using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Observations;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>
/// Questions to workers for rows of an object they described. Only the session that was asked can answer; its end, 30 s or
/// the asker's leaving end the wait.
/// </summary>
public sealed class ObjectPreviews(Observations observations, IAdmin admin, WorkerConnections connections, TimeProvider time) : IObservations, IDisposable
{
    public const int MostRows = 200;

    /// <summary>Questions open at once, over all workers.</summary>
    public const int MostOpen = 32;

    private const int MostColumns = 200;
    private const int CellSize = 1000;

    /// <summary>Characters kept of one answer.</summary>
    private const int AnswerSize = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Question> _open = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _room = new(MostOpen);

    private sealed record Question(SessionId Session, int RowLimit, TaskCompletionSource<Answer> Answered);

    /// <summary>Rows, or the worker's reason for none; both empty: the stream ended.</summary>
    private sealed record Answer(ObjectPreview? Rows, string? Reason);

    public Feed<ObservationBook> Newest => observations.Newest;

    public async Task<Reply<ObjectPreview>> PreviewAsync(Actor by, ImmutableArray<string> objectId, string format, int rowLimit, CancellationToken cancellationToken)
    {
        if (by.Refuse(Permission.WorkersControl) is { } denied)
        {
            return denied;
        }

        if (!Newest.Current.Value.ByKey.TryGetValue(Observation.KeyOf(objectId), out var observation) || !observation.Format.Equals(format, StringComparison.OrdinalIgnoreCase))
        {
            return new Refusal(RefusalCode.NotFound, $"no worker has described this object as {WireLimits.Cut(format, WireLimits.Title)} yet");
        }

        var worker = observation.Worker;
        var away = new Refusal(RefusalCode.Unavailable, $"worker {worker} is not connected");
        if (admin.States.Current.Value.Workers.GetValueOrDefault(worker)?.Session is not { } session)
        {
            return away;
        }

        if (!await _room.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return new Refusal(RefusalCode.Exhausted, $"{MostOpen} previews are open; try again when one of them has ended");
        }

        var limit = rowLimit is <= 0 or > MostRows ? MostRows : rowLimit;
        var id = string.Create(CultureInfo.InvariantCulture, $"preview-{IdSource.UnixNanos(time.GetUtcNow())}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        var question = new Question(session, limit, new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously));
        _open[id] = question;
        try
        {
            // Waited for before it is sent, so that a stream that ends meanwhile ends the question too.
            var waiting = question.Answered.Task.WaitAsync(Patience, time, cancellationToken);
            if (!connections.TrySend(session, new Outbound.PreviewObject(new RequestId(id), objectId, observation.Format, limit)))
            {
                question.Answered.TrySetResult(new Answer(null, null));
            }

            return await waiting switch
            {
                { Rows: { } rows } => rows,
                { Reason: { } reason } => new Refusal(RefusalCode.WrongState, $"worker {worker} could not preview the object: {reason}"),
                _ => away,
            };
        }
        catch (TimeoutException)
        {
            return new Refusal(RefusalCode.Unavailable, $"worker {worker} did not answer within {Patience.TotalSeconds:0} s");
        }
        finally
        {
            _open.TryRemove(id, out _);
            _room.Release();
        }
    }

    /// <summary>Late, foreign and unknown answers are nobody's.</summary>
    public void Take(SessionId session, Wire.ObjectPreviewResponse response)
    {
        if (_open.TryGetValue(response.RequestId, out var question) && question.Session == session)
        {
            question.Answered.TrySetResult(response.Success
                ? new Answer(Bounded(response, question.RowLimit), null)
                : new Answer(null, WireLimits.Cut(response.ErrorMessage, WireLimits.Message)));
        }
    }

    public void Ended(SessionId session)
    {
        foreach (var question in _open.Values.Where(question => question.Session == session))
        {
            question.Answered.TrySetResult(new Answer(null, null));
        }
    }

    public void Dispose() => _room.Dispose();

    private static ObjectPreview Bounded(Wire.ObjectPreviewResponse response, int rowLimit)
    {
        var left = AnswerSize;
        string Cell(string text)
        {
            var kept = WireLimits.Cut(text, CellSize);
            left -= kept.Length + 1;
            return kept;
        }

        ImmutableArray<string> columns = [.. response.Columns.Take(MostColumns).Select(Cell)];
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        foreach (var row in response.Rows.Take(rowLimit))
        {
            rows.Add([.. row.Values.Take(MostColumns).Select(Cell)]);
            if (left < 0)
            {
                break;
            }
        }

        return new ObjectPreview(columns, rows.ToImmutable(), Math.Max(0, response.TotalRows));
    }
}
