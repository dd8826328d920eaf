namespace Agent.Configuration.Toml;

/// <summary>A place in a TOML document.</summary>
/// <param name="Line">Line, counted from 1.</param>
/// <param name="Column">Column in Unicode code points, counted from 1.</param>
public readonly record struct TomlPosition(int Line, int Column);
