using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>A page that cannot be made.</summary>
public sealed class PageErrorTests : RunningAdmin
{
    protected override void Configure(IServiceCollection services) => services.AddSingleton<IHttpContextAccessor, Broken>();

    [Fact]
    public async Task Page_ThatFails_IsPlainHtml_WithoutTheException()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/jobs", UriKind.Relative));
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.InternalServerError, "text/html"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Contains("<h1>Something went wrong here</h1>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("kept in the log", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
    }

    private sealed class Broken : IHttpContextAccessor
    {
        public HttpContext? HttpContext
        {
            get => throw new InvalidOperationException("kept in the log");
            set { }
        }
    }
}
