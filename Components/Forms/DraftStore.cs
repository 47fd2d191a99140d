using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Components.Server.ProtectedBrowserStorage;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>What a person wrote into a form and has not sent, and when.</summary>
public sealed record Draft<T>(DateTimeOffset At, T Content);

/// <summary>
/// Keeps drafts in the browser's session, encrypted, one for each form. In pieces, because what a browser sends is
/// bounded; a draft above all pieces is not kept.
/// </summary>
public sealed class DraftStore(ProtectedSessionStorage storage)
{
    private const int Piece = 24_000;
    private const int MostPieces = 40;

    public async Task KeepAsync<T>(string form, Draft<T> draft)
    {
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(draft)));
        var pieces = text.Chunk(Piece).Select(piece => new string(piece)).ToList();
        if (pieces.Count > MostPieces)
        {
            await ForgetAsync(form);
            return;
        }

        // The count comes last, so that half a draft is never taken for a whole one.
        for (var n = 0; n < pieces.Count; n++)
        {
            await storage.SetAsync(KeyOf(form, n), pieces[n]);
        }

        await storage.SetAsync(KeyOf(form), pieces.Count);
    }

    /// <summary>Null: there is none, or none that this admin can read.</summary>
    public async Task<Draft<T>?> FindAsync<T>(string form)
    {
        try
        {
            if (await storage.GetAsync<int>(KeyOf(form)) is not { Success: true, Value: > 0 and <= MostPieces and var count })
            {
                return null;
            }

            var text = new StringBuilder();
            for (var n = 0; n < count; n++)
            {
                text.Append((await storage.GetAsync<string>(KeyOf(form, n))).Value);
            }

            return JsonSerializer.Deserialize<Draft<T>>(Convert.FromBase64String(text.ToString()));
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or JsonException)
        {
            // Of another admin, or of keys that are gone: nothing anybody could still read.
            await ForgetAsync(form);
            return null;
        }
    }

    public async Task ForgetAsync(string form) => await storage.DeleteAsync(KeyOf(form));

    private static string KeyOf(string form) => $"draft:{form}";

    private static string KeyOf(string form, int piece) => $"draft:{form}:{piece}";
}
