using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>The fields that say where file jobs look.</summary>
internal static class ScopeFields
{
    public static void Admin(FormBuilder form) => form.Section("scope", "Scope", "", section =>
        section.Select("dispatch_detector_scope", "Detectors", "each: every worker looks at its own disks. one: a single worker looks.", "each", ("each", "Each worker"), ("one", "One worker")));

    /// <param name="check">What the admin can tell of a root by its text.</param>
    public static void Worker(SectionBuilder section, string rootsHelp, string check)
    {
        section.List("roots", "Roots", rootsHelp, Array.Empty<string>()).Required().MinItems(1).MaxItems(64).Check(check).Placeholder("/srv/app/logs");
        section.List("include", "Include", "Patterns relative to a root; ** spans directories.", new[] { "**/*" }).Check("glob").MaxItems(128);
        section.List("exclude", "Exclude", "Patterns that are left alone; they win over Include.", new[] { ".git/**" }).Check("glob").MaxItems(128);
        var depth = section.Integer("max_depth", "Depth", "How many directories deep to look.", 32).Range(1L, 256L);
        depth.Field.Widget = ConfigWidget.Unspecified;
        section.Toggle("one_filesystem", "Stay on one file system", "Mounts below a root are not entered.", true);
    }
}
