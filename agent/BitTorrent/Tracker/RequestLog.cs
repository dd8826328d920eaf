using System.Net;

namespace Agent.BitTorrent.Tracker;

/// <summary>What the tracker says of a request that it failed at, whichever way it came.</summary>
internal static partial class RequestLog
{
    [LoggerMessage(3011, LogLevel.Error, "A request of {Remote} to the tracker failed")]
    public static partial void Failed(ILogger logger, IPAddress remote, Exception exception);
}
