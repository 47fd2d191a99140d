using System.Text;
using System.Text.Json;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>A list as a file, written while it is read: no list is too long for the memory.</summary>
public static class ListExport
{
    /// <summary>Null: it is one of those there are; left out it is csv.</summary>
    public static IResult? Problem(string? format) => format is null or "" or "csv" or "json" ? null : WireJson.Error(StatusCodes.Status400BadRequest, "format is csv or json; left out it is csv");

    /// <param name="name">Of the file, without its ending.</param>
    /// <param name="columns">Of the table.</param>
    /// <param name="toObject">What the API says of one.</param>
    public static IResult Of<T>(string name, bool json, IAsyncEnumerable<T> items, (string Name, Func<T, object?> Value)[] columns, Func<T, object> toObject) => json
        ? Results.Stream(stream => WriteJsonAsync(stream, items, toObject), "application/json", $"{name}.json")
        : Results.Stream(stream => WriteCsvAsync(stream, items, columns), "text/csv; charset=utf-8", $"{name}.csv");

    private static async Task WriteCsvAsync<T>(Stream stream, IAsyncEnumerable<T> items, (string Name, Func<T, object?> Value)[] columns)
    {
        await using var writer = WriterOf(stream);
        await writer.WriteAsync(string.Join(',', columns.Select(column => column.Name)) + "\r\n");
        await foreach (var item in items)
        {
            await writer.WriteAsync(string.Join(',', columns.Select(column => Csv.Cell(column.Value(item)))) + "\r\n");
        }
    }

    private static async Task WriteJsonAsync<T>(Stream stream, IAsyncEnumerable<T> items, Func<T, object> toObject)
    {
        await using var writer = WriterOf(stream);
        var between = "[\n";
        await foreach (var item in items)
        {
            await writer.WriteAsync(between + JsonSerializer.Serialize(toObject(item), WireJson.Options));
            between = ",\n";
        }

        await writer.WriteAsync(between == "[\n" ? "[]\n" : "\n]\n");
    }

    private static StreamWriter WriterOf(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
}
