namespace BlazorPluginAdmin.App.Rest;

/// <summary>All routes, one resource a file.</summary>
public static class AdminRest
{
    public static void AddAdminRest(this IServiceCollection services)
    {
        services.AddSingleton<Waits>();
        services.AddOpenApi();
    }

    public static void MapAdminRest(this WebApplication app)
    {
        var api = app.MapGroup("/api/plugin");
        StatusApi.Map(api);
        WorkersApi.Map(api);
        JobTypesApi.Map(api);
        DetectionApi.Map(api);
        JobsApi.Map(api);
        ActivitiesApi.Map(api);
        SchedulerApi.Map(api);
        OperationsApi.Map(api);
        OperatorApi.Map(app);
        app.MapOpenApi();
    }
}
