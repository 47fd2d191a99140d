using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BlazorPluginAdmin.Conformance.Kit;

namespace BlazorPluginAdmin.Conformance.Admin;

/// <summary>
/// Stands between worker and admin and knows HTTP/2 just well enough: it can hold back what the admin says, and count or forbid pings.
/// One frame is passed on at a time, so that a frame of its own never lands inside another.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private const int HeaderLength = 9;
    private const int PrefaceLength = 24;
    private const int LongestFrame = 1 << 24;
    private const byte DataFrame = 0x0;
    private const byte HeadersFrame = 0x1;
    private const byte PingFrame = 0x6;
    private const byte AckFlag = 0x1;
    private const int EnhanceYourCalm = 0xB;
    private const int MostStrikes = 2;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly int _target;
    private readonly CaseClock _clock;
    private readonly List<TimeSpan> _pings = [];
    private readonly Lock _gate = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _frozen;
    private bool _adminSpoke;
    private TimeSpan _spokeAt;
    private int _strikes;

    public Relay(int target, CaseClock clock)
    {
        (_target, _clock) = (target, clock);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"grpc://127.0.0.1:{Port}");

    /// <summary>Shortest time between two pings, as grpc-go's enforcement policy counts: the third strike ends the connection. Zero: anything goes.</summary>
    public TimeSpan ShortestPause { get; init; }

    /// <summary>How often each ping is counted that comes while nothing is said; those beside data only measure the way.</summary>
    public int Times { get; init; } = 1;

    /// <summary>When the worker's pings came; answers to the admin's are none.</summary>
    public IReadOnlyList<TimeSpan> Pings
    {
        get
        {
            lock (_gate)
            {
                return [.. _pings];
            }
        }
    }

    public bool HasEndedForPings { get; private set; }

    /// <summary>Nothing of the admin comes through any more, its transport's answers included; the connection stays.</summary>
    public void Freeze() => _frozen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        Interlocked.Exchange(ref _frozen, null)?.TrySetResult();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _ended.Dispose();
    }

    private bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _spokeAt > TimeSpan.Zero && _clock.Now - _spokeAt > ShortestPause / 2;
            }
        }
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_ended.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient worker)
    {
        using var admin = new TcpClient { NoDelay = true };
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        using (worker)
        {
            worker.NoDelay = true;
            try
            {
                await admin.ConnectAsync(IPAddress.Loopback, _target, ended.Token);
                var (near, far) = (worker.GetStream(), admin.GetStream());
                var preface = new byte[PrefaceLength];
                await near.ReadExactlyAsync(preface, ended.Token);
                await far.WriteAsync(preface, ended.Token);
                using var writing = new SemaphoreSlim(1);
                await Task.WhenAny(FromWorkerAsync(near, far, writing, ended.Token), FromAdminAsync(far, near, writing, ended.Token));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // One of the two has gone; the other one is told by the close.
            }

            await ended.CancelAsync();
        }
    }

    private async Task FromWorkerAsync(NetworkStream worker, NetworkStream admin, SemaphoreSlim writing, CancellationToken ended)
    {
        try
        {
            while (await FrameAsync(worker, ended) is { } frame)
            {
                if (frame[3] == PingFrame && (frame[4] & AckFlag) == 0 && Enumerable.Range(0, IsIdle ? Times : 1).Any(_ => IsOnePingTooMany()))
                {
                    await GoAwayAsync(worker, writing, ended);
                    return;
                }

                await admin.WriteAsync(frame, ended);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // As above.
        }
    }

    private async Task FromAdminAsync(NetworkStream admin, NetworkStream worker, SemaphoreSlim writing, CancellationToken ended)
    {
        try
        {
            while (await FrameAsync(admin, ended) is { } frame)
            {
                if (_frozen is { } frozen)
                {
                    await frozen.Task.WaitAsync(ended);
                }

                if (frame[3] is DataFrame or HeadersFrame)
                {
                    lock (_gate)
                    {
                        (_adminSpoke, _spokeAt) = (true, _clock.Now);
                    }
                }

                await writing.WaitAsync(ended);
                await worker.WriteAsync(frame, ended);
                writing.Release();
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // As above.
        }
    }

    /// <summary>A header of nine bytes and its payload; null at the end.</summary>
    private static async Task<byte[]?> FrameAsync(NetworkStream from, CancellationToken ended)
    {
        var header = new byte[HeaderLength];
        if (await from.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, ended) < HeaderLength)
        {
            return null;
        }

        var length = (header[0] << 16) | (header[1] << 8) | header[2];
        if (length >= LongestFrame)
        {
            throw new IOException("a frame that is none");
        }

        var frame = new byte[HeaderLength + length];
        header.CopyTo(frame, 0);
        await from.ReadExactlyAsync(frame.AsMemory(HeaderLength), ended);
        return frame;
    }

    /// <summary>As grpc-go: data or headers from the admin forgive all strikes, and the ping after them.</summary>
    private bool IsOnePingTooMany()
    {
        lock (_gate)
        {
            var (now, last) = (_clock.Now, _pings.Count > 0 ? _pings[^1] : TimeSpan.MinValue);
            _pings.Add(now);
            if (_adminSpoke)
            {
                (_adminSpoke, _strikes) = (false, 0);
                return false;
            }

            if (last != TimeSpan.MinValue && now - last < ShortestPause)
            {
                HasEndedForPings = ++_strikes > MostStrikes;
            }

            return HasEndedForPings;
        }
    }

    private static async Task GoAwayAsync(NetworkStream worker, SemaphoreSlim writing, CancellationToken ended)
    {
        var text = "too_many_pings"u8;
        var frame = new byte[HeaderLength + 8 + text.Length];
        frame[2] = (byte)(8 + text.Length);
        frame[3] = 0x7;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(HeaderLength), int.MaxValue);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(HeaderLength + 4), EnhanceYourCalm);
        text.CopyTo(frame.AsSpan(HeaderLength + 8));
        await writing.WaitAsync(ended);
        await worker.WriteAsync(frame, ended);
        writing.Release();
    }
}
