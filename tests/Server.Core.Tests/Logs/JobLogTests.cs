using System.Text;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Logs;

public sealed class JobLogTests : IDisposable
{
    private static readonly JobId Job = new("a");

    private readonly string _folder = Directory.CreateTempSubdirectory("logs-").FullName;
    private readonly ManualTimeProvider _time = new();
    private readonly JobLogStore _store;

    public JobLogTests() => _store = new JobLogStore(_folder, _time);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Merged_IsInTheOrderOfArrival_EachRowOfItsStream()
    {
        await WriteAsync(LogStream.Stdout, 0, "one\ntw");
        await WriteAsync(LogStream.Stderr, 0, "bad\n");
        await WriteAsync(LogStream.Stdout, 6, "o\nthree\n");
        var rows = await RowsAsync(null);
        Assert.Equal(["one", "tw", "bad", "o", "three"], rows.Select(Text));
        Assert.Equal([LogStream.Stdout, LogStream.Stdout, LogStream.Stderr, LogStream.Stdout, LogStream.Stdout], rows.Select(row => row.Stream));
        Assert.Equal(["one", "two", "three"], (await RowsAsync(LogStream.Stdout)).Select(Text));
    }

    [Fact]
    public async Task OutputStoredWithoutArrivals_IsReadStreamByStream()
    {
        await WriteAsync(LogStream.Stderr, 0, "bad\n");
        await WriteAsync(LogStream.Stdout, 0, "one\n");
        foreach (var file in Directory.GetFiles(_folder, "*.arrivals", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        var rows = await RowsAsync(null);
        Assert.Equal(["one", "bad"], rows.Select(Text));
        Assert.All(rows, row => Assert.Null(row.At));
    }

    [Fact]
    public async Task RecordCutByACrash_LosesNoOutput()
    {
        await WriteAsync(LogStream.Stdout, 0, "one\n");
        await WriteAsync(LogStream.Stderr, 0, "bad\n");
        await using (var file = File.OpenWrite(Directory.GetFiles(_folder, "*.arrivals", SearchOption.AllDirectories).Single()))
        {
            file.SetLength(30);
        }

        Assert.Equal(["one", "bad"], (await RowsAsync(null)).Select(Text));
        await WriteAsync(LogStream.Stdout, 4, "two\n");
        Assert.Equal(["one", "two", "bad"], (await RowsAsync(null)).Select(Text));
    }

    [Fact]
    public async Task Gap_IsARowThatSaysHowMuchIsMissing()
    {
        await WriteAsync(LogStream.Stdout, 0, "one\n");
        await WriteAsync(LogStream.Stdout, 1204, "two\n");
        Assert.Equal([(0L, "one"), (1200L, ""), (0L, "two")], (await RowsAsync(LogStream.Stdout)).Select(row => (row.Missing, Text(row))));
    }

    [Fact]
    public async Task OutputAsLongAsTheCap_IsWhole_AndTheNextByteIsCut()
    {
        await WriteAsync(LogStream.Stdout, 0, new string('x', (int)JobLogStore.Cap));
        Assert.False((await OpenAsync(LogStream.Stdout)).Text.IsCapped);
        await WriteAsync(LogStream.Stdout, JobLogStore.Cap, "y");
        Assert.True((await OpenAsync(LogStream.Stdout)).Text.IsCapped);
        await WriteAsync(LogStream.Stdout, JobLogStore.Cap + 1, "z");
        var text = (await OpenAsync(LogStream.Stdout)).Text;
        Assert.Equal((JobLogStore.Cap, 2), (text.Length, text.Dropped));
    }

    [Fact]
    public async Task BothStreamsOfAnAttempt_ShareOneCap_AndTheRestIsCounted_OnceHoweverOftenItComes()
    {
        await WriteAsync(LogStream.Stdout, 0, "12345678", cap: 20);
        await WriteAsync(LogStream.Stderr, 0, "abcdefgh", cap: 20);
        Assert.Null(_store.LimitOf(Job, 1));
        await WriteAsync(LogStream.Stdout, 8, "90123456", cap: 20);
        Assert.Equal(new LogLimit(20, 12, 8, 16, 8), _store.LimitOf(Job, 1));
        await WriteAsync(LogStream.Stderr, 8, "ijkl", cap: 20);
        await WriteAsync(LogStream.Stderr, 4, "efghijkl", cap: 20);
        await WriteAsync(LogStream.Stdout, 8, "90123456", cap: 1000);
        Assert.Equal((12L, 8L, 8L), (_store.KeptOf(Job, 1, LogStream.Stdout), _store.KeptOf(Job, 1, LogStream.Stderr), _store.LimitOf(Job, 1)!.Dropped));
        var merged = (await OpenAsync(null)).Text;
        Assert.Equal((20, 8, true), (merged.Length, merged.Dropped, merged.IsCapped));
        Assert.Equal((8, 4), ((await OpenAsync(LogStream.Stderr)).Text.Length, (await OpenAsync(LogStream.Stderr)).Text.Dropped));

        // Said once, behind what is kept of the stream that reached it.
        var files = Directory.GetFiles(_folder, "*.log", SearchOption.AllDirectories).Select(File.ReadAllText).Order(StringComparer.Ordinal);
        Assert.Equal(["123456789012\n[output limit reached; the rest is counted, not kept]\n", "abcdefgh"], files);
    }

    [Fact]
    public async Task WhatAWorkerLeftOut_IsCounted_OnceHoweverOftenItIsSaid()
    {
        await WriteAsync(LogStream.Stdout, 0, "12345678");
        _store.LeftOut(Job, 1, LogStream.Stdout, 108);
        _store.LeftOut(Job, 1, LogStream.Stderr, 11);
        _store.LeftOut(Job, 1, LogStream.Stdout, 108);
        Assert.Equal(new LogLimit(8, 8, 0, 108, 11), _store.LimitOf(Job, 1));
        var text = (await OpenAsync(null)).Text;
        Assert.Equal((8, 111, true), (text.Length, text.Dropped, text.IsCapped));

        // Nothing of it was written at all: the limit is known nevertheless.
        _store.LeftOut(Job, 2, LogStream.Stderr, 5);
        Assert.Equal(5, _store.LimitOf(Job, 2)!.Dropped);
    }

    [Theory]
    [InlineData(null, null, 16 * 1024 * 1024)]
    [InlineData(4L, null, (4 * 1024 * 1024) + (64 * 1024))]
    [InlineData(4L, 100L, (100 * 1024 * 1024) + (64 * 1024))]
    [InlineData(4L, 1024L, (1024L * 1024 * 1024) + (64 * 1024))]
    [InlineData(4L, 5000L, 16 * 1024 * 1024)]
    public void Limit_IsThatOfTheType_AndALittleMoreForItsOwnWords(long? usual, long? saved, long bytes)
    {
        var form = usual is { } most
            ? new FormSchema("w", "W", "", [new SectionSchema("process", "P", "", [new FieldSchema { Name = "max_output_mib", Type = FieldType.Int64 }])], ConfigValues.Empty.With("max_output_mib", new ConfigValue.Int64(most)))
            : FormSchema.Empty;
        using var admin = new AdminHarness();
        admin.Connect().Describe(change: descriptor => descriptor with { WorkerForm = form });
        if (saved is { } value)
        {
            Assert.True(admin.Send(new SaveConfig(Actor.LocalUi, "echo", null, ConfigValues.Empty, ConfigValues.Empty.With("max_output_mib", new ConfigValue.Int64(value)), null, "")).IsAccepted);
        }

        Assert.Equal(bytes, OutputLimit.Of(admin.State.JobTypes["echo"]));
        Assert.Equal(JobLogStore.Cap, OutputLimit.Of(null));
    }

    [Fact]
    public async Task Cap_KeepsTheBeginning_AndSaysSo()
    {
        var block = new string('x', 1023) + "\n";
        var mebibyte = string.Concat(Enumerable.Repeat(block, 1024));
        for (var n = 0; n < 17; n++)
        {
            await WriteAsync(LogStream.Stdout, n * 1024L * 1024, mebibyte);
        }

        var (text, rows) = await OpenAsync(LogStream.Stdout);
        Assert.True(text.IsCapped);
        Assert.Equal(JobLogStore.Cap, text.Length);
        Assert.Equal(16 * 1024, rows.Lines);
    }

    [Fact]
    public async Task ProgressLine_ShowsItsLastVersion_AndWindowsLineEndsAreLineEnds()
    {
        await WriteAsync(LogStream.Stdout, 0, "10 %\r20 %\r30 %\ndone\r\n\rlast\r");
        Assert.Equal(["30 %", "done", "last"], (await RowsAsync(LogStream.Stdout)).Select(Text));
    }

    [Fact]
    public async Task LongLine_GoesOnInTheNextRow_WithoutSplittingALetter()
    {
        await WriteAsync(LogStream.Stdout, 0, "a" + string.Concat(Enumerable.Repeat("ü", 4000)) + "\nnext\n");
        var rows = await RowsAsync(LogStream.Stdout);
        Assert.Equal([(1L, false), (1L, true), (2L, false)], rows.Select(row => (row.Number, row.Continues)));
        Assert.Equal(4001 + 4, rows.Sum(row => Text(row).Length));
        Assert.DoesNotContain('\ufffd', string.Concat(rows.Select(Text)));
    }

    /// <summary>Whatever pieces it came in, and however far in it is read, a row is the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Rows_AreFoundByNumberAndByByte_HoweverTheyCame(int seed)
    {
        var random = new Random(seed);
        var lines = Enumerable.Range(0, 3000).Select(n => $"line {n} {new string('.', random.Next(80))}").ToArray();
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
        var rows = new LogRows();
        LogText? text = null;
        for (var at = 0; at < bytes.Length;)
        {
            var take = Math.Min(bytes.Length - at, random.Next(1, 20_000));
            await _store.AppendAsync(Job, 1, LogStream.Stdout, at, bytes.AsMemory(at, take), default);
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(2000)));
            at += take;
            text = await LogText.OpenAsync(_store, Job, 1, LogStream.Stdout, whole: false, text, default);
            await rows.AdvanceAsync(text, default);
        }

        Assert.Equal(3000, rows.Count);
        Assert.Equal(3000, rows.Lines);
        foreach (var first in (int[])[0, 255, 256, 257, 1999, 2990])
        {
            var read = await rows.ReadAsync(text!, first, 10, default);
            Assert.Equal(lines.Skip(first).Take(10), read.Select(Text));
            Assert.Equal(first + 1, read[0].Number);
            Assert.Equal(first, await rows.FindAsync(text!, read[0].Start + 2, default));
        }
    }

