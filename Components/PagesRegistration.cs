using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Schedules;
using BlazorPluginAdmin.Components.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components;

/// <summary>Everything the pages need of the host.</summary>
public static class PagesRegistration
{
    /// <summary>The host also registers a <c>Func&lt;ShellOptions&gt;</c>: what the frame of every page says about this admin.</summary>
    public static IServiceCollection AddAdminPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(options =>
        {
            options.DisconnectedCircuitMaxRetained = 100;
            options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
        }).AddHubOptions(hub => hub.MaximumReceiveMessageSize = 64 * 1024);
        services.AddHttpContextAccessor();
        services.AddLive();
        services.AddScoped<Toasts>();
        services.AddScoped<DraftStore>();
        services.AddScoped<Unsaved>();
        services.AddScoped<ScheduleDraft>();
        return services;
    }

    /// <summary>What pages need to be alive, besides the admin and a clock.</summary>
    public static IServiceCollection AddLive(this IServiceCollection services) => services
        .AddScoped<RenderBatch>()
        .AddScoped<Attention>()
        .AddScoped<Announcer>()
        .AddScoped<CircuitFeeds>()
        .AddScoped<ListedJobs>()
        .AddScoped<Viewer>()
        .AddScoped<Who>()
        .AddScoped<CircuitClock>();

    /// <summary>Maps the pages.</summary>
    public static void MapAdminPages(this IEndpointRouteBuilder endpoints) => endpoints
        .MapRazorComponents<Root>()
        .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = "'none'");
}
