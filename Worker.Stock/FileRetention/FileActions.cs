using System.IO.Compression;
using System.Security.Cryptography;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileRetention;

/// <summary>What an action did to a file.</summary>
/// <param name="Reclaimed">Bytes that are free now on the source's file system.</param>
public readonly record struct ActionResult(string NewPath, long Reclaimed);

/// <summary>
/// Compress, move, delete: each leaves either the source as it was or the finished result, whatever happens in between.
/// The source goes last, after its replacement was read back or compared.
/// </summary>
public static class FileActions
{
    private const int Chunk = 1024 * 1024;
    private const int MostSuffixes = 99;

    /// <summary><c>a.log</c> → <c>a.log.gz</c> with the same times, mode and owner's rights.</summary>
    public static ActionResult Gzip(string path, FileFact fact, int level, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(path)!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp");
        try
        {
            byte[] written;
            using (var source = OpenSame(path, fact))
            using (var target = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                using (var gzip = new GZipStream(target, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
                {
                    written = Copy(source, gzip, cancellationToken);
                }

                target.Flush(flushToDisk: true);
            }

            Verify(temporary, fact.Size, written, cancellationToken);
            Posix.CopyOwner(temporary, fact);
            var final = path + ".gz";
            if (Posix.RenameNew(temporary, final) != true)
            {
                throw new IOException($"{final} exists already");
            }

            Posix.SyncFolder(folder);
            CheckUnchanged(path, fact);
            File.Delete(path);
            return new ActionResult(final, fact.Size - new FileInfo(final).Length);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>To the same relative path below another directory; an existing target gets a suffix.</summary>
    public static ActionResult Move(string path, FileFact fact, string targetRoot, CancellationToken cancellationToken)
    {
        var wanted = Path.Combine(targetRoot, fact.RelativePath);
        var folder = Path.GetDirectoryName(wanted)!;
        Directory.CreateDirectory(folder);
        if (SafeRoot.LinkOnTheWay(folder) is { } link)
        {
            throw new IOException($"{link} is a symbolic link");
        }

        for (var suffix = 0; suffix <= MostSuffixes; suffix++)
        {
            var target = suffix == 0 ? wanted : $"{wanted}.{suffix}";
            CheckUnchanged(path, fact);
            switch (Posix.RenameNew(path, target))
            {
                case true:
                    Posix.SyncFolder(folder);
                    return new ActionResult(target, fact.Size);
                case null when CopyAcross(path, fact, target, cancellationToken):
                    return new ActionResult(target, fact.Size);
            }
        }

        throw new IOException($"{wanted} and {MostSuffixes} numbered names exist already");
    }

    public static ActionResult Delete(string path, FileFact fact)
    {
        CheckUnchanged(path, fact);
        File.Delete(path);
        return new ActionResult("", fact.Size);
    }

    /// <summary>Another file system: copy, compare, and only then remove. False when the target exists.</summary>
    private static bool CopyAcross(string path, FileFact fact, string target, CancellationToken cancellationToken)
    {
        var temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            byte[] written;
            using (var source = OpenSame(path, fact))
            using (var copy = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                written = Copy(source, copy, cancellationToken);
                copy.Flush(flushToDisk: true);
            }

            using (var copy = new FileStream(temporary, FileMode.Open, FileAccess.Read))
            {
                if (copy.Length != fact.Size || !Copy(copy, Stream.Null, cancellationToken).AsSpan().SequenceEqual(written))
                {
                    throw new IOException($"the copy of {path} differs from it");
                }
            }

            Posix.CopyOwner(temporary, fact);
            if (Posix.RenameNew(temporary, target) != true)
            {
                return false;
            }

            Posix.SyncFolder(Path.GetDirectoryName(target)!);
            CheckUnchanged(path, fact);
            File.Delete(path);
            return true;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The opened file must be the one that was looked at: nobody swapped it for another, or for a link.</summary>
    private static FileStream OpenSame(string path, FileFact fact)
    {
        var handle = Posix.OpenRead(path);
        try
        {
            CheckUnchanged(path, fact);
            return new FileStream(handle, FileAccess.Read, 1, isAsync: false);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void CheckUnchanged(string path, FileFact fact)
    {
        if (Posix.Look(path, fact.RelativePath) is not { } now || now.Inode != fact.Inode || now.Device != fact.Device || now.Size != fact.Size || now.ModifiedNanos != fact.ModifiedNanos)
        {
            throw new IOException($"{path} changed while it was handled; it was left as it is");
        }
    }

    private static byte[] Copy(Stream source, Stream target, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Chunk];
        for (int read; (read = source.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            target.Write(buffer, 0, read);
        }

        return hash.GetHashAndReset();
    }

    private static void Verify(string path, long size, byte[] written, CancellationToken cancellationToken)
    {
        using var gzip = new GZipStream(new FileStream(path, FileMode.Open, FileAccess.Read), CompressionMode.Decompress);
        var counted = new CountingStream();
        if (!Copy(gzip, counted, cancellationToken).AsSpan().SequenceEqual(written) || counted.Count != size)
        {
            throw new IOException($"what was compressed to {path} does not read back the same");
        }
    }

    private sealed class CountingStream : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Count;

        public override long Position
        {
            get => Count;
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
            // Nothing is kept.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Count += count;
    }
}
