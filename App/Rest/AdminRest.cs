using BlazorPluginAdmin.App.Gateway;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>All routes, one resource a file.</summary>
public static class AdminRest
{
    public static void AddAdminRest(this IServiceCollection services)
    {
        services.AddSingleton<Waits>();
        services.AddOpenApi(api => api.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "BlazorPluginAdmin";
            document.Info.Version = "1";
            return Task.CompletedTask;
        }));
    }

    public static void MapAdminRest(this WebApplication app)
    {
        var api = app.MapGroup("/api/plugin").AddEndpointFilter(CheckNameAsync);
        StatusApi.Map(api);
        WorkersApi.Map(api);
        JobTypesApi.Map(api);
        DispatchApi.Map(api);
        ConfigApi.Map(api);
        DetectionApi.Map(api);
        JobsApi.Map(api);
        SubmitApi.Map(api);
        GroupsApi.Map(api);
        JobLogApi.Map(api);
        JobWatchApi.Map(api);
        ActivitiesApi.Map(api);
        ObservationsApi.Map(api);
        SchedulerApi.Map(api);
        LanesApi.Map(api);
        RetentionApi.Map(api);
        BackupsApi.Map(api);
        OperationsApi.Map(api);
        BulkApi.Map(api);
        OperatorApi.Map(app);
        app.MapOpenApi();
    }

    private static ValueTask<object?> CheckNameAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next) =>
        call.HttpContext.GetRouteValue("type") is string type && !WireLimits.IsName(type, WireLimits.JobType)
            ? ValueTask.FromResult<object?>(WireJson.Error(StatusCodes.Status400BadRequest, $"job type: {WireLimits.NameRule}"))
            : next(call);
}
