using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Messages with every field set, and the same with one field less.</summary>
internal static class Samples
{
    /// <summary>Every field set to something that is not its default; of a oneof the given or the first member.</summary>
    public static T Full<T>(string oneof = "")
        where T : IMessage<T>, new() => (T)Full(new T(), oneof, 0);

    /// <summary>For each field at any depth, by path: the message without it.</summary>
    public static IEnumerable<(string Path, T Message)> WithoutEach<T>(T full)
        where T : IMessage<T>
    {
        foreach (var steps in Paths(full))
        {
            var clone = ((IDeepCloneable<T>)full).Clone();
            IMessage holder = clone;
            foreach (var field in steps.SkipLast(1))
            {
                holder = First(field.Accessor.GetValue(holder))!;
            }

            steps[^1].Accessor.Clear(holder);
            yield return (string.Join('.', steps.Select(field => field.Name)), clone);
        }
    }

    private static IEnumerable<FieldDescriptor[]> Paths(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (value is null || (field.ContainingOneof is not null && field.ContainingOneof.Accessor.GetCaseFieldDescriptor(message) != field))
            {
                continue;
            }

            yield return [field];
            if (First(value) is { } inner and not (Timestamp or Duration or Wire.ConfigValue))
            {
                foreach (var deeper in Paths(inner))
                {
                    yield return [field, .. deeper];
                }
            }
        }
    }

    /// <summary>The message itself, or the first of a list or map of messages.</summary>
    private static IMessage? First(object? value) => value switch
    {
        IMessage message => message,
        IDictionary map => map.Values.OfType<IMessage>().FirstOrDefault(),
        IList list => list.OfType<IMessage>().FirstOrDefault(),
        _ => null,
    };

    private static IMessage Full(IMessage message, string oneof, int depth)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var chosen = field.ContainingOneof is null || field.Name == oneof || (oneof.Length == 0 && field == field.ContainingOneof.Fields[0]);
            if (!chosen)
            {
                continue;
            }

            if (field.IsMap)
            {
                var value = field.MessageType.FindFieldByNumber(2);
                ((IDictionary)field.Accessor.GetValue(message))["key"] = Value(value, depth);
            }
            else if (field.IsRepeated)
            {
                ((IList)field.Accessor.GetValue(message)).Add(Value(field, depth));
            }
            else
            {
                field.Accessor.SetValue(message, Value(field, depth));
            }
        }

        return message;
    }

    private static object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Bool => true,
        FieldType.Int32 => 7,
        FieldType.UInt32 => 7u,
        FieldType.Int64 => 7L,
        FieldType.Double => 7.5,
        FieldType.String => $"a-{field.Name}",
        FieldType.Bytes => ByteString.CopyFromUtf8(field.Name),
        FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, field.EnumType.FindValueByNumber(3) is null ? 1 : 3),
        FieldType.Message when field.MessageType == Timestamp.Descriptor => new Timestamp { Seconds = 1_700_000_000, Nanos = 700 },
        FieldType.Message when field.MessageType == Duration.Descriptor => new Duration { Seconds = 7, Nanos = 7 },
        FieldType.Message when field.MessageType == Wire.ConfigValue.Descriptor => new Wire.ConfigValue { StringValue = "v" },
        FieldType.Message => Full((IMessage)Activator.CreateInstance(field.MessageType.ClrType)!, "", depth + 1),
        _ => throw new NotSupportedException(field.FullName),
    };
}
