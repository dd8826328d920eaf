using System.Net.Sockets;

namespace Agent.BitTorrent.Tracker;

/// <summary>A connection whose request is not answered yet.</summary>
internal sealed record OpenRequest(Socket Socket, long Accepted);

/// <summary>
/// The connections with unanswered requests, oldest first. One deadline holds for all of them, so that one timer serves thousands; when
/// there are too many, the oldest goes: a real client has sent its request within milliseconds, a slow one is no loss.
/// </summary>
internal sealed class OpenRequests(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<OpenRequest> _requests = [];

    /// <summary>Number of open connections.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _requests.Count;
        }
    }

    /// <summary>Adds a connection, and closes the oldest one where that makes too many.</summary>
    public LinkedListNode<OpenRequest> Add(OpenRequest request)
    {
        OpenRequest? oldest = null;
        LinkedListNode<OpenRequest> node;
        lock (_lock)
        {
            if (_requests.Count >= capacity)
            {
                oldest = _requests.First!.Value;
                _requests.RemoveFirst();
            }
            node = _requests.AddLast(request);
        }
        oldest?.Socket.Dispose();
        return node;
    }

    /// <summary>Takes out a connection that is done.</summary>
    public void Remove(LinkedListNode<OpenRequest> node)
    {
        lock (_lock)
        {
            if (node.List is not null)
                _requests.Remove(node);
        }
    }

    /// <summary>Closes all connections accepted before the given timestamp.</summary>
    public void CloseOlderThan(long accepted)
    {
        while (TakeOldest(accepted) is { } request)
            request.Socket.Dispose();
    }

    private OpenRequest? TakeOldest(long accepted)
    {
        lock (_lock)
        {
            if (_requests.First is not { } first || first.Value.Accepted > accepted)
                return null;
            _requests.RemoveFirst();
            return first.Value;
        }
    }
}
