using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Store;
using Microsoft.AspNetCore.DataProtection;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>
/// Secrets of the store, sealed by ASP.NET Data Protection: authenticated encryption with keys of a folder, renewed every
/// 90 days; older keys go on opening what they sealed.
/// </summary>
public sealed class SecretBox(IDataProtectionProvider provider) : ISecretBox
{
    /// <summary>Part of what keys are derived from: with another name nothing opens.</summary>
    public const string ApplicationName = "BlazorPluginAdmin";

    private readonly IDataProtector _protector = provider.CreateProtector("secrets of the store");

    /// <summary>For what runs without the admin's services.</summary>
    /// <param name="keys">The folder with the keys; they are made when there are none.</param>
    public static SecretBox Of(string keys) => new(DataProtectionProvider.Create(new DirectoryInfo(keys), protection => protection.SetApplicationName(ApplicationName)));

    public string Seal(string purpose, string text)
    {
        try
        {
            return _protector.CreateProtector(purpose).Protect(text);
        }
        catch (Exception exception) when (exception is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new StoreUnavailableException($"a secret cannot be sealed ({exception.Message})", exception);
        }
    }

    public string? Open(string purpose, string sealedText)
    {
        try
        {
            return _protector.CreateProtector(purpose).Unprotect(sealedText);
        }
        catch (Exception exception) when (exception is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // Lost or foreign keys: whoever reads is told that it is missing, and goes on.
            return null;
        }
    }
}
