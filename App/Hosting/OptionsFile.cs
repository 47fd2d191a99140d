namespace BlazorPluginAdmin.App.Hosting;

/// <summary>appsettings.json beside the program; it need not exist.</summary>
public static class OptionsFile
{
    public static (IConfiguration Content, string? Unreadable) Read(string path)
    {
        try
        {
            return (new ConfigurationBuilder().AddJsonFile(path, optional: true).Build(), null);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return (new ConfigurationBuilder().Build(), $"{path} cannot be read: {(exception.InnerException ?? exception).GetBaseException().Message}. Mend it or remove it");
        }
    }
}
