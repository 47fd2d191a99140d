namespace BlazorPluginAdmin.App.Hosting;

/// <summary>The admin does not start; the message is one line for the operator. Exit codes are those of sysexits.</summary>
public sealed class StartRefusedException : Exception
{
    public const int Usage = 64;
    public const int Unavailable = 69;
    public const int CannotCreate = 73;
    public const int Config = 78;

    public StartRefusedException(int exitCode, string message)
        : base(message) => ExitCode = exitCode;

    public StartRefusedException()
        : this(Config, "") { }

    public StartRefusedException(string message)
        : this(Config, message) { }

    public StartRefusedException(string message, Exception inner)
        : base(message, inner) => ExitCode = Config;

    public int ExitCode { get; }
}
