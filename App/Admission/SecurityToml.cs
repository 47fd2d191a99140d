using Tomlyn;
using Tomlyn.Model;

namespace BlazorPluginAdmin.App.Admission;

/// <summary>
/// A SeaweedFS security.toml as further values for our options, weaker than every option that was set. WEED_* variables
/// override the file: the key in capitals with underscores for dots. Keys that are not read here are for other programs.
/// </summary>
internal static class SecurityToml
{
    public const string OptionKey = "security-toml";

    /// <param name="values">What was set, by key, and where; takes what the file adds.</param>
    public static void Add(Dictionary<string, (string Value, string From)> values, IReadOnlyDictionary<string, string> environment, List<string> errors)
    {
        if (!values.TryGetValue(OptionKey, out var given))
        {
            return;
        }

        var found = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        try
        {
            Flatten(TomlSerializer.Deserialize<TomlTable>(File.ReadAllText(given.Value)), "", found);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TomlException or ArgumentException)
        {
            errors.Add($"{given.From} {given.Value} cannot be used: {exception.Message.ReplaceLineEndings(" ")}");
            return;
        }

        // Where the section of the admin is empty, as in the file that weed scaffolds, this port is not meant.
        if (Text("grpc.admin.cert").Length > 0 || Text("grpc.admin.key").Length > 0)
        {
            Offer(WorkerPortOptions.CaKey, "grpc.ca");
            Offer(WorkerPortOptions.CertKey, "grpc.admin.cert");
            Offer(WorkerPortOptions.KeyKey, "grpc.admin.key");
            OfferMasters();
        }

        var domain = Text("grpc.allowed_wildcard_domain").TrimStart('*', '.');
        var names = string.Join(',', ((string[])[Text("grpc.admin.allowed_commonNames"), domain.Length > 0 ? $"*.{domain}" : ""]).Where(name => name.Length > 0));
        if (names.Length > 0 && values.ContainsKey(WorkerPortOptions.CaKey))
        {
            values.TryAdd(WorkerPortOptions.NamesKey, (names, $"{given.Value}: grpc.admin.allowed_commonNames, grpc.allowed_wildcard_domain"));
        }

        // As client, an admin of SeaweedFS prefers a certificate that is made for clients.
        void OfferMasters()
        {
            if (!values.ContainsKey("seaweedfs-master"))
            {
                return;
            }

            var own = Text("grpc.admin.client_cert").Length > 0 && Text("grpc.admin.client_key").Length > 0 ? "client_" : "";
            Offer("seaweedfs-tls-ca", "grpc.ca");
            Offer("seaweedfs-tls-cert", $"grpc.admin.{own}cert");
            Offer("seaweedfs-tls-key", $"grpc.admin.{own}key");
        }

        void Offer(string option, string key)
        {
            if (Text(key) is { Length: > 0 } text)
            {
                values.TryAdd(option, (text, $"{given.Value}: {key}"));
            }
        }

        string Text(string key)
        {
            var variable = "WEED_" + key.Replace('.', '_').ToUpperInvariant();
            if (environment.TryGetValue(variable, out var set) && set.Trim().Length > 0)
            {
                return set.Trim();
            }

            if (found.TryGetValue(key, out var value) && value is not string)
            {
                errors.Add($"{given.Value}: {key} must be a text");
            }

            return (value as string)?.Trim() ?? "";
        }
    }

    private static void Flatten(TomlTable? table, string prefix, Dictionary<string, object> found)
    {
        foreach (var (key, value) in table ?? [])
        {
            if (value is TomlTable below)
            {
                Flatten(below, $"{prefix}{key}.", found);
            }
            else
            {
                found[prefix + key] = value;
            }
        }
    }
}
