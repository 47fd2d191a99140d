using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>
/// A program in another language that plays many workers: commands go to it and events come from it, one JSON object a
/// line. What it complains of belongs to every failure.
/// </summary>
public sealed class PeerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private readonly StringBuilder _complaints = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _commands = new();
    private readonly ConcurrentDictionary<string, Action<JsonElement>> _workers = new();
    private readonly SemaphoreSlim _writing = new(1);
    private long _last;

    public PeerProcess(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Complain(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _reading = ReadAsync();
    }

    /// <summary>From here on the events of this worker go there.</summary>
    public void Listen(string worker, Action<JsonElement> events) => _workers[worker] = events;

    /// <summary>Completes when the program has obeyed.</summary>
    public async Task DoAsync(string what, string worker, JsonObject? command = null)
    {
        var number = Interlocked.Increment(ref _last);
        var done = _commands[number] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var line = command ?? [];
        (line["n"], line["do"], line["worker"]) = (number, what, worker);
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(line.ToJsonString());
            await _process.StandardInput.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }

        await done.Task.InTimeAsync($"'{what}' of {worker}; {_process.StartInfo.FileName} says: {Complaints}");
    }

    /// <summary>SIGKILL: all its workers are gone.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return _process.WaitForExitAsync().InTimeAsync("the end of the killed program");
    }

    public async ValueTask DisposeAsync()
    {
        // It ends with its standard input; a broken one is ended.
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await _reading;
        _process.Dispose();
        _writing.Dispose();
    }

    private string Complaints
    {
        get
        {
            lock (_complaints)
            {
                return _complaints.ToString();
            }
        }
    }

    private void Complain(string? line)
    {
        lock (_complaints)
        {
            _complaints.AppendLine(line);
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var happened = document.RootElement.Clone();
            if (happened.TryGetProperty("done", out var number))
            {
                Settle(number.GetInt64(), happened.TryGetProperty("error", out var error) ? error.GetString() : null);
            }
            else if (_workers.TryGetValue(happened.GetProperty("worker").GetString()!, out var events))
            {
                events(happened);
            }
        }

        foreach (var number in _commands.Keys)
        {
            Settle(number, $"the program has ended: {Complaints}");
        }
    }

    private void Settle(long number, string? error)
    {
        if (_commands.TryRemove(number, out var done))
        {
            _ = error is null ? done.TrySetResult() : done.TrySetException(new InvalidOperationException(error));
        }
    }
}