    [Fact]
    public async Task Search_FindsAcrossPiecesInEitherCase_AndStopsAtAThousand()
    {
        await WriteAsync(LogStream.Stdout, 0, "no Err");
        await WriteAsync(LogStream.Stdout, 6, "OR here, eRRor there\n");
        var hits = await LogSearch.FindAsync((await OpenAsync(LogStream.Stdout)).Text, "error", default);
        Assert.Equal([3L, 15L], hits.Offsets.ToArray());
        Assert.False(hits.IsCut);

        await WriteAsync(LogStream.Stderr, 0, string.Concat(Enumerable.Repeat("aa\n", 100_000)));
        hits = await LogSearch.FindAsync((await OpenAsync(LogStream.Stderr)).Text, "a", default);
        Assert.Equal(1000, hits.Offsets.Length);
        Assert.True(hits.IsCut);
        Assert.Equal([0L, 1L, 3L], hits.Offsets.Take(3));
    }

    private Task<bool> WriteAsync(LogStream stream, long offset, string text, long cap = JobLogStore.Cap) =>
        _store.AppendAsync(Job, 1, stream, offset, Encoding.UTF8.GetBytes(text), cap, default);

    private async Task<(LogText Text, LogRows Rows)> OpenAsync(LogStream? stream)
    {
        var text = await LogText.OpenAsync(_store, Job, 1, stream, whole: true, null, default);
        var rows = new LogRows();
        await rows.AdvanceAsync(text, default);
        return (text, rows);
    }

    private async Task<IReadOnlyList<LogRow>> RowsAsync(LogStream? stream)
    {
        var (text, rows) = await OpenAsync(stream);
        return await rows.ReadAsync(text, 0, LogRows.Most, default);
    }

    private static string Text(LogRow row) => Encoding.UTF8.GetString(row.Bytes.AsSpan());
}
