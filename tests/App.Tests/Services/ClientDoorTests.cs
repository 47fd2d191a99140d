using System.Net;
using BlazorPluginAdmin.App.Hosting;
using Microsoft.AspNetCore.Http;

namespace BlazorPluginAdmin.App.Tests.Services;

/// <summary>Who may be a worker may not for that reason submit what runs on others.</summary>
public sealed class ClientDoorTests
{
    [Theory]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("::1", false, true)]
    [InlineData("::ffff:127.0.0.1", false, true)]
    [InlineData("10.0.0.7", false, false)]
    [InlineData("::ffff:10.0.0.7", false, false)]
    [InlineData("2001:db8::7", false, false)]
    [InlineData("10.0.0.7", true, true)]
    public async Task Clients_ComeFromThisMachine_WorkersFromWhereTheyMay(string peer, bool isForWorkers, bool passes)
    {
        var passed = false;
        var http = new DefaultHttpContext();
        http.Request.Protocol = "HTTP/2";
        http.Request.ContentType = "application/grpc";
        http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        http.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new WorkerDoor(isForWorkers)), null));
        http.Features.Set<Microsoft.AspNetCore.Http.Features.IHttpResponseTrailersFeature>(new Trailers());
        await WorkerDoor.CheckAsync(http, _ =>
        {
            passed = true;
            return Task.CompletedTask;
        });
        Assert.Equal(passes, passed);
        Assert.Equal(passes ? "" : "7", http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseTrailersFeature>()!.Trailers["grpc-status"].ToString());
    }

    private sealed class Trailers : Microsoft.AspNetCore.Http.Features.IHttpResponseTrailersFeature
    {
        IHeaderDictionary Microsoft.AspNetCore.Http.Features.IHttpResponseTrailersFeature.Trailers { get; set; } = new HeaderDictionary();
    }
}
