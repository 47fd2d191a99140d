using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace BlazorPluginAdmin.Conformance.Admin;

/// <summary>Looks for fields that a foreign admin does not know, through the bytes of a message at every depth.</summary>
internal static class WireCheck
{
    private const int FirstExtension = 100;

    /// <summary>The path of the first field from 100 on, or of one the protocol does not have; null when there is none.</summary>
    public static string? Stranger(IMessage message) => Stranger(message.ToByteArray(), message.Descriptor, message.Descriptor.Name);

    private static string? Stranger(byte[] bytes, MessageDescriptor descriptor, string path)
    {
        var input = new CodedInputStream(bytes);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            var field = descriptor.FindFieldByNumber(number);
            if (number >= FirstExtension || field is null)
            {
                return FormattableString.Invariant($"{path}.{field?.Name ?? "?"} = {number}");
            }

            if (field.FieldType != FieldType.Message || WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited)
            {
                input.SkipLastField();
            }
            else if (Stranger(input.ReadBytes().ToByteArray(), field.MessageType, $"{path}.{field.Name}") is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
