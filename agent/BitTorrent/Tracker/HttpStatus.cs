namespace Agent.BitTorrent.Tracker;

/// <summary>The statuses the tracker answers with. A refusal in the protocol's own words (<c>failure reason</c>) is 200.</summary>
internal enum HttpStatus
{
    Ok = 200,
    BadRequest = 400,
    NotFound = 404,
    MethodNotAllowed = 405,
    HeaderTooLarge = 431,

    /// <summary>The images are still being listed: clients come back within a minute, where a failure reason would alarm their users.</summary>
    Unavailable = 503,
}
