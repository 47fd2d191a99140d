using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Tests.Store;

/// <summary>A store that is damaged, newer or not ours is refused with the file's name and the way out, and stays byte for byte as it was.</summary>
public sealed class DamagedStoreTests : IDisposable
{
    private const int Corrupt = 11;

    /// <summary>The damage hit what the header says of writing.</summary>
    private const int ReadOnly = 8;

    private readonly string _folder = Directory.CreateTempSubdirectory("damaged-").FullName;
    private readonly byte[] _sound;
    private readonly byte[] _log;

    public DamagedStoreTests()
    {
        var path = Path.Combine(_folder, "sound.db");
        using (var admin = new AdminHarness(new SqliteAdminStore(path)))
        {
            var worker = admin.ConnectDescribed(slots: 2);
            for (var n = 0; n < 150; n++)
            {
                admin.Submit(change: job => job with { Summary = new string('s', 100), Payload = new("detail", ConfigValues.Empty) });
            }

            worker.Ack(worker.LastJob);
            worker.Complete(worker.Jobs.First());
            admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run));
            worker.Propose(worker.LastDetection, true, "a", "b");

            // As it lies there after a kill: the newest commits are in the log only.
            _log = Read(path + "-wal");
        }

        _sound = Read(path);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void RandomBytes_AnywhereInTheFile_AreRefusedOrHarmless() => Damage(200, (random, bytes) =>
    {
        for (var n = 0; n < random.Next(1, 400); n++)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    });

    [Fact]
    public void OverwrittenPages_AreRefusedOrHarmless() => Damage(100, (random, bytes) =>
    {
        var page = random.Next(bytes.Length / 4096) * 4096;
        random.NextBytes(bytes.AsSpan(page, 4096));
        return bytes;
    });

    [Fact]
    public void RandomBytes_InTheHeader_AreRefusedOrHarmless() => Damage(100, (random, bytes) =>
    {
        bytes[random.Next(100)] = (byte)random.Next(256);
        return bytes;
    });

    [Fact]
    public void CutFile_IsRefused()
    {
        var random = new Random(1);
        for (var n = 0; n < 40; n++)
        {
            Assert.NotNull(Refusal(_sound[..random.Next(1, _sound.Length / 2)], null));
        }
    }

    [Fact]
    public void TornLog_LosesOnlyItsEnd()
    {
        var random = new Random(2);
        for (var n = 0; n < 20; n++)
        {
            var torn = _log[..random.Next(_log.Length)];
            random.NextBytes(torn.AsSpan(Math.Max(0, torn.Length - 50)));
            Assert.Null(Refusal(_sound, torn));
        }
    }

    [Fact]
    public void NewerSchema_IsRefused() => Assert.Contains("newer version", Refusal(With(60, 99), null)!, StringComparison.Ordinal);

    [Fact]
    public void DatabaseOfAnotherProgram_IsRefused() => Assert.Contains("another program", Refusal(With(68, 7), null)!, StringComparison.Ordinal);

    [Fact]
    public void LogWithoutItsFile_IsRefused() => Assert.Contains("write-ahead log", Refusal([], _log)!, StringComparison.Ordinal);

    [Fact]
    public void JobsTableFullOfNoise_IsRefused()
    {
        var text = System.Text.Encoding.Latin1.GetString(_sound);
        var bytes = (byte[])_sound.Clone();
        for (var at = text.IndexOf("waiting for available", StringComparison.Ordinal); at >= 0; at = text.IndexOf("waiting for available", at + 1, StringComparison.Ordinal))
        {
            new Random(at).NextBytes(bytes.AsSpan(at / 4096 * 4096, 64));
        }

        Assert.NotNull(Refusal(bytes, null));
    }

    /// <summary>With another number in the header: the schema at 60, the program at 68.</summary>
    private byte[] With(int offset, int number)
    {
        var bytes = (byte[])_sound.Clone();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(offset), number);
        return bytes;
    }

    private void Damage(int seeds, Func<Random, byte[], byte[]> damage)
    {
        var refused = 0;
        for (var seed = 0; seed < seeds; seed++)
        {
            try
            {
                refused += Refusal(damage(new Random(seed), (byte[])_sound.Clone()), null) is null ? 0 : 1;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {seed}", exception);
            }
        }

        Assert.True(refused > 0, "no damage was noticed");
    }

    /// <summary>
    /// The refusal's text, or null when the admin starts. Then it works, or ends at a commit that meets the damage, with an
    /// error that no engine takes for "try again".
    /// </summary>
    private string? Refusal(byte[] bytes, byte[]? log)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.CreateVersion7().ToString("N"))).FullName;
        var path = Path.Combine(folder, "admin.db");
        File.WriteAllBytes(path, bytes);
        if (log is not null)
        {
            File.WriteAllBytes(path + "-wal", log);
        }

        try
        {
            using var admin = new AdminHarness(new SqliteAdminStore(path));
            admin.Settle();
            return null;
        }
        catch (SqliteException met)
        {
            Assert.Contains(met.SqliteErrorCode, (int[])[Corrupt, ReadOnly]);
            return met.Message;
        }
        catch (StoreRefusedException refused)
        {
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            Assert.Contains("--data-dir", refused.Message, StringComparison.Ordinal);
            Assert.Equal(bytes, File.ReadAllBytes(path));
            Assert.Equal(log ?? [], File.Exists(path + "-wal") ? File.ReadAllBytes(path + "-wal") : []);
            return refused.Message;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
