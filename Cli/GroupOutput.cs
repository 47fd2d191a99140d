using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli;

/// <summary>What the members of a group print, as it comes: whole lines with the member's index before them, so that each can be told whose it is.</summary>
/// <param name="invocation">Whom to ask, where the lines go.</param>
/// <param name="group">Whose members.</param>
internal sealed class GroupOutput(Invocation invocation, Group group) : IDisposable
{
    /// <summary>Members that are followed at the same time, of the 64 streams a caller may have; others have their turn when these have ended, and miss nothing.</summary>
    private const int MostFollowed = 16;

    /// <summary>A line that is longer is cut in two.</summary>
    private const int LongestLine = 64 * 1024;

    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>Until all members have ended.</summary>
    public Task CopyAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Enumerable.Range(0, group.JobIds.Count),
        new ParallelOptions { MaxDegreeOfParallelism = MostFollowed, CancellationToken = cancellationToken },
        async (index, stop) => await CopyAsync(index, stop));

    public void Dispose() => _writing.Dispose();

    private async Task CopyAsync(int index, CancellationToken cancellationToken)
    {
        var request = new WatchLogsRequest { JobId = group.JobIds[index], Follow = true };
        if (group.JobIds.Count == 1)
        {
            await new OutputFollower(invocation, request, chunk => Waiting.CopyAsync(invocation, chunk, cancellationToken)).RunAsync(wasReachable: true, cancellationToken);
            return;
        }

        var prefix = System.Text.Encoding.ASCII.GetBytes(FormattableString.Invariant($"{index}: "));
        var begun = new Dictionary<LogStream, MemoryStream> { [LogStream.Stdout] = new(), [LogStream.Stderr] = new() };
        await new OutputFollower(invocation, request, TakeAsync).RunAsync(wasReachable: true, cancellationToken);
        await EndLinesAsync();

        async ValueTask TakeAsync(LogChunk chunk)
        {
            if (chunk.GapBytes > 0)
                invocation.Note($"pluginctl: {chunk.GapBytes} bytes of the output of {index} never reached the admin");
            var stream = chunk.Stream == LogStream.Stderr ? LogStream.Stderr : LogStream.Stdout;
            var lines = new MemoryStream();
            for (var rest = chunk.Data.Memory; !rest.IsEmpty;)
            {
                var end = rest.Span.IndexOf((byte)'\n');
                var part = rest[..(end < 0 ? rest.Length : end)];
                begun[stream].Write(part.Span);
                rest = rest[(end < 0 ? part.Length : part.Length + 1)..];
                if (end >= 0 || begun[stream].Length >= LongestLine)
                    EndLine(stream, lines);
            }

            await WriteAsync(stream, lines);
            if (chunk.EndOfAttempt)
                await EndLinesAsync();
        }

        async ValueTask EndLinesAsync()
        {
            foreach (var stream in begun.Keys.Where(stream => begun[stream].Length > 0).ToList())
            {
                var lines = new MemoryStream();
                EndLine(stream, lines);
                await WriteAsync(stream, lines);
            }
        }

        void EndLine(LogStream stream, MemoryStream lines)
        {
            lines.Write(prefix);
            begun[stream].WriteTo(lines);
            lines.WriteByte((byte)'\n');
            begun[stream].SetLength(0);
        }

        async ValueTask WriteAsync(LogStream stream, MemoryStream lines)
        {
            if (lines.Length == 0)
                return;
            var target = stream == LogStream.Stderr ? invocation.Terminal.Error : invocation.Terminal.Output;
            await _writing.WaitAsync(cancellationToken);
            try
            {
                await target.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancellationToken);
                await target.FlushAsync(cancellationToken);
            }
            finally
            {
                _writing.Release();
            }
        }
    }
}
