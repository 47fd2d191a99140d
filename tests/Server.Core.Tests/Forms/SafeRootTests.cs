using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

public sealed class SafeRootTests
{
    [Theory]
    [InlineData("/data/photos")]
    [InlineData("/tmp/x")]
    [InlineData("/var/log/app")]
    [InlineData("/home/anna/archive")]
    [InlineData("/srv/files/")]
    [InlineData(@"D:\files\old")]
    public void OrdinaryDirectory_Passes(string path) => Assert.Empty(Errors(path));

    [Theory]
    [InlineData("relative/path")]
    [InlineData("/")]
    [InlineData("/data")]
    [InlineData("/etc")]
    [InlineData("/etc/app/conf")]
    [InlineData("/usr/local/share")]
    [InlineData("/proc/1")]
    [InlineData("/home")]
    [InlineData("/home/anna")]
    [InlineData("/var/lib")]
    [InlineData("/data/../etc/x")]
    [InlineData("/data/./x")]
    [InlineData("/data//x")]
    [InlineData("/data/x\0y")]
    [InlineData(@"C:\")]
    [InlineData(@"C:\Windows\Temp")]
    [InlineData(@"C:\Users\anna")]
    public void DangerousDirectory_IsRefused(string path) => Assert.Equal("roots[0]", Assert.Single(Errors(path)).Path);

    [Fact]
    public void NestedAndEqualRoots_AreRefusedOnce()
    {
        Assert.Equal(["roots[1]"], Errors("/data/a", "/data/a/b").Select(error => error.Path));
        Assert.Equal(["roots[0]"], Errors("/data/a/b", "/data/a").Select(error => error.Path));
        Assert.Equal(["roots[1]"], Errors("/data/a", "/data/a/").Select(error => error.Path));
        Assert.Empty(Errors("/data/a", "/data/ab"));
    }

    private static ImmutableArray<FieldError> Errors(params string[] roots)
    {
        var field = new FieldSchema { Name = "roots", Type = FieldType.List, Rules = [new FieldRule(FieldRuleType.Custom, "safe_root", "")] };
        var form = new FormSchema("", "", "", [new SectionSchema("scope", "", "", [field])], ConfigValues.Empty);
        return FormValidator.Check(form, FormKind.Worker, ConfigValues.Empty.With("roots", new ConfigValue.TextList([.. roots]))).Errors;
    }
}
