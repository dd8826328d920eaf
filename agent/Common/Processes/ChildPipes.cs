namespace Agent.Common.Processes;

/// <summary>
/// The bytes that go into and come out of a program that was started with pipes. Neither stream knows how to be cancelled: they end when the
/// program does, so whoever wants to stop ends the program. Both are to be disposed of.
/// </summary>
/// <param name="Input">What the program reads; it sees the end when this is disposed of.</param>
/// <param name="Output">What the program writes; a full pipe makes it wait.</param>
public sealed record ChildPipes(Stream Input, Stream Output);
