using Agent.Images.Trash;
using Agent.Jobs;
using Agent.Replication.Legacy;
using Agent.Replication.Remotes;
using Agent.Transmissions;

namespace Agent.Api;

/// <summary>
/// The one place that turns what went wrong into an answer: failures of the agent into 500 with a reason, unreadable requests into 400,
/// unknown paths and methods into an answer of the API's form.
/// </summary>
public sealed partial class ErrorMapping(RequestDelegate next, ILogger<ErrorMapping> logger)
{
    /// <summary>Runs the request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.GetEndpoint() is null || context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
                await UnknownRoute(context).ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left.
        }
        catch (Exception e) when (context.Response.HasStarted)
        {
            // Breaking the answer off is all that can still be told.
            LogBrokenOff(context.Request.Path, e.Message);
            context.Abort();
        }
        catch (BadHttpRequestException e)
        {
            await ErrorResponse.Result(e.StatusCode, "bad_request", e.Message).ExecuteAsync(context);
        }
        catch (Exception e) when (Refusal(e) is { } refusal)
        {
            await ErrorResponse.Result(refusal.Status, refusal.Code, refusal.Message).ExecuteAsync(context);
        }
        catch (Exception e)
        {
            LogFailed(context.Request.Method, context.Request.Path, e);
            var reason = e is IOException or UnauthorizedAccessException ? e.Message : "The agent failed; its log says why.";
            await ErrorResponse.Result(StatusCodes.Status500InternalServerError, "internal_error", reason).ExecuteAsync(context);
        }
    }

    /// <summary>What of the exceptions of the services is an answer, and no fault of the agent; null for the others.</summary>
    private static ApiException? Refusal(Exception exception) => exception switch
    {
        ApiException refusal => refusal,
        TransmissionException e => new ApiException(CodeOf(e.Error), Sentence(e.Message), StatusOf(e.Error)),
        ImageInUseException e => new ApiException("image_in_use", e.Message, StatusCodes.Status409Conflict),
        RemoteException e => new ApiException(CodeOf(e.Fault), e.Message, e.Fault == RemoteFault.NotReady ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest),
        LegacyRefusalException e => new ApiException(CodeOf(e.Reason), e.Message, e.Reason == LegacyRefusal.Locked ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest),
        SshException e => new ApiException(CodeOf(e.Fault), Sentence(e.Message)),
        JobRejectedException e => new ApiException("job_rejected", Sentence(e.Message), StatusCodes.Status503ServiceUnavailable),
        _ => null,
    };

    private static string CodeOf(RemoteFault fault) => fault switch
    {
        RemoteFault.Unreachable => "remote_unreachable",
        RemoteFault.KeyRefused => "remote_key_refused",
        RemoteFault.NotFound => "image_not_found",
        RemoteFault.NotReady => "image_not_ready",
        _ => "remote_refused",
    };

    private static string CodeOf(LegacyRefusal reason) => reason switch
    {
        LegacyRefusal.Missing => "image_not_found",
        LegacyRefusal.Locked => "image_locked",
        _ => "remote_refused",
    };

    private static string CodeOf(SshFault fault) => fault switch
    {
        SshFault.Unreachable or SshFault.TimedOut or SshFault.ConnectionLost => "remote_unreachable",
        SshFault.HostKeyUnknown or SshFault.HostKeyChanged or SshFault.KeyUnusable or SshFault.PermissionDenied => "remote_key_refused",
        _ => "remote_refused",
    };

    private static string CodeOf(TransmissionError error) => error switch
    {
        TransmissionError.InvalidParameter => "parameter_invalid",
        TransmissionError.ImageUnusable => "image_unusable",
        TransmissionError.PortBusy => "port_busy",
        TransmissionError.NoInterface => "no_interface",
        TransmissionError.ProgramMissing => "program_missing",
        TransmissionError.Stopping => "agent_stopping",
        _ => "start_failed",
    };

    private static int StatusOf(TransmissionError error) => error switch
    {
        TransmissionError.InvalidParameter or TransmissionError.ImageUnusable => StatusCodes.Status400BadRequest,
        TransmissionError.PortBusy => StatusCodes.Status409Conflict,
        TransmissionError.Stopping => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static string Sentence(string reason) => string.Concat(char.ToUpperInvariant(reason[0]).ToString(), reason.AsSpan(1).TrimEnd('.'), ".");

    private static IResult UnknownRoute(HttpContext context) => context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
        ? ErrorResponse.Result(StatusCodes.Status405MethodNotAllowed, "method_not_allowed", $"{context.Request.Path} does not know {context.Request.Method}.")
        : ErrorResponse.Result(StatusCodes.Status404NotFound, "no_such_route", $"There is nothing at {context.Request.Path}.");

    [LoggerMessage(5101, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(string method, string path, Exception exception);

    [LoggerMessage(5102, LogLevel.Information, "The answer to {Path} was broken off: {Reason}")]
    private partial void LogBrokenOff(string path, string reason);
}
