using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Server.Core.Forms;
using Microsoft.AspNetCore.Components.Server.ProtectedBrowserStorage;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>What a person typed and has not saved, without secrets: enough to begin the edit again after a lost circuit.</summary>
/// <param name="Version">The version the edit stands on.</param>
/// <param name="Values">Changed values by form, as JSON.</param>
/// <param name="Texts">Text that is no value yet, by form and field.</param>
public sealed record ConfigDraft(DateTimeOffset At, long Version, Dictionary<string, string> Values, Dictionary<string, Dictionary<string, string>> Texts)
{
    public static ConfigDraft Of(ConfigEdit edit, DateTimeOffset now) => new(
        now,
        edit.Version,
        edit.Forms.ToDictionary(form => FieldError.NameOf(form.Kind), form => ConfigValueJson.Write(form.Draft())),
        edit.Forms.ToDictionary(form => FieldError.NameOf(form.Kind), form => form.UnfinishedText().ToDictionary(text => text.Field, text => text.Text)));

    public void ApplyTo(ConfigEdit edit)
    {
        foreach (var form in edit.Forms)
        {
            var name = FieldError.NameOf(form.Kind);
            form.Restore(ConfigValueJson.Parse(Values.GetValueOrDefault(name, "{}")));
            foreach (var (field, text) in Texts.GetValueOrDefault(name) ?? [])
            {
                if (form.Find(field) is { ReadOnly: false, Field.IsSecret: false } slot)
                {
                    slot.SetText(text);
                }
            }
        }
    }
}

/// <summary>
/// Keeps drafts in the browser's session, encrypted, one for each job type. In pieces, because what a browser sends is
/// bounded; a draft above all pieces is not kept.
/// </summary>
public sealed class DraftStore(ProtectedSessionStorage storage)
{
    private const int Piece = 24_000;
    private const int MostPieces = 40;

    public async Task KeepAsync(string jobType, ConfigDraft draft)
    {
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(draft)));
        var pieces = text.Chunk(Piece).Select(piece => new string(piece)).ToList();
        if (pieces.Count > MostPieces)
        {
            await ForgetAsync(jobType);
            return;
        }

        // The count comes last, so that half a draft is never taken for a whole one.
        for (var n = 0; n < pieces.Count; n++)
        {
            await storage.SetAsync(KeyOf(jobType, n), pieces[n]);
        }

        await storage.SetAsync(KeyOf(jobType), pieces.Count);
    }

    /// <summary>Null: there is none, or none that this admin can read.</summary>
    public async Task<ConfigDraft?> FindAsync(string jobType)
    {
        try
        {
            if (await storage.GetAsync<int>(KeyOf(jobType)) is not { Success: true, Value: > 0 and <= MostPieces and var count })
            {
                return null;
            }

            var text = new StringBuilder();
            for (var n = 0; n < count; n++)
            {
                text.Append((await storage.GetAsync<string>(KeyOf(jobType, n))).Value);
            }

            return JsonSerializer.Deserialize<ConfigDraft>(Convert.FromBase64String(text.ToString()));
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or JsonException)
        {
            // Of another admin, or of keys that are gone: nothing anybody could still read.
            await ForgetAsync(jobType);
            return null;
        }
    }

    public async Task ForgetAsync(string jobType) => await storage.DeleteAsync(KeyOf(jobType));

    private static string KeyOf(string jobType) => $"draft:{jobType}";

    private static string KeyOf(string jobType, int piece) => $"draft:{jobType}:{piece}";
}
