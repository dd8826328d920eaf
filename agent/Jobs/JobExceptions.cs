namespace Agent.Jobs;

/// <summary>A job that was asked for is refused: nothing was begun. The message says what would be right.</summary>
public sealed class JobRejectedException(string message) : Exception(message);

/// <summary>Thrown by an executor to fail its job with a reason that people understand.</summary>
public sealed class JobFailedException(string message, Exception? cause = null) : Exception(message, cause);
