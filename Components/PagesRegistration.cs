using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace BlazorPluginAdmin.Components;

/// <summary>Everything the pages need of the host.</summary>
public static class PagesRegistration
{
    public static IServiceCollection AddAdminPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        return services;
    }
}
