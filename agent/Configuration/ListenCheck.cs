using System.Net;
using Agent.Common;

namespace Agent.Configuration;

/// <summary>Checks that no two listeners want the same port. Whether another program has it shows when the agent starts to listen.</summary>
internal static class ListenCheck
{
    public static void Check(AgentOptions options, ConfigurationErrors errors)
    {
        var listeners = new List<(string Key, IPEndPoint Endpoint)> { ("server.listen", options.Server.Listen) };
        if (options.Tracker.Enabled)
            listeners.Add(("tracker.listen", options.Tracker.Listen));
        if (options.Seeder.Enabled)
            listeners.Add(("seeder.listen", options.Seeder.Listen));
        if (options.Cvmfs is { Enabled: true, ReplicaListen: { } replicas })
            listeners.Add(("cvmfs.replica_listen", replicas));
        foreach (var (index, later) in listeners.Index())
        {
            foreach (var earlier in listeners.Take(index).Where(earlier => Endpoints.Collide(earlier.Endpoint, later.Endpoint)))
                errors.Add(later.Key, $"\"{later.Endpoint}\" collides with {earlier.Key} = \"{earlier.Endpoint}\"; choose another port");
        }
    }
}
