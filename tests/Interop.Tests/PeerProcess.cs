using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>A program in another language. It is ended with this object, and its output belongs to every failure.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    /// <summary>Far beyond what a case takes; keeps a broken peer from holding everyone up.</summary>
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PeerProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data, isOutput: true);
        _process.ErrorDataReceived += (_, line) => Take(line.Data, isOutput: false);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where this test project's sources are.</summary>
    public static string ProjectFolder { get; } =
        typeof(PeerProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ProjectFolder").Value!;

    public static PeerProcess JavaScript(string script, params string[] arguments)
    {
        var folder = Path.Combine(ProjectFolder, "Peers", "node");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"the Node packages are missing: npm ci --prefix {folder}");
        return Start("node", [Path.Combine(folder, script), .. arguments]);
    }

    /// <summary>Debian's own Python: another one on the PATH does not see Debian's packages.</summary>
    public static PeerProcess Python(string messages, string script, params string[] arguments) =>
        Start("/usr/bin/python3", [Path.Combine(ProjectFolder, "Peers", "python", script), .. arguments], ("PYTHONPATH", messages), ("PYTHONDONTWRITEBYTECODE", "1"));

    public static PeerProcess Start(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new PeerProcess(start);
    }

    /// <summary>Waits for the end, which must be a success.</summary>
    /// <param name="limit">For a peer with many cases; a minute when left out.</param>
    public async Task SucceedAsync(TimeSpan? limit = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit ?? HangLimit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{this} hangs");
        }

        Assert.True(_process.ExitCode == 0, $"{this} failed with exit code {_process.ExitCode}");
    }

    /// <summary>The first line the program says: a server says its address.</summary>
    public async Task<string> FirstLineAsync()
    {
        try
        {
            return await _firstLine.Task.WaitAsync(HangLimit, TimeProvider.System);
        }
        catch (Exception exception) when (exception is TimeoutException or EndOfStreamException)
        {
            Assert.Fail($"{this} says nothing");
            throw;
        }
    }

    public override string ToString()
    {
        lock (_output)
        {
            return $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}\n{_output}\n";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line, bool isOutput)
    {
        if (line is null)
        {
            _ = isOutput && _firstLine.TrySetException(new EndOfStreamException());
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        _ = isOutput && _firstLine.TrySetResult(line);
    }
}
