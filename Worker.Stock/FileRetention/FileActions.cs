using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileRetention;

/// <summary>What an action did to a file.</summary>
/// <param name="Reclaimed">Bytes that are free now on the source's file system.</param>
internal readonly record struct ActionResult(string NewPath, long Reclaimed);

/// <summary>
/// Compress, move, delete: each leaves either the source as it was or the finished result, whatever happens in between.
/// The source goes last, after its replacement was read back or compared.
/// </summary>
internal static class FileActions
{
    private const int Chunk = 1024 * 1024;
    private const int MostSuffixes = 99;

    /// <summary>Half-made files end so; they are never selected.</summary>
    public const string TemporarySuffix = ".retention-tmp";

    /// <summary><c>a.log</c> → <c>a.log.gz</c> with the same times, mode and owner.</summary>
    public static ActionResult Gzip(PinnedFolder folder, FileFact fact, int level, CancellationToken cancellationToken)
    {
        var temporary = folder.At(Temporary());
        var final = folder.At(fact.Name + ".gz");
        try
        {
            byte[] written;
            using (var source = OpenSame(folder, fact))
            using (var target = new FileStream(temporary, Private))
            {
                using (var gzip = new GZipStream(target, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
                {
                    written = Copy(source, gzip, cancellationToken);
                }

                target.Flush(flushToDisk: true);
            }

            Verify(temporary, fact.Size, written, cancellationToken);
            Posix.CopyOwner(temporary, fact);
            Replace(folder, fact, temporary, folder, final);
            return new ActionResult($"{folder.Path}/{fact.Name}.gz", fact.Size - new FileInfo(final).Length);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>To the same relative path below another directory; an existing target gets a suffix.</summary>
    public static ActionResult Move(PinnedFolder folder, FileFact fact, string targetRoot, CancellationToken cancellationToken)
    {
        using var target = PinnedFolder.Open(Path.Combine(targetRoot, fact.Folder), create: true) ?? throw new IOException($"{targetRoot} has gone");
        for (var suffix = 0; suffix <= MostSuffixes; suffix++)
        {
            var name = suffix == 0 ? fact.Name : string.Create(CultureInfo.InvariantCulture, $"{fact.Name}.{suffix}");
            CheckUnchanged(folder, fact);
            var moved = Posix.RenameNew(folder.At(fact.Name), target.At(name));
            if (moved == true)
            {
                target.Sync();
                folder.Sync();
            }

            if (moved ?? CopyAcross(folder, fact, target, name, cancellationToken))
            {
                return new ActionResult($"{target.Path}/{name}", fact.Size);
            }
        }

        throw new IOException($"{target.Path}/{fact.Name} and {MostSuffixes} numbered names exist already");
    }

    public static ActionResult Delete(PinnedFolder folder, FileFact fact)
    {
        CheckUnchanged(folder, fact);
        File.Delete(folder.At(fact.Name));
        return new ActionResult("", fact.Links > 1 ? 0 : fact.Size);
    }

    /// <summary>Another file system: copy, compare, and only then remove. False when the target exists.</summary>
    public static bool CopyAcross(PinnedFolder folder, FileFact fact, PinnedFolder target, string name, CancellationToken cancellationToken)
    {
        if (Posix.Look(target.At(name), name) is not null)
        {
            return false;
        }

        var temporary = target.At(Temporary());
        try
        {
            byte[] written;
            using (var source = OpenSame(folder, fact))
            using (var copy = new FileStream(temporary, Private))
            {
                written = Copy(source, copy, cancellationToken);
                copy.Flush(flushToDisk: true);
            }

            using (var copy = new FileStream(temporary, FileMode.Open, FileAccess.Read))
            {
                if (copy.Length != fact.Size || !Copy(copy, Stream.Null, cancellationToken).AsSpan().SequenceEqual(written))
                {
                    throw new IOException($"the copy of {fact.RelativePath} differs from it");
                }
            }

            Posix.CopyOwner(temporary, fact);
            Replace(folder, fact, temporary, target, target.At(name));
            return true;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The finished file gets its name and is durable before the source goes; a source that changed meanwhile stays, alone.</summary>
    private static void Replace(PinnedFolder folder, FileFact fact, string temporary, PinnedFolder target, string final)
    {
        CheckUnchanged(folder, fact);
        if (Posix.RenameNew(temporary, final) != true)
        {
            throw new IOException($"{target.Readable(final)} exists already");
        }

        target.Sync();
        try
        {
            CheckUnchanged(folder, fact);
        }
        catch (IOException)
        {
            File.Delete(final);
            throw;
        }

        File.Delete(folder.At(fact.Name));
    }

    private static FileStream OpenSame(PinnedFolder folder, FileFact fact) =>
        folder.OpenSame(fact) is { } handle ? new FileStream(handle, FileAccess.Read, 1, isAsync: false) : throw Changed(fact);

    private static void CheckUnchanged(PinnedFolder folder, FileFact fact)
    {
        if (folder.Look(fact) is not { } now || !now.IsSame(fact))
        {
            throw Changed(fact);
        }
    }

    private static IOException Changed(FileFact fact) => new($"{fact.RelativePath} changed while it was handled; it was left as it is");

    private static string Temporary() => $".{Path.GetRandomFileName()}{TemporarySuffix}";

    /// <summary>Nobody else may read what is copied before it has the rights of the source.</summary>
    private static FileStreamOptions Private => new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = FileShare.None,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };

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
