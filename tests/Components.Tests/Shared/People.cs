using System.Security.Claims;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Security;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Shared;

/// <summary>Who looks at a page under test.</summary>
internal static class People
{
    public static void AddWho(this IServiceCollection services, Role role)
    {
        services.AddSingleton<AuthenticationStateProvider>(new Known(Principals.Of(role, "test")));
        services.AddScoped(provider =>
        {
            var who = new Who(provider.GetRequiredService<AuthenticationStateProvider>());
            Assert.True(who.LearnAsync().IsCompletedSuccessfully);
            return who;
        });
    }

    /// <summary>From now on the same circuit is somebody else's.</summary>
    public static void Become(this IServiceProvider services, Role role) => ((Known)services.GetRequiredService<AuthenticationStateProvider>()).Become(Principals.Of(role, "test"));

    private sealed class Known(ClaimsPrincipal person) : AuthenticationStateProvider
    {
        private ClaimsPrincipal _person = person;

        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(_person));

        public void Become(ClaimsPrincipal person)
        {
            _person = person;
            NotifyAuthenticationStateChanged(GetAuthenticationStateAsync());
        }
    }
}
