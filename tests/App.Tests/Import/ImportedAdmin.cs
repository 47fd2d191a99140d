using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.App.Hosting;

namespace BlazorPluginAdmin.App.Tests.Import;

/// <summary>An admin on a data directory that something was imported into.</summary>
internal sealed class ImportedAdmin : IAsyncDisposable
{
    private readonly AdminApp _app;
    private readonly HttpClient _http;

    private ImportedAdmin(AdminApp app)
    {
        _app = app;
        _http = new HttpClient { BaseAddress = new Uri($"{app.HttpAddress}/api/plugin/") };
    }

    public static async Task<ImportedAdmin> StartAsync(string folder) => new(await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, DataDir = folder }));

    public async Task<JsonElement> GetAsync(string path) => await _http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    public async Task PutAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PutAsync(new Uri(path, UriKind.Relative), content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }
}
