using System.Runtime.InteropServices;

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>What .NET does not say about files: links are not followed, device and inode tell one file from another.</summary>
internal static partial class Posix
{
    public const uint TypeMask = 0xF000;
    public const uint Regular = 0x8000;
    public const uint Folder = 0x4000;

    private const int AtCurrent = -100;
    private const int NoFollow = 0x100;
    private const int ReadOnly = 0;
    private const int NoFollowOpen = 0x20000;
    private const int CloseOnExec = 0x80000;
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
    public static FileFact? Look(string path, string relativePath)
    {
        if (StatX(AtCurrent, path, NoFollow, BasicStats, out var found) != 0)
        {
            return null;
        }

        return new FileFact(
            relativePath, (long)found.Size, found.Modified.UnixNanos, found.Changed.UnixNanos, ((ulong)found.DeviceMajor << 32) | found.DeviceMinor, found.Inode, found.Links, found.Mode);
    }

    /// <summary>Opens a file for reading; fails on a symbolic link.</summary>
    public static Microsoft.Win32.SafeHandles.SafeFileHandle OpenRead(string path)
    {
        var handle = Open(path, ReadOnly | NoFollowOpen | CloseOnExec, 0);
        return handle >= 0
            ? new Microsoft.Win32.SafeHandles.SafeFileHandle(handle, ownsHandle: true)
            : throw new IOException($"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>A directory's entries are durable only after this.</summary>
    public static void SyncFolder(string path)
    {
        var handle = Open(path, ReadOnly | CloseOnExec, 0);
        if (handle < 0)
        {
            return;
        }

        using var folder = new Microsoft.Win32.SafeHandles.SafeFileHandle(handle, ownsHandle: true);
        _ = FSync(handle);
    }

    /// <summary>Renames, but never over something: false when the target exists. Null when the file systems differ.</summary>
    public static bool? RenameNew(string from, string to)
    {
        const uint NoReplace = 1;
        const int CrossDevice = 18;
        const int Exists = 17;
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

    public static void CopyOwner(string path, FileFact from)
    {
        File.SetUnixFileMode(path, (UnixFileMode)(from.Mode & 0xFFF));
        _ = ChangeTimes(path, from.ModifiedNanos);
    }

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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int handle);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UTimeNsAt(int folder, string path, [In] Time[] times, int flags);
}
