namespace Agent.Images.Trash;

/// <summary>An image cannot be deleted, replaced or restored now, because it is locked, in use, or in the way.</summary>
public sealed class ImageInUseException(string message) : IOException(message);
