using Microsoft.Playwright;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>
/// A slow line: once a text is drawn, what one of the two says next arrives only when the test lets go. What the browser says: a
/// person can be quicker than that. What the admin says: the page shows what it shows meanwhile.
/// </summary>
internal sealed class SlowLine(byte[] drawn, bool holdsAdmin)
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _held = [];
    private bool _holds;
    private bool _letGo;

    /// <summary>To be called before the page is opened.</summary>
    public Task StartAsync(IPage page) => page.RouteWebSocketAsync("**/_blazor**", browser =>
    {
        var admin = browser.ConnectToServer();
        admin.OnMessage(frame =>
        {
            var isDrawn = frame.Binary is { } bytes && bytes.AsSpan().IndexOf(drawn) >= 0;
            Do(() => Pass(browser, frame), isHeld: holdsAdmin && !IsPing(frame), holds: isDrawn);
        });
        browser.OnMessage(frame => Do(() => Pass(admin, frame), isHeld: !holdsAdmin && !IsPing(frame), holds: false));
    });

    public void LetGo()
    {
        lock (_lock)
        {
            (_holds, _letGo) = (false, true);
            while (_held.TryDequeue(out var pass))
            {
                pass();
            }
        }
    }

    /// <summary>A slow line is no dead one: who hears no ping for half a minute gives it up. A ping is its length, 2, and the array [6].</summary>
    private static bool IsPing(IWebSocketFrame frame) => frame.Binary is [2, 0x91, 6];

    private void Do(Action pass, bool isHeld, bool holds)
    {
        lock (_lock)
        {
            if (_holds && isHeld)
            {
                _held.Enqueue(pass);
                return;
            }

            _holds |= holds && !_letGo;
            pass();
        }
    }

    private static void Pass(IWebSocketRoute to, IWebSocketFrame frame)
    {
        if (frame.Binary is { } bytes)
        {
            to.Send(bytes);
        }
        else
        {
            to.Send(frame.Text!);
        }
    }
}
