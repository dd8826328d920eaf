namespace Agent.Transmissions;

/// <summary>Where a transmission stands.</summary>
public enum TransmissionState
{
    /// <summary>Announced; receivers may join.</summary>
    Waiting,

    /// <summary>Data is on its way.</summary>
    Sending,

    /// <summary>
    /// Ended, and at least one receiver has everything; <see cref="TransmissionSnapshot.Problem"/> tells where others have not.
    /// </summary>
    Done,

    /// <summary>Ended without any receiver having everything.</summary>
    Failed,

    /// <summary>Ended because somebody asked for it.</summary>
    Cancelled,
}
