namespace Agent.EndToEnd.Support;

/// <summary>Tests that take the whole machine, so that no other runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HeavyTests
{
    public const string Name = "heavy";
}
