namespace Agent.Replication.Remotes;

/// <summary>What another repository did wrong.</summary>
public enum RemoteFault
{
    /// <summary>It does not answer, or not as an agent does. Later it may.</summary>
    Unreachable,

    /// <summary>It wants a key, or another one.</summary>
    KeyRefused,

    /// <summary>It has no such image, or several.</summary>
    NotFound,

    /// <summary>The image is locked or not indexed there. Later it may not be.</summary>
    NotReady,

    /// <summary>It refuses for another reason, or answers nonsense.</summary>
    Refused,
}

/// <summary>Another repository cannot be asked, or says no. The message names it and says why.</summary>
public sealed class RemoteException(RemoteFault fault, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What is wrong.</summary>
    public RemoteFault Fault { get; } = fault;

    /// <summary>True where trying again later makes sense.</summary>
    public bool IsPassing => Fault is RemoteFault.Unreachable or RemoteFault.NotReady;
}
