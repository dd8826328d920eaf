namespace Agent.Diagnosis.Accounts;

/// <summary>A user of the system.</summary>
/// <param name="Name">Its name, or its number where it has none.</param>
/// <param name="User">Its number.</param>
/// <param name="Group">Number of its first group.</param>
/// <param name="Groups">Numbers of its other groups.</param>
/// <param name="Home">Its home directory.</param>
internal sealed record Account(string Name, uint User, uint Group, IReadOnlyList<uint> Groups, string Home);
