using System.Security.Cryptography;
using BlazorPluginAdmin.WorkerStock.Files;
using Microsoft.Win32.SafeHandles;

namespace BlazorPluginAdmin.WorkerStock.FileScrub;

/// <summary>Reads files for their checksums, no faster than it may, all files of a job together.</summary>
/// <param name="limit">Bytes per second; 0 = none.</param>
internal sealed class FileReader(double limit, TimeProvider time)
{
    private const int Chunk = 1024 * 1024;

    private readonly byte[] _buffer = new byte[Chunk];
    private readonly long _started = time.GetTimestamp();

    public long Bytes { get; private set; }

    /// <summary>SHA-256, in lower case hex.</summary>
    public async Task<string> HashAsync(SafeFileHandle file, bool again, CancellationToken cancellationToken)
    {
        if (again)
        {
            Posix.ForgetCached(file);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long at = 0;
        for (int read; (read = await RandomAccess.ReadAsync(file, _buffer, at, cancellationToken)) > 0; at += read)
        {
            hash.AppendData(_buffer, 0, read);
            Bytes += read;
            var early = Early();
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, time, cancellationToken);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private TimeSpan Early() => limit > 0 ? TimeSpan.FromSeconds(Bytes / limit) - time.GetElapsedTime(_started) : TimeSpan.Zero;
}
