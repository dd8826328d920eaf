namespace Agent.Transmissions;

/// <summary>How a swarm is doing as a whole, this server's own seeder left out.</summary>
/// <param name="Complete">Peers that have the whole image now.</param>
/// <param name="Incomplete">Peers that lack something.</param>
/// <param name="Finished">Peers that have become complete since the transmission began, those that have left included.</param>
/// <param name="BytesUploaded">Bytes that this server has sent since the transmission began, to all peers together.</param>
public sealed record SwarmStatus(int Complete, int Incomplete, long Finished, long BytesUploaded);
