using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Observations;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Objects that workers have seen, and rows of them.</summary>
public static class ObservationsApi
{
    public sealed record PreviewBody(ImmutableArray<string?>? ObjectId, string? Format, int? RowLimit);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/observations", (IObservations observations, string? format) => WireJson.Json(observations.Newest.Current.Value.Of(format).Select(ApiObjects.Observation)));
        api.MapPost("/observations/preview", async (IObservations observations, Caller caller, HttpRequest request, CancellationToken cancellationToken) =>
        {
            var (body, problem) = await Bodies.ReadAsync<PreviewBody>(request, cancellationToken);
            if (problem is not null)
            {
                return problem;
            }

            if (body?.ObjectId is not { IsDefaultOrEmpty: false } id || string.IsNullOrEmpty(body.Format))
            {
                return WireJson.Error(StatusCodes.Status400BadRequest, "object_id and format are required");
            }

            return Replies.From(
                await observations.PreviewAsync(caller.By, [.. id.Select(part => part ?? "")], body.Format, body.RowLimit ?? 0, cancellationToken),
                preview => WireJson.Json(new { object_id = id, format = body.Format, columns = preview.Columns, rows = preview.Rows, total_rows = preview.TotalRows }));
        });
    }
}
