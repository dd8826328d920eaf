using System.Net;

namespace Agent.Diagnosis.Kernel;

/// <summary>A socket that has an address of this server.</summary>
/// <param name="IsTcp">TCP; else UDP.</param>
/// <param name="Local">Its address and port.</param>
/// <param name="IsListening">Whoever connects, or sends, may reach it.</param>
/// <param name="User">Number of the user whose it is.</param>
/// <param name="Inode">By which processes that have it are found.</param>
internal sealed record SocketEntry(bool IsTcp, IPEndPoint Local, bool IsListening, uint User, ulong Inode);
