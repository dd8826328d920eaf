namespace Agent.Replication.Legacy;

/// <summary>What went wrong with a legacy server.</summary>
public enum SshFault
{
    /// <summary>The server's host key is not known here.</summary>
    HostKeyUnknown,

    /// <summary>The server has another host key than the one that is known here.</summary>
    HostKeyChanged,

    /// <summary>The private key cannot be used.</summary>
    KeyUnusable,

    /// <summary>The server does not let the user in.</summary>
    PermissionDenied,

    /// <summary>The server cannot be reached: no such name, no route, nothing listens.</summary>
    Unreachable,

    /// <summary>The server did not answer in time.</summary>
    TimedOut,

    /// <summary>The connection was made and broke.</summary>
    ConnectionLost,

    /// <summary>The user may run no commands there.</summary>
    NoShell,

    /// <summary>A disk there is full.</summary>
    DiskFull,

    /// <summary>A command there gave less than it was to give, and yet says that all went well.</summary>
    EndedEarly,

    /// <summary>A command there failed.</summary>
    CommandFailed,
}

/// <summary>A legacy server could not be reached, or what was asked of it failed. The message says what to do.</summary>
/// <param name="fault">What went wrong.</param>
/// <param name="message">For people.</param>
public sealed class SshException(SshFault fault, string message) : IOException(message)
{
    /// <summary>What went wrong.</summary>
    public SshFault Fault => fault;

    /// <summary>True where the same may go well a little later.</summary>
    public bool IsTransient => fault is SshFault.Unreachable or SshFault.TimedOut or SshFault.ConnectionLost;
}
