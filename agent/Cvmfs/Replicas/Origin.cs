namespace Agent.Cvmfs.Replicas;

/// <summary>Another repository whose images may be copied here.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Url">Where its agent is.</param>
/// <param name="Connect">Makes a connection that trusts what the configuration says is to be trusted.</param>
public sealed record Origin(string Name, Uri Url, Func<HttpClient> Connect);
