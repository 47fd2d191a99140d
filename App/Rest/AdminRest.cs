using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>All routes, one resource a file.</summary>
public static class AdminRest
{
    public static void AddAdminRest(this IServiceCollection services)
    {
        services.AddSingleton<Waits>();
        services.AddSingleton<JobAnswers>();
        services.AddScoped<Caller>();
        services.AddOpenApi(api => api.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "BlazorPluginAdmin";
            document.Info.Version = "1";
            return Task.CompletedTask;
        }));
    }

    public static void MapAdminRest(this WebApplication app)
    {
        var api = app.MapGroup("/api/plugin").AddEndpointFilter(LookAsync).AddEndpointFilter(CheckNameAsync).AddEndpointFilter(CheckFlagsAsync);
        StatusApi.Map(api);
        WorkersApi.Map(api);
        JobTypesApi.Map(api);
        DispatchApi.Map(api);
        ConfigApi.Map(api);
        DetectionApi.Map(api);
        JobsApi.Map(api);
        SubmitApi.Map(api);
        GroupsApi.Map(api);
        SchedulesApi.Map(api);
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

    /// <summary>Whoever may do nothing but look is told so before anything of the request is read; of all others each act asks for itself.</summary>
    private static ValueTask<object?> LookAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var method = call.HttpContext.Request.Method;
        return HttpMethods.IsGet(method) || call.HttpContext.RequestServices.GetRequiredService<Caller>().By.Role is { Permissions.IsEmpty: false }
            ? next(call)
            : ValueTask.FromResult<object?>(Replies.From(new Refusal(RefusalCode.PermissionDenied, $"this address is for looking, it takes no {method}. Nothing was changed; use the admin's own address, or ask somebody who may")));
    }

    /// <summary>What is neither yes nor no would be taken for no, and <c>dry_run=yes</c> would act.</summary>
    private static ValueTask<object?> CheckFlagsAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next) =>
        Queries.Flags.FirstOrDefault(flag => !Queries.IsFlag(call.HttpContext.Request.Query[flag])) is { } odd
            ? ValueTask.FromResult<object?>(WireJson.Error(StatusCodes.Status400BadRequest, $"{odd} is true or false, or 1 or 0"))
            : next(call);

    private static ValueTask<object?> CheckNameAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next) =>
        call.HttpContext.GetRouteValue("type") is string type && !WireLimits.IsName(type, WireLimits.JobType)
            ? ValueTask.FromResult<object?>(WireJson.Error(StatusCodes.Status400BadRequest, $"job type: {WireLimits.NameRule}"))
            : next(call);
}
