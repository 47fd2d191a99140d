using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// Draws nothing. While it renders, others that ask to be rendered join the same batch; that it was rendered is what the
/// browser acknowledged.
/// </summary>
public sealed class BatchHost : IComponent, IHandleAfterRender, IDisposable
{
    private readonly List<TaskCompletionSource> _sent = [];
    private RenderHandle _handle;

    [Inject]
    private RenderBatch Batch { get; set; } = default!;

    public void Attach(RenderHandle renderHandle) => _handle = renderHandle;

    public Task SetParametersAsync(ParameterView parameters)
    {
        Batch.Attach(this);
        return Task.CompletedTask;
    }

    public Task OnAfterRenderAsync()
    {
        foreach (var drawn in _sent)
        {
            drawn.SetResult();
        }

        _sent.Clear();
        return Task.CompletedTask;
    }

    public void Dispose() => Batch.Detach(this);

    internal Task RunAsync(Action renders)
    {
        var drawn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handle.Render(_ =>
        {
            renders();
            _sent.Add(drawn);
        });
        return drawn.Task;
    }

    internal void Post(Action action) => _ = _handle.Dispatcher.InvokeAsync(action);
}
