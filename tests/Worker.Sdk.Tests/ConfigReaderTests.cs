using System.Globalization;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Wire;
using ProtoDuration = Google.Protobuf.WellKnownTypes.Duration;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>Whatever is stored: a value or the default with a warning, never an exception.</summary>
public sealed class ConfigReaderTests
{
    public static TheoryData<ConfigValue> NoDurations =>
    [
        new ConfigValue { Int64Value = long.MaxValue },
        new ConfigValue { Int64Value = long.MinValue },
        new ConfigValue { DoubleValue = double.NaN },
        new ConfigValue { DoubleValue = double.PositiveInfinity },
        new ConfigValue { DoubleValue = -1e300 },
        new ConfigValue { StringValue = "1e300" },
        new ConfigValue { StringValue = "NaN" },
        new ConfigValue { StringValue = "99999999999999d" },
        new ConfigValue { StringValue = "9999999d9999999d" },
        new ConfigValue { DurationValue = new ProtoDuration { Seconds = long.MinValue } },
        new ConfigValue { DurationValue = new ProtoDuration { Seconds = long.MaxValue, Nanos = 999_999_999 } },
    ];

    [Theory]
    [MemberData(nameof(NoDurations))]
    public void DurationThatIsNone_IsTheDefault(ConfigValue value)
    {
        var reader = new ConfigReader(new Dictionary<string, ConfigValue> { ["span"] = value });
        Assert.Equal(TimeSpan.FromSeconds(7), reader.Duration("span", TimeSpan.FromSeconds(7)));
        Assert.Single(reader.Warnings);
    }

    /// <summary>As the admin shows them: what a descriptor says beside its form goes over what the form says.</summary>
    [Fact]
    public void WorkerDefaults_OfTheDescriptor_AreOverThoseOfItsForm()
    {
        var descriptor = new DescriptorBuilder("t", "T").Worker(form => form.Section("s", "S", "", fields =>
        {
            fields.Integer("n", "N", "", 1);
            fields.Integer("m", "M", "", 2);
        })).Build();
        descriptor.WorkerDefaultValues["n"] = new ConfigValue { Int64Value = 7 };
        descriptor.WorkerDefaultValues.Remove("m");
        var none = new Dictionary<string, ConfigValue>();
        var reader = ConfigReader.Saved(descriptor, none, none);
        Assert.Equal((7, 2), (reader.Int64("n"), reader.Int64("m")));
        reader = ConfigReader.Saved(descriptor, new Dictionary<string, ConfigValue> { ["n"] = new ConfigValue { Int64Value = 9 } }, none);
        Assert.Equal(9, reader.Int64("n"));
    }

    [Fact]
    public void Warnings_AreKeptOncePerText_AndNotWithoutEnd()
    {
        var reader = new ConfigReader(Enumerable.Range(0, 150).ToDictionary(n => $"n{n}", _ => new ConfigValue { BoolValue = true }));
        for (var n = 0; n < 300; n++)
        {
            _ = reader.Int64($"n{n / 2}");
        }

        Assert.Equal(100, reader.Warnings.Count);
        Assert.Equal(100, reader.Warnings.Distinct().Count());
    }

    [Theory]
    [InlineData("1h30m", 5400)]
    [InlineData("250ms", 0.25)]
    [InlineData("-5", -5)]
    public void Duration_IsRead(string text, double seconds) =>
        Assert.Equal(seconds, new ConfigReader(new Dictionary<string, ConfigValue> { ["span"] = new ConfigValue { StringValue = text } }).Duration("span").TotalSeconds);

    [Theory]
    [InlineData(1L << 53, 9007199254740992)]
    [InlineData((1L << 53) + 1, -1)]
    [InlineData(long.MaxValue, -1)]
    [InlineData(long.MinValue, -9223372036854775808.0)]
    public void Integer_IsADouble_OnlyWhenNothingIsLost(long stored, double read) =>
        Assert.Equal(read, new ConfigReader(new Dictionary<string, ConfigValue> { ["n"] = new ConfigValue { Int64Value = stored } }).Double("n", -1));

    /// <summary>The table of all SDKs: what each kind of value is to each getter; one that is not named finds no use for it.</summary>
    [Fact]
    public void Values_AreCoerced_AsTheTableOfAllSdksSays()
    {
        (string Name, Func<ConfigReader, JsonNode> Read)[] getters =
        [
            ("text", reader => reader.Text("v")),
            ("int64", reader => reader.Int64("v").ToString(CultureInfo.InvariantCulture)),
            ("double", reader => reader.Double("v")),
            ("bool", reader => reader.Bool("v")),
            ("bytes", reader => Convert.ToBase64String(reader.Bytes("v"))),
            ("duration", reader => reader.Duration("v").TotalSeconds),
            ("texts", reader => new JsonArray([.. reader.Texts("v").Select(text => JsonValue.Create(text))])),
            ("int64s", reader => new JsonArray([.. reader.Int64s("v").Select(number => JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)))])),
        ];
        foreach (var row in JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "config-values.json")))!.AsArray().Select(row => row!.AsObject()))
        {
            var text = row["value"]!.ToJsonString();
            var value = ConfigValue.Parser.ParseJson(text);
            foreach (var (name, read) in getters)
            {
                var reader = new ConfigReader(new Dictionary<string, ConfigValue> { ["v"] = value });
                var found = read(reader);
                Assert.True(reader.Warnings.Count == (row.ContainsKey(name) ? 0 : 1), $"{text} as {name}: {string.Join("; ", reader.Warnings)}");
                if (row[name] is { } expected)
                {
                    var isSame = name == "duration" ? Math.Abs(found.GetValue<double>() - expected.GetValue<double>()) <= 1e-6 : JsonNode.DeepEquals(found, expected) || (name == "double" && found.GetValue<double>() == expected.GetValue<double>());
                    Assert.True(isSame, $"{text} as {name}: {found.ToJsonString()} instead of {expected.ToJsonString()}");
                }
            }
        }
    }
}
