namespace Agent.Configuration;

/// <summary><c>[trash]</c>: what becomes of deleted images. Where they are is <see cref="RepositoryOptions.Trash"/>.</summary>
public sealed record TrashOptions
{
    /// <summary>Deleted images are erased after this time.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(30);

    internal static TrashOptions Bind(OptionSection section) =>
        new() { Keep = section.Duration("keep", new TrashOptions().Keep, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650)) };
}
