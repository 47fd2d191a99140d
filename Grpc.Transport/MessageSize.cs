namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>Limits on one message, in bytes.</summary>
public static class MessageSize
{
    /// <summary>128 MiB: detections of real workers exceed the usual 4 MiB by far.</summary>
    public const int Default = 128 * 1024 * 1024;

    /// <summary>1 GiB, the most that can be configured.</summary>
    public const int Most = 1024 * 1024 * 1024;

    /// <summary>Returns the limit when it can be used.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not between 1 byte and 1 GiB.</exception>
    public static int Checked(int limit, string name) =>
        limit is >= 1 and <= Most ? limit : throw new ArgumentOutOfRangeException(name, limit, $"{name} must be between 1 and {Most} bytes");
}
