using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.Conformance.Cases;

/// <summary>Values of the wire, briefly.</summary>
internal static class Values
{
    public static ConfigValue Of(long value) => new() { Int64Value = value };

    public static ConfigValue Of(double value) => new() { DoubleValue = value };

    public static ConfigValue Of(string value) => new() { StringValue = value };

    public static ConfigValue Of(bool value) => new() { BoolValue = value };

    public static ConfigValue Of(byte[] value) => new() { BytesValue = ByteString.CopyFrom(value) };

    public static ConfigValue Of(params string[] values) => new() { StringList = new StringList { Values = { values } } };

    public static ConfigValue Of(TimeSpan value) => new() { DurationValue = Duration.FromTimeSpan(value) };

    /// <summary>One value of each of the twelve kinds, and those that are easily lost.</summary>
    public static IReadOnlyList<(string Name, ConfigValue Value)> OfEveryKind { get; } =
    [
        ("bool", Of(true)),
        ("bool_false", Of(false)),
        ("int64_max", Of(long.MaxValue)),
        ("int64_min", Of(long.MinValue)),
        ("int64_beyond_double", Of(9_007_199_254_740_993)),
        ("int64_zero", Of(0L)),
        ("double", Of(0.1)),
        ("double_whole", Of(3.0)),
        ("string", Of("ä \u0001 \U0001F600")),
        ("string_empty", Of("")),
        ("bytes", Of([0, 255, 128, 10])),
        ("duration", new ConfigValue { DurationValue = new Duration { Seconds = -3, Nanos = -500_000_001 } }),
        ("string_list", Of("a", "", "b,c")),
        ("int64_list", new ConfigValue { Int64List = new Int64List { Values = { long.MinValue, 0, long.MaxValue } } }),
        ("double_list", new ConfigValue { DoubleList = new DoubleList { Values = { 1, -0.25, 1e300 } } }),
        ("bool_list", new ConfigValue { BoolList = new BoolList { Values = { true, false } } }),
        ("list", new ConfigValue { ListValue = new ValueList { Values = { Of(1L), Of("two"), new ConfigValue { ListValue = new ValueList() } } } }),
        ("map", new ConfigValue { MapValue = new ValueMap { Fields = { ["deep"] = new ConfigValue { MapValue = new ValueMap { Fields = { ["int64"] = Of(long.MaxValue) } } } } } }),
        ("list_empty", new ConfigValue { StringList = new StringList() }),
    ];
}
