using Agent.Common;
using Agent.Configuration;

namespace Agent.Hosting.Reloading;

/// <summary>The configuration as it is now. Parts that ask here whenever they need a value follow a reload; all others keep what they began with.</summary>
/// <param name="options">The options of the start.</param>
/// <param name="apiKey">The key of the start.</param>
internal sealed class LiveOptions(AgentOptions options, Secret apiKey)
{
    private volatile AgentOptions _current = options;
    private volatile Secret _apiKey = apiKey;

    /// <summary>The options that hold now.</summary>
    public AgentOptions Current => _current;

    /// <summary>The key that holds now.</summary>
    public Secret ApiKey => _apiKey;

    /// <summary>Has other options hold.</summary>
    public void Replace(AgentOptions options, Secret apiKey) => (_current, _apiKey) = (options, apiKey);
}
