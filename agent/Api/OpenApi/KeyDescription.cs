namespace Agent.Api.OpenApi;

/// <summary>Marks routes that need the API key.</summary>
public sealed class KeyDescription
{
    /// <summary>The one mark.</summary>
    public static KeyDescription Needed { get; } = new();
}
