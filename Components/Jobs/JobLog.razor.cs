using System.Collections.Immutable;
using System.Text;
using System.Threading.Channels;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Jobs;

/// <summary>The end of an attempt's output, as it is written. Pausing holds the picture still and counts what came since.</summary>
public sealed partial class JobLog : LiveComponent
{
    private const int Most = 48 * 1024;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly Channel<bool> _written = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private ImmutableArray<Tail> _tails = [];
    private ImmutableArray<Tail>? _held;
    private LogStream _stream = LogStream.Stdout;
    private Task _reading = Task.CompletedTask;
    private (JobId Job, int Attempt) _of;

    private sealed record Tail(LogStream Stream, string Text, long Skipped, long Length);

    [Parameter]
    [EditorRequired]
    public JobId Job { get; set; }

    [Parameter]
    [EditorRequired]
    public int Attempt { get; set; }

    /// <summary>More may come.</summary>
    [Parameter]
    public bool IsLive { get; set; }

    [Inject]
    private JobLogStore Logs { get; set; } = default!;

    private Tail Shown => Of(_held ?? _tails);

    private int NewLines => _held is null ? 0 : Math.Max(0, Of(_tails).Text.Count(letter => letter == '\n') - Shown.Text.Count(letter => letter == '\n'));

    public override async ValueTask DisposeAsync()
    {
        Logs.Written -= OnWritten;
        _written.Writer.TryComplete();
        await base.DisposeAsync();
        await _reading;
    }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Logs.Written += OnWritten;
        _reading = FollowAsync();
    }

    protected override Task OnParametersSetAsync()
    {
        if (_of == (Job, Attempt))
        {
            return Task.CompletedTask;
        }

        _of = (Job, Attempt);
        _held = null;
        return LoadAsync();
    }

    private static string Name(LogStream stream) => stream == LogStream.Stderr ? "stderr" : "stdout";

    private Tail Of(ImmutableArray<Tail> tails) => tails.FirstOrDefault(tail => tail.Stream == _stream) ?? tails[0];

    private void Choose(LogStream stream) => _stream = stream;

    private void Hold() => _held = _held is null ? _tails : null;

    /// <summary>Called on a worker's stream: only leaves a note.</summary>
    private void OnWritten(JobId job)
    {
        if (job == Job)
        {
            _written.Writer.TryWrite(true);
        }
    }

    private async Task FollowAsync()
    {
        try
        {
            while (await _written.Reader.WaitToReadAsync(Gone))
            {
                _written.Reader.TryRead(out _);
                await InvokeAsync(async () =>
                {
                    await LoadAsync();
                    StateHasChanged();
                });
                await Task.Delay(Pace, Time, Gone);
            }
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }

    private async Task LoadAsync()
    {
        var tails = ImmutableArray.CreateBuilder<Tail>();
        foreach (var stream in (LogStream[])[LogStream.Stdout, LogStream.Stderr])
        {
            if (await Logs.ReadAsync(Job, Attempt, stream, -Most, Most, Gone) is { Length: > 0 } slice)
            {
                // What is left out before it may end in the middle of a letter; the first whole line starts after the next line end.
                var start = slice.Offset == 0 ? 0 : slice.Bytes.IndexOf((byte)'\n') + 1;
                tails.Add(new Tail(stream, Encoding.UTF8.GetString(slice.Bytes.AsSpan(start..)), slice.Offset + start, slice.Length));
            }
        }

        _tails = tails.ToImmutable();
    }
}
