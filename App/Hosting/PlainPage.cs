using System.Net;
using BlazorPluginAdmin.Components.Shared;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>A page in plain HTML, for when there is no circuit to draw one: no script, our style sheets, the theme of the browser's cookie.</summary>
public static class PlainPage
{
    /// <param name="title">Of the page and its heading.</param>
    /// <param name="body">Markup of ours, what came from outside encoded in it.</param>
    public static Task WriteAsync(HttpContext http, int status, string title, string heading, string body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        var viewer = ViewerSettings.Read(http.Request.Headers.Cookie.ToString());
        return http.Response.WriteAsync(
            $"""
            <!DOCTYPE html>
            <html lang="en" data-theme="{ViewerSettings.Name(viewer.Theme)}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><base href="{Root(http)}"><title>{title} · Plugin Admin</title>
            <link rel="icon" type="image/svg+xml" href="favicon.svg"><link rel="stylesheet" href="css/tokens.css"><link rel="stylesheet" href="css/site.css"></head>
            <body><main class="main plain"><h1>{heading}</h1>
            {body}</main></body>
            </html>
            """,
            http.RequestAborted);
    }

    /// <summary>Where the overview is, below whatever path a proxy shows us at.</summary>
    public static string Root(HttpContext http) => WebUtility.HtmlEncode($"{http.Request.PathBase}/");
}
