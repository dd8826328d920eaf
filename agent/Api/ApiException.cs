namespace Agent.Api;

/// <summary>A request that cannot be carried out. <see cref="ErrorMapping"/> makes the answer of it.</summary>
/// <param name="code">For programs, as in <see cref="ErrorResponse.Code"/>.</param>
/// <param name="message">What was wrong, and what would be right.</param>
/// <param name="status">HTTP status; 400 for whatever the request could have had right, a name that is not there included.</param>
public sealed class ApiException(string code, string message, int status = StatusCodes.Status400BadRequest) : Exception(message)
{
    /// <summary>For programs.</summary>
    public string Code { get; } = code;

    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;
}
