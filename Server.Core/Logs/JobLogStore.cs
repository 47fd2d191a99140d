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
    /// <summary>Bytes kept per attempt, both streams together, unless its job type says otherwise.</summary>
    public const long Cap = 16 * 1024 * 1024;

    /// <summary>The most a job type may allow, and a little more for what its worker says when it is reached.</summary>
    public const long MostCap = (1024L * 1024 * 1024) + (1024 * 1024) - 1;

    /// <summary>Entries of what came when that are kept of an attempt; of what comes later only the bytes are known.</summary>
    public const int MostArrivals = LogArrivals.Most;

    private const int NameLength = 32;

    private const string CapLine = "\n[output limit reached; the rest is counted, not kept]\n";

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>A job's output has grown. Raised on the writer's thread; who listens must be quick.</summary>
    public event Action<JobId>? Written;

    /// <summary>Appends a piece. False when it was dropped: seen before, or beyond the cap.</summary>
    public Task<bool> AppendAsync(JobId job, int attempt, LogStream stream, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        AppendAsync(job, attempt, stream, offset, bytes, Cap, cancellationToken);

    /// <param name="cap">Bytes kept of the attempt, both streams together, at most <see cref="MostCap"/>; once reached it stays.</param>
    public async Task<bool> AppendAsync(JobId job, int attempt, LogStream stream, long offset, ReadOnlyMemory<byte> bytes, long cap, CancellationToken cancellationToken)
    {
        if (LimitOf(job, attempt) is { } reached)
        {
            if (reached.Seen(stream, offset + bytes.Length) is var further && further != reached)
            {
                further.Write(LimitPathOf(job, attempt));
            }

            return false;
        }

        var path = PathOf(job, attempt, stream);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 4096, useAsync: false);
        var length = file.Length;
        if (offset + bytes.Length <= length)
        {
            return false;
        }

        var seen = offset + bytes.Length;
        var other = LengthOf(job, attempt, stream == LogStream.Stdout ? LogStream.Stderr : LogStream.Stdout);
        var end = Math.Max(length, cap - other);

        file.Seek(0, SeekOrigin.End);
        if (offset < length)
        {
            bytes = bytes[(int)(length - offset)..];
            offset = length;
        }
        else if (offset > length && length < end)
        {
            // A hole costs no disk, and offsets of later pieces stay true.
            var missing = Math.Min(offset, end) - length;
            await file.WriteAsync(Encoding.UTF8.GetBytes($"\n[{offset - length} bytes missing]\n").AsMemory(0, (int)Math.Min(missing, 20)), cancellationToken);
            file.Seek(Math.Min(offset, end), SeekOrigin.Begin);
            await RecordAsync(job, attempt, new LogArrival(stream, length, (int)missing, IsGap: true, _time.GetUtcNow()), cancellationToken);
        }

        var kept = (int)Math.Clamp(end - file.Position, 0, bytes.Length);
        await file.WriteAsync(bytes[..kept], cancellationToken);
        if (kept < bytes.Length)
        {
            // Said before the line is written: that is no output.
            await file.FlushAsync(cancellationToken);
            var limit = stream == LogStream.Stdout ? new LogLimit(cap, file.Position, other, seen, other) : new LogLimit(cap, other, file.Position, other, seen);
            limit.Write(LimitPathOf(job, attempt));
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

    /// <summary>The worker kept to a limit of its own and says how far a stream would have gone. Said twice it is counted once.</summary>
    public void LeftOut(JobId job, int attempt, LogStream stream, long end)
    {
        var (stdout, stderr) = (LengthOf(job, attempt, LogStream.Stdout), LengthOf(job, attempt, LogStream.Stderr));
        var limit = LimitOf(job, attempt);
        if ((limit ?? new LogLimit(stdout + stderr, stdout, stderr, stdout, stderr)).Seen(stream, end) is var further && further != limit)
        {
            var path = LimitPathOf(job, attempt);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            further.Write(path);
        }
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

    /// <summary>What is kept of an attempt that wrote more than it may; null: all.</summary>
    public LogLimit? LimitOf(JobId job, int attempt) => LogLimit.Read(LimitPathOf(job, attempt));

    /// <summary>Bytes of an attempt's stream that are kept.</summary>
    public long KeptOf(JobId job, int attempt, LogStream stream)
    {
        // In this order: the line at the limit comes after the limit.
        var length = LengthOf(job, attempt, stream);
        return Math.Min(length, LimitOf(job, attempt)?.KeptOf(stream) ?? length);
    }

    /// <summary>What came when, oldest first, from an entry on; none for output stored before arrivals were recorded.</summary>
    public Task<ImmutableArray<LogArrival>> ArrivalsAsync(JobId job, int attempt, int from, CancellationToken cancellationToken) =>
        LogArrivals.ReadAsync(ArrivalsOf(job, attempt), from, cancellationToken);

    /// <summary>Removes all output of a job.</summary>
    public void Delete(JobId job) => Delete(NameOf(job));

    internal void Delete(string name)
    {
        var folder = FolderOf(name);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The names of the folders in which jobs have output; a job cannot be told from one, see <see cref="NameOf"/>.</summary>
    internal IEnumerable<string> Names() => !Directory.Exists(directory) ? [] : Directory.EnumerateDirectories(directory, "??")
        .SelectMany(shelf => Directory.EnumerateDirectories(shelf, Path.GetFileName(shelf) + "*"))
        .Select(folder => Path.GetFileName(folder))
        .Where(name => name.Length == NameLength && name.All(char.IsAsciiHexDigitLower));

    internal static string NameOf(JobId job) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(job.Value)))[..NameLength];

    private Task RecordAsync(JobId job, int attempt, LogArrival arrival, CancellationToken cancellationToken) =>
        LogArrivals.AppendAsync(ArrivalsOf(job, attempt), arrival, cancellationToken);

    private string FolderOf(JobId job) => FolderOf(NameOf(job));

    private string FolderOf(string name) => Path.Combine(directory, name[..2], name);

    private string PathOf(JobId job, int attempt, LogStream stream) => Path.Combine(
        FolderOf(job),
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{attempt}.{(stream == LogStream.Stdout ? "out" : "err")}.log"));

    private long LengthOf(JobId job, int attempt, LogStream stream) => new FileInfo(PathOf(job, attempt, stream)) is { Exists: true } file ? file.Length : 0;

    private string LimitPathOf(JobId job, int attempt) => Path.Combine(FolderOf(job), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{attempt}.limit"));

    private string ArrivalsOf(JobId job, int attempt) => Path.Combine(FolderOf(job), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{attempt}.arrivals"));
}
