using Xunit.Abstractions;
using Xunit.Sdk;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>The acceptance case that a test shows; <c>--filter Case=38</c> runs it. The list is in <c>docs/compatibility.md</c>.</summary>
[TraitDiscoverer("BlazorPluginAdmin.Compatibility.Tests.CaseDiscoverer", "Compatibility.Tests")]
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class CaseAttribute(int number) : Attribute, ITraitAttribute
{
    public int Number { get; } = number;
}

public sealed class CaseDiscoverer : ITraitDiscoverer
{
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute) =>
        [KeyValuePair.Create("Case", traitAttribute.GetConstructorArguments().Single().ToString()!)];
}
