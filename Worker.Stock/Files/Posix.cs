using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>What .NET does not say about files: links are not followed, device and inode tell one file from another.</summary>
internal static partial class Posix
{
    public const uint TypeMask = 0xF000;
    public const uint Regular = 0x8000;
    public const uint Folder = 0x4000;
    public const uint Link = 0xA000;

    private const int AtCurrent = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int PathOnly = 0x200000;
    private const int CloseOnExec = 0x80000;
    private const int NoEntry = 2;
    private const int Exists = 17;

    // The only open flags here that differ between architectures.
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;
    private static readonly int FolderOpen = Arm ? 0x4000 : 0x10000;
    private static readonly int NoFollowOpen = Arm ? 0x8000 : 0x20000;

    private const uint BasicStats = 0x7FF;

    [StructLayout(LayoutKind.Sequential)]
    private struct Stamp
    {
        public long Seconds;
        public uint Nanos;
        public int Reserved;

        public readonly long UnixNanos => (Seconds * 1_000_000_000) + Nanos;
    }

    /// <summary>struct statx of the kernel; the same on every architecture, which struct stat is not.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Extended
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint User;
        public uint Group;
        public ushort Mode;
        public ushort Spare;
        public ulong Inode;
        public ulong Size;
        public ulong Blocks;
        public ulong AttributesMask;
        public Stamp Accessed;
        public Stamp Created;
        public Stamp Changed;
        public Stamp Modified;
        public uint DeviceMajorOfNode;
        public uint DeviceMinorOfNode;
        public uint DeviceMajor;
        public uint DeviceMinor;
        public ulong S0, S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13;
    }

    /// <summary>Facts of a path itself, never of what it links to; null when there is nothing.</summary>
    public static FileFact? Look(string path, string relativePath) =>
        StatX(AtCurrent, path, NoFollow, BasicStats, out var found) == 0 ? Fact(relativePath, found) : null;

    /// <summary>Facts of an open file, whatever its path names by now.</summary>
    public static FileFact Look(SafeFileHandle file, string relativePath) =>
        StatX((int)file.DangerousGetHandle(), "", EmptyPath, BasicStats, out var found) == 0
            ? Fact(relativePath, found)
            : throw new IOException($"{relativePath} cannot be looked at: {Reason()}");

    /// <summary>Opens a file for reading; fails on a symbolic link, and does not wait for the other end of a pipe.</summary>
    public static SafeFileHandle OpenRead(string path)
    {
        var handle = OpenAt(AtCurrent, path, ReadOnly | NonBlocking | NoFollowOpen | CloseOnExec);
        return handle >= 0 ? new SafeFileHandle(handle, ownsHandle: true) : throw new IOException($"{path} cannot be opened: {Reason()}");
    }

    /// <summary>
    /// Opens a directory component by component, none of which may be a symbolic link. Null when something of the path
    /// does not exist and is not to be made.
    /// </summary>
    /// <exception cref="IOException">A component is a link or no directory, or may not be entered.</exception>
    public static SafeFileHandle? OpenFolder(string path, bool create)
    {
        var folder = new SafeFileHandle(OpenAt(AtCurrent, "/", PathOnly | FolderOpen | CloseOnExec), ownsHandle: true);
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var n = 0; n < parts.Length; n++)
        {
            using var parent = folder;
            var at = (int)parent.DangerousGetHandle();
            var part = parts[n];
            var flags = (n + 1 < parts.Length ? PathOnly : ReadOnly) | FolderOpen | NoFollowOpen | CloseOnExec;
            var handle = OpenAt(at, part, flags);
            if (handle < 0 && create && Marshal.GetLastPInvokeError() == NoEntry && (MakeFolderAt(at, part, 0x1FF) == 0 || Marshal.GetLastPInvokeError() == Exists))
            {
                handle = OpenAt(at, part, flags);
            }

            if (handle < 0)
            {
                return Marshal.GetLastPInvokeError() == NoEntry ? null : throw new IOException($"{part} of {path} is a link or cannot be entered: {Reason()}");
            }

            folder = new SafeFileHandle(handle, ownsHandle: true);
        }

        return folder;
    }

    /// <summary>A directory's entries are durable only after this.</summary>
    public static void Sync(SafeFileHandle folder)
    {
        if (FSync((int)folder.DangerousGetHandle()) != 0)
        {
            throw new IOException($"the directory could not be written to disk: {Reason()}");
        }
    }

    /// <summary>The next read comes from the disk again, as far as the system can help it.</summary>
    public static void ForgetCached(SafeFileHandle file)
    {
        const int DoNotNeed = 4;
        _ = Advise((int)file.DangerousGetHandle(), 0, 0, DoNotNeed);
    }

    /// <summary>Renames, but never over something: false when the target exists. Null when the file systems differ.</summary>
    public static bool? RenameNew(string from, string to)
    {
        const uint NoReplace = 1;
        const int CrossDevice = 18;
        if (RenameAt2(AtCurrent, from, AtCurrent, to, NoReplace) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() switch
        {
            Exists => false,
            CrossDevice => null,
            var error => throw new IOException($"{from} cannot be renamed to {to}: {Marshal.GetPInvokeErrorMessage(error)}"),
        };
    }

    /// <summary>Owner, mode and time of modification, in this order: a new owner clears bits of the mode.</summary>
    /// <exception cref="IOException">This worker may not give files to that owner.</exception>
    public static void CopyOwner(string path, FileFact from)
    {
        if (Look(path, from.RelativePath) is not { } now || ((now.User != from.User || now.Group != from.Group) && ChangeOwnerAt(AtCurrent, path, from.User, from.Group, NoFollow) != 0))
        {
            throw new IOException($"{from.RelativePath} belongs to user {from.User} and group {from.Group}, which cannot be kept: {Reason()}");
        }

        File.SetUnixFileMode(path, (UnixFileMode)(from.Mode & 0xFFF));
        if (ChangeTimes(path, from.ModifiedNanos) != 0)
        {
            throw new IOException($"the time of {from.RelativePath} cannot be kept: {Reason()}");
        }
    }

    private static FileFact Fact(string relativePath, in Extended found) => new(
        relativePath,
        (long)found.Size,
        found.Modified.UnixNanos,
        found.Changed.UnixNanos,
        ((ulong)found.DeviceMajor << 32) | found.DeviceMinor,
        found.Inode,
        found.Links,
        found.Mode,
        found.User,
        found.Group);

    private static string Reason() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    private static int ChangeTimes(string path, long modifiedNanos)
    {
        var modified = new Time { Seconds = modifiedNanos / 1_000_000_000, Nanos = modifiedNanos % 1_000_000_000 };
        return UTimeNsAt(AtCurrent, path, [modified, modified], NoFollow);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanos;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, out Extended found);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(int folder, string path, int flags);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFolderAt(int folder, string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwnerAt(int folder, string path, uint user, uint group, int flags);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int handle, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int handle);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UTimeNsAt(int folder, string path, [In] Time[] times, int flags);
}
