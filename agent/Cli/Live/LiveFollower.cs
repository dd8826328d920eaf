using System.Net;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Web.Live;

namespace Agent.Cli.Live;

/// <summary>
/// Follows the events of an agent. Lists are asked for when an event says that they have changed; they need the key, which the events do
/// not. An agent that has been there and is away is waited for, however long: whoever watches decides when it is enough.
/// </summary>
internal sealed class LiveFollower(AgentConnection agent, TimeProvider time)
{
    /// <summary>Time between two tries to reach an agent that is away.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Swarms of a busy classroom change all the time.</summary>
    private static readonly TimeSpan PauseOfSwarms = TimeSpan.FromSeconds(2);

    private LiveState _state = new(agent.Address);
    private long? _askedForSwarms;

    /// <summary>Follows until it is cancelled.</summary>
    /// <param name="show">Is shown each state, with what the event carried that led to it.</param>
    /// <param name="withLists">Lists are wanted too.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="CommandException">The agent has never been there.</exception>
    public async Task RunAsync(Action<LiveState, string?> show, bool withLists, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                using var events = await EventStream.OpenAsync(agent, ApiPath.Of("events"), cancellation);
                _state = _state with { ListProblem = null };
                while (true)
                    await TakeAsync(await events.NextAsync(cancellation), show, withLists, cancellation);
            }
            catch (CommandException e) when (_state.Now is not null)
            {
                var isTold = _state.AwayReason == e.Message;
                _state = _state with { AwaySince = _state.AwaySince ?? time.GetUtcNow(), AwayReason = e.Message };
                if (!isTold)
                    show(_state, null);
            }
            await Task.Delay(Pause, time, cancellation);
        }
    }

    private async Task TakeAsync(string data, Action<LiveState, string?> show, bool withLists, CancellationToken cancellation)
    {
        var now = new AgentAnswer(HttpStatusCode.OK, Encoding.UTF8.GetBytes(data)).Read(ApiJson.Readable.LiveResponse);
        // After a pause anything may have changed.
        var before = _state.AwaySince is null ? _state.Now : null;
        var told = time.GetUtcNow();
        _state = _state with { Now = now, Told = told, UploadRate = RateOf(before, now, told - _state.Told), AwaySince = null, AwayReason = null };
        show(_state, data);
        if (withLists && await TakeListsAsync(before, now, cancellation))
            show(_state, null);
    }

    private static long RateOf(LiveResponse? before, LiveResponse now, TimeSpan between) =>
        before is { UploadedBytes: { } then } && now.UploadedBytes is { } bytes && bytes > then && between > TimeSpan.Zero ? (long)((bytes - then) / between.TotalSeconds) : 0;

    /// <summary>True where a list was asked for.</summary>
    private async Task<bool> TakeListsAsync(LiveResponse? before, LiveResponse now, CancellationToken cancellation)
    {
        if (_state.ListProblem is not null)
            return false;
        try
        {
            var (jobs, transmissions) = (before?.Jobs.Mark != now.Jobs.Mark, before?.Transmissions.Mark != now.Transmissions.Mark);
            if (jobs)
                _state = _state with { Jobs = (await ReadAsync("jobs", ApiJson.Readable.JobListResponse, cancellation)).Jobs };
            if (transmissions)
                _state = _state with { Transmissions = (await ReadAsync("transmissions", ApiJson.Readable.TransmissionListResponse, cancellation)).Transmissions };
            var swarms = await TakeSwarmsAsync(before, now, cancellation);
            _state = _state with { HasLists = true };
            return swarms || jobs || transmissions;
        }
        catch (CommandException e) when (e.ExitCode != ExitCode.Unreachable)
        {
            _state = _state with { ListProblem = e.Message };
            return true;
        }
    }

    private async Task<bool> TakeSwarmsAsync(LiveResponse? before, LiveResponse now, CancellationToken cancellation)
    {
        var isSame = before is not null && before.Peers == now.Peers && before.UploadedBytes == now.UploadedBytes;
        if (isSame || (before is not null && _askedForSwarms is { } asked && time.GetElapsedTime(asked) < PauseOfSwarms))
            return false;
        _askedForSwarms = time.GetTimestamp();
        _state = _state with { Swarms = (await ReadAsync("swarms", ApiJson.Readable.SwarmListResponse, cancellation)).Swarms };
        return true;
    }

    private async Task<T> ReadAsync<T>(string route, JsonTypeInfo<T> type, CancellationToken cancellation) => (await agent.GetAsync(ApiPath.Of(route), cancellation)).Read(type);
}
