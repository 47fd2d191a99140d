using Google.Protobuf;

namespace BlazorPluginAdmin.Cli.Output;

/// <summary>Answers for scripts: one object a line, the names of the contract, every field there.</summary>
internal static class JsonLines
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithFormatDefaultValues(true));

    public static void Json(this TextWriter writer, IMessage message) => writer.WriteLine(Formatter.Format(message));
}
