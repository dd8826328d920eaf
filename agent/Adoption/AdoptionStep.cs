namespace Agent.Adoption;

/// <summary>One change that takes something over.</summary>
/// <param name="Description">What will be done, or was done, in a sentence.</param>
/// <param name="Undo">How an administrator takes it back; null where that needs no word.</param>
/// <param name="Apply">Does it, whole or not at all.</param>
public sealed record AdoptionStep(string Description, string? Undo, Action Apply);
