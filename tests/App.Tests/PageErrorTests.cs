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

/// <summary>A page that there is none of.</summary>
public sealed class NotFoundTests(RunningAdmin admin) : IClassFixture<RunningAdmin>
{
    [Theory]
    [InlineData("/no/such/page")]
    [InlineData("/not-found")]
    public async Task Address_WithoutAPage_IsSaidInPlainHtml(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.ParseAdd("text/html");
        request.Headers.Add("Cookie", "theme=dark");
        using var response = await admin.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Contains("<h1>Not found</h1>", text, StringComparison.Ordinal);
        Assert.Contains("data-theme=\"dark\"", text, StringComparison.Ordinal);
        Assert.Contains("href=\"workers\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
    }

    /// <summary>Programs that do not ask for a page get a bare status.</summary>
    [Fact]
    public async Task File_ThatIsNotThere_IsABareStatus()
    {
        using var response = await admin.Http.GetAsync(new Uri("/css/none.css", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsStringAsync());
    }
}
