using System.Runtime.CompilerServices;
using System.Threading.Channels;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using Google.Protobuf;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Follows the output of a job: what there is, then what comes, over its attempts.</summary>
internal sealed class JobLogService(IAdmin admin, JobLogStore logs, WatchSeats seats)
{
    public async Task WatchAsync(V1.WatchLogsRequest request, ResponseWriter<V1.LogChunk> responses, CallContext call)
    {
        using var seat = request.Follow ? seats.Take(ClientActor.Of(call).Name ?? "") : null;
        await foreach (var chunk in ReadAsync(request, call.CancellationToken))
        {
            await responses.WriteAsync(chunk);
        }
    }

    /// <exception cref="RpcException">What was asked for is not there, or cannot be.</exception>
    public async IAsyncEnumerable<V1.LogChunk> ReadAsync(V1.WatchLogsRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var streams = Streams(request);
        Check(request);
        var id = new JobId(request.JobId);
        var record = await admin.History.JobAsync(id, cancellation);
        if (record is null && !admin.States.Current.Value.Jobs.ContainsKey(id))
        {
            throw ClientErrors.NotFound("job", request.JobId);
        }

        var known = record?.Attempts.Select(attempt => attempt.Number).DefaultIfEmpty().Max() ?? 0;
        if (request.Attempt > known && !(request.Follow && request.Attempt == known + 1 && admin.States.Current.Value.Jobs.ContainsKey(id)))
        {
            throw ClientErrors.NotFound("attempt", $"{request.Attempt} of job {request.JobId}");
        }

        // Only a note: it comes on the stream of the worker.
        var written = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void OnWritten(JobId job)
        {
            if (job == id)
            {
                written.Writer.TryWrite(true);
            }
        }

        logs.Written += OnWritten;
        try
        {
            var number = request.Attempt > 0 ? request.Attempt : Math.Max(1, known);
            for (var first = true; ; first = false)
            {
                var pieces = new LogPieces(logs, id, number, streams);
                if (first)
                {
                    await BeginAsync(pieces, request, cancellation);
                }

                // Looked at before the output is read: a worker's last words are stored before its attempt ends.
                bool isOver;
                Job? job;
                do
                {
                    (var version, job, isOver) = await LookAsync(id, number, cancellation);
                    await foreach (var piece in pieces.ReadAsync(isOver, cancellation))
                    {
                        yield return Chunk(number, piece);
                    }

                    if (!isOver && !request.Follow)
                    {
                        yield break;
                    }

                    if (!isOver)
                    {
                        await NewsAsync(version, id, job, written.Reader, cancellation);
                    }
                }
                while (!isOver);

                yield return new V1.LogChunk { Attempt = number, EndOfAttempt = true, State = (Wire.JobState)(job?.State ?? 0) };
                if (request.Attempt > 0 || !request.Follow || job is null || job.IsTerminal)
                {
                    yield break;
                }

                number++;
            }
        }
        finally
        {
            logs.Written -= OnWritten;
        }
    }

    private static void Check(V1.WatchLogsRequest request)
    {
        if (request.Attempt < 0 || request.FromOffset < 0 || request.TailLines < 0)
        {
            throw ClientErrors.Invalid(request.Attempt < 0 ? "attempt" : request.FromOffset < 0 ? "from_offset" : "tail_lines", "attempt, from_offset and tail_lines are 0 or more");
        }

        if (request is { FromOffset: > 0, TailLines: > 0 })
        {
            throw ClientErrors.Invalid("tail_lines", "from_offset and tail_lines exclude each other");
        }
    }

    private static LogStream[] Streams(V1.WatchLogsRequest request) => request.Streams.Count == 0
        ? [LogStream.Stdout, LogStream.Stderr]
        : [.. request.Streams.Distinct().Select(stream => stream switch
        {
            V1.LogStream.Stdout => LogStream.Stdout,
            V1.LogStream.Stderr => LogStream.Stderr,
            _ => throw ClientErrors.Invalid("streams", "streams are stdout and stderr"),
        })];

    private static async Task BeginAsync(LogPieces pieces, V1.WatchLogsRequest request, CancellationToken cancellationToken)
    {
        if (request.TailLines > 0)
        {
            await pieces.SkipToLastAsync(request.TailLines, cancellationToken);
        }
        else
        {
            pieces.Skip(request.FromOffset);
        }
    }

    private async Task<(long Version, Job? Job, bool IsOver)> LookAsync(JobId id, int number, CancellationToken cancellationToken)
    {
        var (version, state) = admin.States.Current;
        var job = state.Jobs.GetValueOrDefault(id) ?? (await admin.History.JobAsync(id, cancellationToken))?.Job;
        return (version, job, job is not { IsTerminal: false } || (job.Attempt is { } attempt && (attempt.Number > number || (attempt.Number == number && IsSpent(job, attempt)))));
    }

    /// <summary>It has ended and counts; one that was given back leaves its number, and its output, to the next.</summary>
    private static bool IsSpent(Job job, Attempt attempt) => attempt.EndedAt is not null && job.Attempts >= attempt.Number;

    /// <summary>Until output has come, which it does past the engine, or the job is not what it was: commits about others cost a look, not a read.</summary>
    private async Task NewsAsync(long version, JobId id, Job? seen, ChannelReader<bool> written, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(ChangedAsync(version, id, seen, enough.Token), written.WaitToReadAsync(enough.Token).AsTask());
        await enough.CancelAsync();
        written.TryRead(out _);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task ChangedAsync(long version, JobId id, Job? seen, CancellationToken cancellationToken)
    {
        var job = seen;
        while (ReferenceEquals(job, seen))
        {
            (version, var state) = await admin.States.NewerAsync(version, cancellationToken);
            job = state.Jobs.GetValueOrDefault(id);
        }
    }

    private static V1.LogChunk Chunk(int attempt, LogPiece piece) => new()
    {
        Attempt = attempt,
        Stream = piece.Stream == LogStream.Stderr ? V1.LogStream.Stderr : V1.LogStream.Stdout,
        Offset = piece.Offset,
        Data = ByteString.CopyFrom(piece.Bytes.Span),
        SentAt = ApiObjects.Stamp(piece.At),
        GapBytes = piece.Gap,
    };
}
