using System.Globalization;
using BlazorPluginAdmin.App.Services;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Wire.V1;
using Microsoft.AspNetCore.Http.Features;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>How often a stream says something while nothing happens: proxies end connections that are silent for long, and who writes finds out that nobody reads.</summary>
public sealed record WatchRhythm(TimeSpan KeepAlive)
{
    public static readonly WatchRhythm Default = new(TimeSpan.FromSeconds(15));
}

/// <summary>What jobs print and what happens to them, as streams for programs without gRPC.</summary>
public static class JobWatchApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/jobs/{id}/logs", LogsAsync);
        api.MapGet("/jobs/events", EventsAsync);
    }

    /// <summary>A JSON object a line, and an empty line now and then while there is none; or the bytes alone with <c>raw</c>, to which nothing can be added.</summary>
    private static async Task<IResult> LogsAsync(JobLogService logs, WatchSeats seats, WatchRhythm rhythm, HttpContext http, string id, string? stream, string? attempt, string? from, string? tail, string? follow, string? raw, CancellationToken cancellationToken)
    {
        if (stream is not (null or "" or "stdout" or "stderr") || !Count(attempt, out int number) || !Count(from, out long offset) || !Count(tail, out int lines))
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "stream is stdout or stderr; attempt, from and tail are numbers from 0 on");
        }

        var request = new WatchLogsRequest { JobId = id, Attempt = number, FromOffset = offset, TailLines = lines, Follow = Queries.Flag(follow) };
        if (!string.IsNullOrEmpty(stream))
        {
            request.Streams.Add(stream == "stderr" ? LogStream.Stderr : LogStream.Stdout);
        }

        var isRaw = Queries.Flag(raw);
        return await AnswerAsync(http, request.Follow ? seats : null, rhythm, isRaw ? "application/octet-stream" : "application/x-ndjson", logs.ReadAsync(request, cancellationToken), async chunk =>
        {
            if (isRaw)
            {
                await http.Response.Body.WriteAsync(chunk.Data.Memory, cancellationToken);
            }
            else
            {
                await http.Response.WriteAsync(WireJson.Node(chunk, whole: false).ToJsonString() + "\n", cancellationToken);
            }
        }, isRaw ? "" : "\n");
    }

    /// <summary>Server-sent events; a browser that comes back says by itself after which one.</summary>
    private static async Task<IResult> EventsAsync(IAdmin admin, JobEventService events, WatchSeats seats, WatchRhythm rhythm, TimeProvider time, HttpContext http, CancellationToken cancellationToken)
    {
        var (filter, problem) = JobLists.Read(admin, http.Request.Query, time.GetUtcNow());
        var last = http.Request.Headers["Last-Event-ID"].ToString();
        if (problem is not null || filter is null || !long.TryParse(last.Length == 0 ? "0" : last, NumberStyles.None, CultureInfo.InvariantCulture, out var after))
        {
            return problem ?? WireJson.Error(StatusCodes.Status400BadRequest, "no such state, job type or lane; or Last-Event-ID is not the number of an event");
        }

        var request = new WatchEventsRequest { AfterSequence = after, IncludeProgress = Queries.Flag(http.Request.Query["progress"]), IncludeActivities = Queries.Flag(http.Request.Query["activities"]) };
        return await AnswerAsync(http, seats, rhythm, "text/event-stream", events.ReadAsync(request, filter, cancellationToken), happened =>
            http.Response.WriteAsync($"{(happened.Sequence > 0 ? $"id: {happened.Sequence}\n" : "")}event: {happened.Kind.ToString().ToLowerInvariant()}\ndata: {WireJson.Node(happened, whole: false).ToJsonString()}\n\n", cancellationToken), ": still here\n\n");
    }

    /// <summary>A refusal that comes before anything else is an ordinary answer.</summary>
    private static async Task<IResult> AnswerAsync<T>(HttpContext http, WatchSeats? seats, WatchRhythm rhythm, string contentType, IAsyncEnumerable<T> items, Func<T, Task> writeAsync, string keepAlive)
    {
        var cancellationToken = http.RequestAborted;
        await using var reader = items.GetAsyncEnumerator(cancellationToken);
        try
        {
            using var seat = seats?.Take(http.Connection.RemoteIpAddress?.ToString() ?? "");
            var more = reader.MoveNextAsync().AsTask();
            if (more.IsFaulted)
            {
                await more;
            }

            http.Response.ContentType = contentType;
            http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            while (true)
            {
                while (keepAlive.Length > 0 && await Task.WhenAny(more, Task.Delay(rhythm.KeepAlive, TimeProvider.System, cancellationToken)) != more)
                {
                    await http.Response.WriteAsync(keepAlive, cancellationToken);
                    await http.Response.Body.FlushAsync(cancellationToken);
                }

                if (!await more)
                {
                    return Results.Empty;
                }

                await writeAsync(reader.Current);
                await http.Response.Body.FlushAsync(cancellationToken);
                more = reader.MoveNextAsync().AsTask();
            }
        }
        catch (RpcException exception) when (!http.Response.HasStarted)
        {
            http.Response.ContentType = null;
            return WireJson.Error(
                exception.StatusCode switch
                {
                    StatusCode.NotFound => StatusCodes.Status404NotFound,
                    StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
                    _ => StatusCodes.Status400BadRequest,
                },
                exception.Status.Detail);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Results.Empty;
        }
    }

    private static bool Count<T>(string? text, out T count)
        where T : struct, System.Numerics.INumber<T>
    {
        count = T.Zero;
        return string.IsNullOrEmpty(text) || T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }
}
