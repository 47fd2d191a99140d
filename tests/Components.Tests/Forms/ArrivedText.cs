using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Tests.Forms;

/// <summary>Text as the script of a large box hands it over.</summary>
internal sealed class ArrivedText(string text) : IJSStreamReference
{
    private readonly byte[] _bytes = System.Text.Encoding.UTF8.GetBytes(text);

    public long Length => _bytes.Length;

    public ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize = 512_000, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<Stream>(new MemoryStream(_bytes));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
