using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

/// <summary>Values of every kind from a seed, so that a failing case can be repeated.</summary>
internal static class RandomValues
{
    private static readonly long[] Longs = [0, 1, -1, 42, 9_007_199_254_740_993, long.MaxValue, long.MinValue];
    private static readonly double[] Doubles = [0, 1, -1.5, 0.1, 1e300, double.Epsilon, 1.0 / 3, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
    private static readonly string[] Texts = ["", "a", "ü€😀", "{\"int64_value\":1}", "line\nline", "\"quoted\\\"", "0", "null", "\u0001"];

    public static ConfigValues Values(int seed)
    {
        var random = new Random(seed);
        return Fields(random, 4);
    }

    public static ConfigValue Value(int seed) => Value(new Random(seed), 4);

    private static ConfigValue Value(Random random, int depth) => random.Next(depth > 0 ? 13 : 11) switch
    {
        0 => ConfigValue.None.Instance,
        1 => new ConfigValue.Bool(random.Next(2) == 1),
        2 => new ConfigValue.Int64(Long(random)),
        3 => new ConfigValue.Double(Pick(random, Doubles)),
        4 => new ConfigValue.Text(Pick(random, Texts)),
        5 => new ConfigValue.Bytes([.. Bytes(random)]),
        6 => Duration(random),
        7 => new ConfigValue.TextList(List(random, r => Pick(r, Texts))),
        8 => new ConfigValue.Int64List(List(random, Long)),
        9 => new ConfigValue.DoubleList(List(random, r => Pick(r, Doubles))),
        10 => new ConfigValue.BoolList(List(random, r => r.Next(2) == 1)),
        11 => new ConfigValue.List(List(random, r => Value(r, depth - 1))),
        _ => new ConfigValue.Map(Fields(random, depth - 1)),
    };

    private static ConfigValues Fields(Random random, int depth) => ConfigValues.From(Enumerable.Range(0, random.Next(4)).Select(i =>
        KeyValuePair.Create(random.Next(6) == 0 ? "int64_value" : $"key{i}", Value(random, depth))).DistinctBy(pair => pair.Key));

    private static ConfigValue.Duration Duration(Random random)
    {
        var sign = random.Next(4) == 0 ? -1 : 1;
        long seconds = random.Next(3) switch { 0 => 0, 1 => random.Next(100_000), _ => 2_147_483_647L * 5 };
        var nanos = random.Next(4) switch { 0 => 0, 1 => 250_000_000, 2 => 1, _ => random.Next(1_000_000_000) };
        return new ConfigValue.Duration(sign * seconds, sign * nanos);
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(9)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static long Long(Random random) => random.Next(3) == 0 ? random.NextInt64() : Pick(random, Longs);

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];

    private static ImmutableArray<T> List<T>(Random random, Func<Random, T> make) =>
        [.. Enumerable.Range(0, random.Next(4)).Select(_ => make(random))];
}
