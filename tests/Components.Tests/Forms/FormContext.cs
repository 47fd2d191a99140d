using BlazorPluginAdmin.Components.Fields;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Tests.Forms;

/// <summary>Renders forms without a browser; large text arrives through the same door the browser's script uses.</summary>
public abstract class FormContext : BunitContext
{
    protected FormContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        JSInterop.SetupModule("./_content/Components/Fields/LargeText.razor.js").Mode = JSRuntimeMode.Loose;
    }

    protected IRenderedComponent<ConfigForm> RenderForm(FormBuffer buffer) =>
        Render<ConfigForm>(parameters => parameters.Add(form => form.Buffer, buffer));

    protected static FormBuffer Buffer(FieldSchema field, ConfigValue? defaultValue = null, ConfigValue? saved = null) => new(
        new FormSchema("", "", "", [new SectionSchema("s", "Section", "", [field])], With(field.Name, defaultValue)),
        FormKind.Worker, With(field.Name, saved));

    protected static Task TypeAsync(IRenderedComponent<ConfigForm> form, string id, string text)
    {
        StreamedBox box = form.FindComponents<LargeText>().Select(area => area.Instance).FirstOrDefault(area => area.Id == id) is { } area
            ? area
            : form.FindComponents<LineAdder>().Single(adder => adder.Instance.Id == id).Instance;
        return form.InvokeAsync(() => box.ArriveAsync(new ArrivedText(text)));
    }

    private static ConfigValues With(string name, ConfigValue? value) => value is null ? ConfigValues.Empty : ConfigValues.Empty.With(name, value);
}
