using System.Globalization;
using BlazorPluginAdmin.App.Services;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>The output of a job's attempts: read, followed piece by piece, searched.</summary>
public static class JobLogApi
{
    private const int Piece = 1024 * 1024;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/jobs/{id}/log", ReadAsync);
        api.MapGet("/jobs/{id}/log/search", SearchAsync);
    }

    /// <summary>Without an offset all of it, byte by byte as it was written; with one, the next piece from there. The header says how much there is.</summary>
    private static async Task<IResult> ReadAsync(IAdmin admin, JobLogStore logs, WatchSeats seats, HttpResponse response, string id, string? attempt, string? stream, string? offset, string? follow, CancellationToken cancellationToken)
    {
        if (await JobsApi.FindAsync(admin, id, cancellationToken) is not { } record)
        {
            return WireJson.Error(StatusCodes.Status404NotFound, "job not found");
        }

        var (from, number) = (0L, 0);
        if (!string.IsNullOrEmpty(offset) && !long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out from))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "offset is a number of bytes from 0 on; left out, all of the output is sent");
        }

        if ((StreamProblem(stream) ?? AttemptOf(record.Job, attempt, out number)) is { } wrong)
        {
            return wrong;
        }

        if (Queries.Flag(follow))
        {
            try
            {
                response.RegisterForDispose(seats.Take(response.HttpContext.Connection.RemoteIpAddress?.ToString() ?? ""));
            }
            catch (RpcException full)
            {
                return WireJson.Error(StatusCodes.Status429TooManyRequests, full.Status.Detail);
            }

            LogStream? followed = stream switch { "stdout" => LogStream.Stdout, "stderr" => LogStream.Stderr, _ => null };
            return Results.Stream(body => FollowAsync(admin, logs, record.Job.Id, number, followed, body, cancellationToken), "text/plain; charset=utf-8");
        }

        if (stream == "merged")
        {
            var text = await LogText.OpenAsync(logs, record.Job.Id, number, null, whole: !record.Job.IsActive, null, cancellationToken);
            return Results.Stream(async body => await CopyAsync(text, from, body, cancellationToken), "text/plain; charset=utf-8");
        }

        var of = stream == "stderr" ? LogStream.Stderr : LogStream.Stdout;
        if (string.IsNullOrEmpty(offset))
        {
            return logs.Open(record.Job.Id, number, of) is { } file ? Results.Stream(file, "text/plain; charset=utf-8") : Results.Bytes([], "text/plain; charset=utf-8");
        }

        var slice = await logs.ReadAsync(record.Job.Id, number, of, from, Piece, cancellationToken);
        response.Headers["X-Log-Length"] = (slice?.Length ?? 0).ToString(CultureInfo.InvariantCulture);
        return Results.Bytes(slice is null ? [] : [.. slice.Bytes], "text/plain; charset=utf-8");
    }

    private static async Task<IResult> SearchAsync(IAdmin admin, JobLogStore logs, string id, string? attempt, string? stream, string? q, CancellationToken cancellationToken)
    {
        if (await JobsApi.FindAsync(admin, id, cancellationToken) is not { } record)
        {
            return WireJson.Error(StatusCodes.Status404NotFound, "job not found");
        }

        var number = 0;
        if ((StreamProblem(stream) ?? AttemptOf(record.Job, attempt, out number)) is { } wrong)
        {
            return wrong;
        }

        try
        {
            LogStream? of = stream switch { "stderr" => LogStream.Stderr, "merged" => null, _ => LogStream.Stdout };
            var text = await LogText.OpenAsync(logs, record.Job.Id, number, of, whole: !record.Job.IsActive, null, cancellationToken);
            var hits = await LogSearch.FindAsync(text, q ?? "", cancellationToken);
            return WireJson.Json(new { offsets = hits.Offsets, cut = hits.IsCut, length = text.Length });
        }
        catch (ArgumentException exception)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, $"q: {exception.Message}");
        }
    }

    /// <summary>What there is, then what comes, until the attempt is over.</summary>
    private static async Task FollowAsync(IAdmin admin, JobLogStore logs, JobId job, int attempt, LogStream? stream, Stream body, CancellationToken cancellationToken)
    {
        var (at, open) = (0L, true);
        LogText? text = null;
        while (open)
        {
            var (newest, state) = admin.States.Current;
            open = state.Jobs.GetValueOrDefault(job) is { IsTerminal: false } running && (running.Attempt?.Number ?? attempt) <= attempt;
            text = await LogText.OpenAsync(logs, job, attempt, stream, whole: !open, text, cancellationToken);
            at = await CopyAsync(text, at, body, cancellationToken);
            await body.FlushAsync(cancellationToken);
            if (open)
            {
                await WaitAsync(admin, newest, cancellationToken);
            }
        }
    }

    private static IResult? StreamProblem(string? stream) =>
        stream is null or "" or "stdout" or "stderr" or "merged" ? null : WireJson.Error(StatusCodes.Status400BadRequest, "stream is stdout, stderr or merged");

    /// <summary>0 is the current one, as it is to watchers.</summary>
    private static IResult? AttemptOf(Job job, string? attempt, out int number)
    {
        var current = job.Attempt?.Number ?? 1;
        var wrong = Queries.Number("attempt", attempt, current, 0, int.MaxValue, out number);
        number = number == 0 ? current : number;
        return wrong;
    }

    private static async Task<long> CopyAsync(LogText text, long from, Stream body, CancellationToken cancellationToken)
    {
        await using var reader = text.Read();
        var buffer = new byte[64 * 1024];
        while (await reader.ReadAsync(from, buffer, cancellationToken) is > 0 and var read)
        {
            await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            from += read;
        }

        return from;
    }

    /// <summary>Until the engine moved on, or output may have come: it does so past the engine.</summary>
    private static async Task WaitAsync(IAdmin admin, long version, CancellationToken cancellationToken)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        pause.CancelAfter(Pace);
        try
        {
            await admin.States.NewerAsync(version, pause.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The pause is over.
        }
    }
}
