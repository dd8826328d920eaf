using System.Text.Json.Serialization;

namespace Agent.Jobs;

/// <summary>Where a job is in its life. The JSON names are part of the API and of files on disk: they never change.</summary>
public enum JobState
{
    /// <summary>Asked for, and waiting for its turn.</summary>
    [JsonStringEnumMemberName("WAITING")]
    Waiting,

    /// <summary>Being worked on.</summary>
    [JsonStringEnumMemberName("RUNNING")]
    Running,

    /// <summary>Done; the result is there.</summary>
    [JsonStringEnumMemberName("FINISHED")]
    Finished,

    /// <summary>Given up; the error says why.</summary>
    [JsonStringEnumMemberName("FAILED")]
    Failed,

    /// <summary>Ended on demand.</summary>
    [JsonStringEnumMemberName("CANCELLED")]
    Cancelled,
}

/// <summary>The rules of a job's life.</summary>
public static class JobStates
{
    /// <summary>True for the states that a job never leaves.</summary>
    public static bool IsEnded(this JobState state) => state is JobState.Finished or JobState.Failed or JobState.Cancelled;

    /// <summary>True where a job may go from one state to the other. Back from running to waiting it goes when the agent stopped and will take it up again.</summary>
    public static bool CanBecome(this JobState from, JobState to) => (from, to) switch
    {
        (JobState.Waiting, JobState.Running or JobState.Failed or JobState.Cancelled) => true,
        (JobState.Running, JobState.Waiting) => true,
        (JobState.Running, _) => to.IsEnded(),
        _ => false,
    };
}
