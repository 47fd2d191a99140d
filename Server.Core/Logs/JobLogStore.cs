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
/// Output of attempts: one append-only file per attempt and stream, beside the engine. File names are made from hashes,
/// never from what a worker said. A piece that came before is recognised by its offset; bytes that are missing become a
/// line that says so; beyond the cap nothing is stored. Its failure never holds back a job.
/// </summary>
public sealed class JobLogStore(string directory)
{
    /// <summary>Bytes kept per attempt and stream.</summary>
    public const long Cap = 16 * 1024 * 1024;

    private const string CapLine = "\n[output limit reached; the rest is not kept]\n";

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
        }
        else if (offset > length)
        {
            // A hole costs no disk, and offsets of later pieces stay true.
            await file.WriteAsync(Encoding.UTF8.GetBytes($"\n[{offset - length} bytes missing]\n").AsMemory(0, (int)Math.Min(offset - length, 20)), cancellationToken);
            file.Seek(Math.Min(offset, Cap), SeekOrigin.Begin);
        }

        var room = Cap - file.Position;
        await file.WriteAsync(bytes.Length <= room ? bytes : bytes[..(int)Math.Max(0, room)], cancellationToken);
        if (file.Position >= Cap)
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(CapLine), cancellationToken);
        }

        await file.FlushAsync(cancellationToken);
        Written?.Invoke(job);
        return true;
    }

    /// <summary>Reads from an offset; a negative one counts from the end. Null when the attempt wrote nothing.</summary>
    public async Task<LogSlice?> ReadAsync(JobId job, int attempt, LogStream stream, long offset, int most, CancellationToken cancellationToken)
    {
        var path = PathOf(job, attempt, stream);
        if (!File.Exists(path))
        {
            return null;
        }

        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 4096, useAsync: false);
        var from = Math.Clamp(offset < 0 ? file.Length + offset : offset, 0, file.Length);
        file.Seek(from, SeekOrigin.Begin);
        var buffer = new byte[(int)Math.Min(most, file.Length - from)];
        var read = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return new LogSlice(from, [.. buffer.AsSpan(0, read)], file.Length);
    }

    /// <summary>Removes all output of a job.</summary>
    public void Delete(JobId job)
    {
        var folder = FolderOf(job);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string FolderOf(JobId job)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(job.Value)));
        return Path.Combine(directory, hash[..2], hash[..32]);
    }

    private string PathOf(JobId job, int attempt, LogStream stream) => Path.Combine(
        FolderOf(job),
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{attempt}.{(stream == LogStream.Stdout ? "out" : "err")}.log"));
}
