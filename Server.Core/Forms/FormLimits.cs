namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>How much a worker may ask of a form and a person may put into it. Everything here comes from outside.</summary>
public static class FormLimits
{
    public const int DescriptorBytes = 1024 * 1024;
    public const int Sections = 50;
    public const int Fields = 500;
    public const int Options = 1_000;
    public const int Rules = 50;
    public const int Nesting = 16;
    public const int TitleLength = 200;
    public const int DescriptionLength = 4_000;
    public const int RegexLength = 1_000;

    /// <summary>Defaults a form may carry, also for fields it does not have.</summary>
    public const int Values = 2_000;

    /// <summary>How long one regular expression may take on one value.</summary>
    public static readonly TimeSpan RegexTime = TimeSpan.FromMilliseconds(100);
}
