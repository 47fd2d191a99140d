using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Configs;

public sealed class SecretOriginsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly FormSchema Form = new("", "", "", [new SectionSchema("s", "S", "", [new FieldSchema { Name = "token", Type = FieldType.Text, Sensitive = true }, new FieldSchema { Name = "user", Type = FieldType.Text }])], ConfigValues.Empty);

    [Theory]
    [InlineData("a,a,a", 1)]
    [InlineData("a,b,b,b", 2)]
    [InlineData("a,b,a", 3)]
    [InlineData("-,a,a", 2)]
    public void Secret_IsAsOldAsItsValue(string values, int version) =>
        Assert.Equal(new SecretOrigin(Start.AddDays(version), $"person {version}"), SecretOrigins.Of(Form, FormKind.Worker, Versions(values))["token"]);

    [Fact]
    public void Secret_ThatIsNotSet_OrOlderThanWhatIsKept_HasNone()
    {
        Assert.Empty(SecretOrigins.Of(Form, FormKind.Worker, []));
        Assert.Empty(SecretOrigins.Of(Form, FormKind.Worker, Versions("a,-")));
        Assert.Empty(SecretOrigins.Of(Form, FormKind.Worker, Versions("a,a,a")[..2]));
        Assert.Empty(SecretOrigins.Of(Form, FormKind.Admin, Versions("a,a")));
    }

    /// <summary>From version 1 on as they were saved; newest first as they are read.</summary>
    private static System.Collections.Immutable.ImmutableArray<ConfigDocument> Versions(string values) =>
    [
        .. values.Split(',').Select((value, index) => new ConfigDocument
        {
            JobType = "t",
            Version = index + 1,
            WorkerValues = value == "-" ? ConfigValues.Empty : ConfigValues.Empty.With("token", new ConfigValue.Text(value)).With("user", new ConfigValue.Text("me")),
            SavedAt = Start.AddDays(index + 1),
            SavedBy = $"person {index + 1}",
        }).Reverse(),
    ];
}
