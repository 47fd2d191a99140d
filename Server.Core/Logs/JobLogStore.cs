using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Logs;

public enum LogStream
{
    Stdout = 1,
    Stderr = 2,
}

/// <summary>A piece of an attempt's output.</summary>
/// <param name="Offset">Bytes before it.</param>
/// <param name="Length">Bytes stored so far.</param>
public sealed record LogSlice(long Offset, ImmutableArray<byte> Bytes, long Length);

/// <summary>
/// Output of attempts: one append-only file per attempt and stream, beside the engine, and a record of what came when.
/// File names are made from hashes, never from what a worker said. A piece that came before is recognised by its offset;
/// bytes that are missing become a line that says so; beyond the cap nothing is stored. Its failure never holds back a job.
/// </summary>
public sealed class JobLogStore(string directory, TimeProvider? time = null)
{
    /// <summary>Bytes kept per attempt and stream.</summary>
    public const long Cap = 16 * 1024 * 1024;

    private const string CapLine = "\n[output limit reached; the rest is not kept]\n";

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>A job's output has grown. Raised on the writer's thread; who listens must be quick.</summary>
    public event Action<JobId>? Written;

    /// <summary>Appends a piece. False when it was dropped: seen before, or beyond the cap.</summary>
    public async Task<bool> AppendAsync(JobId job, int attempt, LogStream stream, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var path = PathOf(job, attempt, stream);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 4096, useAsync: false);
        var length = file.Length;
        if (offset + bytes.Length <= length || length >= Cap)
        {
            return false;
        }

        file.Seek(0, SeekOrigin.End);
        if (offset < length)
        {
            bytes = bytes[(int)(length - offset)..];
            offset = length;
        }
        else if (offset > length)
        {
            // A hole costs no disk, and offsets of later pieces stay true.
            var missing = Math.Min(offset, Cap) - length;
            await file.WriteAsync(Encoding.UTF8.GetBytes($"\n[{offset - length} bytes missing]\n").AsMemory(0, (int)Math.Min(missing, 20)), cancellationToken);
            file.Seek(Math.Min(offset, Cap), SeekOrigin.Begin);
            await RecordAsync(job, attempt, new LogArrival(stream, length, (int)missing, IsGap: true, _time.GetUtcNow()), cancellationToken);
        }

        var kept = (int)Math.Clamp(Cap - file.Position, 0, bytes.Length);
        await file.WriteAsync(bytes[..kept], cancellationToken);
        if (file.Position >= Cap)
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(CapLine), cancellationToken);
        }

        await file.FlushAsync(cancellationToken);
        if (kept > 0)
        {
            await RecordAsync(job, attempt, new LogArrival(stream, offset, kept, IsGap: false, _time.GetUtcNow()), cancellationToken);
        }

        Written?.Invoke(job);
        return true;
    }

    /// <summary>Reads from an offset; a negative one counts from the end. Null when the attempt wrote nothing.</summary>
    public async Task<LogSlice?> ReadAsync(JobId job, int attempt, LogStream stream, long offset, int most, CancellationToken cancellationToken)
    {
        if (Open(job, attempt, stream) is not { } file)
        {
            return null;
        }

        await using (file)
        {
            var from = Math.Clamp(offset < 0 ? file.Length + offset : offset, 0, file.Length);
            file.Seek(from, SeekOrigin.Begin);
            var buffer = new byte[(int)Math.Min(most, file.Length - from)];
            var read = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return new LogSlice(from, [.. buffer.AsSpan(0, read)], file.Length);
        }
    }

    /// <summary>The bytes as they are stored, for whoever reads all of them; null when the attempt wrote nothing.</summary>
    public FileStream? Open(JobId job, int attempt, LogStream stream)
    {
        var path = PathOf(job, attempt, stream);
        return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 4096, useAsync: false) : null;
    }

    /// <summary>The attempt has output of a stream.</summary>
    public bool Exists(JobId job, int attempt, LogStream stream) => File.Exists(PathOf(job, attempt, stream));

    /// <summary>What came when, oldest first, from an entry on; none for output stored before arrivals were recorded.</summary>
    public Task<ImmutableArray<LogArrival>> ArrivalsAsync(JobId job, int attempt, int from, CancellationToken cancellationToken) =>
        LogArrivals.ReadAsync(ArrivalsOf(job, attempt), from, cancellationToken);

    /// <summary>Removes all output of a job.</summary>
    public void Delete(JobId job)
    {
        var folder = FolderOf(job);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task RecordAsync(JobId job, int attempt, LogArrival arrival, CancellationToken cancellationToken) =>
        LogArrivals.AppendAsync(ArrivalsOf(job, attempt), arrival, cancellationToken);

    private string FolderOf(JobId job)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(job.Value)));
        return Path.Combine(directory, hash[..2], hash[..32]);
    }

    private string PathOf(JobId job, int attempt, LogStream stream) => Path.Combine(
        FolderOf(job),
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{attempt}.{(stream == LogStream.Stdout ? "out" : "err")}.log"));

    private string ArrivalsOf(JobId job, int attempt) => Path.Combine(FolderOf(job), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{attempt}.arrivals"));
}
