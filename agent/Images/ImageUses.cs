namespace Agent.Images;

/// <summary>
/// Who uses which image now: running transmissions, imports and the like. An image in use is not deleted. For any number of threads.
/// </summary>
public sealed class ImageUses
{
    private readonly Lock _changes = new();
    private readonly Dictionary<ImageId, List<string>> _uses = [];

    /// <summary>Marks an image as used until the result is disposed of.</summary>
    /// <param name="image">The image.</param>
    /// <param name="by">Who uses it, as the end of a sentence: <c>transmission 17 (udpcast)</c>.</param>
    public IDisposable Begin(ImageId image, string by)
    {
        lock (_changes)
        {
            if (!_uses.TryGetValue(image, out var users))
                _uses[image] = users = [];
            users.Add(by);
        }
        return new Use(this, image, by);
    }

    /// <summary>Who uses an image; null where nobody does.</summary>
    public string? UserOf(ImageId image)
    {
        lock (_changes)
            return _uses.TryGetValue(image, out var users) ? users[0] : null;
    }

    private void End(ImageId image, string by)
    {
        lock (_changes)
        {
            var users = _uses[image];
            users.Remove(by);
            if (users.Count == 0)
                _uses.Remove(image);
        }
    }

    private sealed class Use(ImageUses uses, ImageId image, string by) : IDisposable
    {
        private bool _isEnded;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isEnded, true))
                uses.End(image, by);
        }
    }
}
