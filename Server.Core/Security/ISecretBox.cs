using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Security;

/// <summary>Seals texts for the disk, so that whoever has the store but not the keys cannot read them. Any thread.</summary>
public interface ISecretBox
{
    /// <param name="purpose">What the text is: <c>job type/form/field</c>. It opens for the same purpose only.</param>
    /// <exception cref="StoreUnavailableException">The keys cannot be read or made; nothing was sealed, try again later.</exception>
    string Seal(string purpose, string text);

    /// <summary>Null: its keys are not here, or it is not what <see cref="Seal"/> made for that purpose.</summary>
    string? Open(string purpose, string sealedText);
}
