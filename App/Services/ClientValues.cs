using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core.Forms;
using Google.Protobuf.Collections;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Values of the contract that a client sent. What <see cref="ConfigValueMapper"/> cuts off a worker's is refused here: a client can send it otherwise.</summary>
internal static class ClientValues
{
    /// <param name="field">What the client calls them.</param>
    /// <exception cref="Grpc.Transport.RpcException">There are too many in one place, or they are nested too deep.</exception>
    public static ConfigValues Read(MapField<string, Wire.ConfigValue> values, string field)
    {
        Check(values, field, 0);
        return ConfigValueMapper.ToCore(values);
    }

    private static void Check(MapField<string, Wire.ConfigValue> values, string path, int depth)
    {
        if (values.Count > WireLimits.Values)
        {
            throw ClientErrors.Invalid(path, $"{path} has {values.Count} names, at most {WireLimits.Values} are taken");
        }

        foreach (var (name, value) in values)
        {
            Check(value, $"{path}.{Components.Shared.Words.Visible(name.Length > 128 ? name[..128] : name)}", depth);
        }
    }

    private static void Check(Wire.ConfigValue value, string path, int depth)
    {
        if (value.KindCase is not (Wire.ConfigValue.KindOneofCase.ListValue or Wire.ConfigValue.KindOneofCase.MapValue))
        {
            return;
        }

        if (depth >= WireLimits.Nesting)
        {
            throw ClientErrors.Invalid(path, $"{path} is nested deeper than {WireLimits.Nesting}");
        }

        if (value.KindCase == Wire.ConfigValue.KindOneofCase.MapValue)
        {
            Check(value.MapValue.Fields, path, depth + 1);
            return;
        }

        for (var n = 0; n < value.ListValue.Values.Count; n++)
        {
            Check(value.ListValue.Values[n], $"{path}[{n}]", depth + 1);
        }
    }
}
